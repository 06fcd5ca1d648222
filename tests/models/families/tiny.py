"""Tiny random models of every family's real class."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import torch
from transformers import (
    AudioFlamingo3Config,
    AudioFlamingo3ForConditionalGeneration,
    GraniteSpeechConfig,
    GraniteSpeechForConditionalGeneration,
    Phi4MultimodalAudioConfig,
    Phi4MultimodalConfig,
    Phi4MultimodalFeatureExtractor,
    Phi4MultimodalForCausalLM,
    Phi4MultimodalVisionConfig,
    PreTrainedTokenizerFast,
    Qwen2AudioConfig,
    Qwen2AudioForConditionalGeneration,
    Qwen3OmniMoeThinkerConfig,
    Qwen3OmniMoeThinkerForConditionalGeneration,
    VoxtralConfig,
    VoxtralForConditionalGeneration,
    WhisperFeatureExtractor,
)

from amarathon.audio import SAMPLE_RATE
from amarathon.models.adapters import adapter_class
from amarathon.models.attention import set_attention
from amarathon.models.families import FAMILIES
from amarathon.models.granite_speech import LogMel
from amarathon.models.model_api import ModelIdentity
from amarathon.models.open_model import OpenModel
from amarathon.models.small import recipe
from tests.compression.tiny import tiny_thinker

LAYERS = 4
# The encoders' pieces, far shorter than the 30 s of real checkpoints.
CHUNK_S = 2


@dataclass(frozen=True)
class TinyFamily:
    """How to make a model, a tokenizer and a feature extractor; Qwen2.5-Omni's is in tests/compression."""

    make: Callable[[], tuple[Any, Any, Any]] | None
    # Two lengths in seconds: several pieces and an odd remainder.
    seconds: tuple[float, float] = (5.03, 3.2)


def tokenizer(*tokens: str) -> PreTrainedTokenizerFast:
    """The small model's tokenizer with a family's own control tokens."""
    made = recipe.tokenizer()
    made.add_special_tokens({"additional_special_tokens": [*recipe.SPECIAL_TOKENS[3:], *tokens]})
    return made


def text_config(tokens: PreTrainedTokenizerFast, **more: Any) -> dict[str, Any]:
    return {
        "vocab_size": len(tokens) + 8,
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 4096,
        "pad_token_id": 0,
        "bos_token_id": None,
        "eos_token_id": len(tokens) + 1,
        "tie_word_embeddings": False,
        **more,
    }


def whisper(chunk_s: int = CHUNK_S) -> WhisperFeatureExtractor:
    return WhisperFeatureExtractor(feature_size=16, chunk_length=chunk_s, return_attention_mask=True)


AUDIO = {
    "num_mel_bins": 16,
    "encoder_layers": 1,
    "encoder_attention_heads": 2,
    "encoder_ffn_dim": 32,
    "d_model": 16,
    "max_source_positions": CHUNK_S * 50,
}


def qwen2_audio() -> tuple[Any, Any, Any]:
    tokens = tokenizer()
    configuration = Qwen2AudioConfig(
        audio_config=AUDIO,
        text_config={"model_type": "qwen2", **text_config(tokens)},
        audio_token_index=tokens.convert_tokens_to_ids("<|AUDIO|>"),
    )
    return Qwen2AudioForConditionalGeneration(configuration), tokens, whisper()


def qwen3_omni() -> tuple[Any, Any, Any]:
    tokens = tokenizer("<|audio_start|>", "<|audio_pad|>", "<|audio_end|>")
    text = text_config(
        tokens,
        head_dim=8,
        moe_intermediate_size=24,
        num_experts=4,
        num_experts_per_tok=2,
        mlp_only_layers=[1],
        rope_parameters={
            "rope_type": "default",
            "rope_theta": 1e4,
            "mrope_section": [2, 1, 1],
            "mrope_interleaved": True,
        },
    )
    sound = {
        "num_mel_bins": 16,
        "encoder_layers": 1,
        "encoder_attention_heads": 2,
        "encoder_ffn_dim": 32,
        "d_model": 16,
        "output_dim": 32,
        "downsample_hidden_size": 4,
        "n_window": 50,
        "n_window_infer": 200,
    }
    # The class insists on an image tower.
    sight = {
        "depth": 1,
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_heads": 1,
        "out_hidden_size": 32,
        "deepstack_visual_indexes": [0],
    }
    ids = tokens.convert_tokens_to_ids(
        ["<|audio_pad|>", "<|audio_start|>", "<|IMAGE|>", "<|VIDEO|>", "<|vision_bos|>"]
    )
    configuration = Qwen3OmniMoeThinkerConfig(
        audio_config=sound,
        vision_config=sight,
        text_config=text,
        audio_token_id=ids[0],
        audio_start_token_id=ids[1],
        image_token_id=ids[2],
        video_token_id=ids[3],
        vision_start_token_id=ids[4],
    )
    model = Qwen3OmniMoeThinkerForConditionalGeneration(configuration)
    return model, tokens, WhisperFeatureExtractor(feature_size=16, return_attention_mask=True)


def voxtral() -> tuple[Any, Any, Any]:
    tokens = tokenizer("<s>", "[INST]", "[/INST]", "[BEGIN_AUDIO]", "[AUDIO]")
    sound = {
        "num_mel_bins": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 64,
        "hidden_size": 16,
        "max_source_positions": CHUNK_S * 50,
    }
    configuration = VoxtralConfig(
        audio_config=sound,
        text_config={"model_type": "llama", **text_config(tokens, head_dim=8)},
        audio_token_id=tokens.convert_tokens_to_ids("[AUDIO]"),
    )
    return VoxtralForConditionalGeneration(configuration), tokens, whisper()


def flamingo_sound() -> dict[str, Any]:
    """The encoder's settings of Audio Flamingo 3 and of what followed it."""
    return {
        "num_mel_bins": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "hidden_size": 16,
        "max_source_positions": CHUNK_S * 50,
    }


def audioflamingo3() -> tuple[Any, Any, Any]:
    tokens = tokenizer("<sound>")
    configuration = AudioFlamingo3Config(
        audio_config=flamingo_sound(),
        text_config={"model_type": "qwen2", **text_config(tokens)},
        audio_token_id=tokens.convert_tokens_to_ids("<sound>"),
    )
    return AudioFlamingo3ForConditionalGeneration(configuration), tokens, whisper()


def phi4_multimodal(original_length: int = 4096) -> tuple[Any, Any, Any]:
    tokens = tokenizer("<|user|>", "<|system|>", "<|assistant|>", "<|end|>", "<|audio|>")
    audio_token, end = tokens.convert_tokens_to_ids(["<|audio|>", "<|end|>"])
    sound = Phi4MultimodalAudioConfig(
        hidden_size=16,
        intermediate_size=24,
        num_blocks=1,
        num_attention_heads=2,
        ext_pw_out_channel=16,
        depthwise_separable_out_channel=16,
        input_size=16,
        nemo_conv_channels=8,
        bias_max_distance=50,
        audio_token_id=audio_token,
    )
    # The class insists on an image tower.
    sight = Phi4MultimodalVisionConfig(
        hidden_size=16, intermediate_size=16, num_hidden_layers=2, num_attention_heads=1, image_token_id=end
    )
    # Three quarters of a head's dimensions are rotated, by frequencies that depend on the length.
    rotary = {"type": "longrope", "short_factor": [1.0, 1.1, 1.2], "long_factor": [1.0, 2.0, 4.0]}
    # Its window is longer than any prompt, as in the published configuration.
    longest = 4 * original_length
    text = text_config(tokens, max_position_embeddings=longest, sliding_window=2 * longest)
    configuration = Phi4MultimodalConfig(
        audio_config=sound.to_dict(),
        vision_config=sight.to_dict(),
        rope_scaling=rotary,
        partial_rotary_factor=0.75,
        original_max_position_embeddings=original_length,
        **text,
    )
    return Phi4MultimodalForCausalLM(configuration), tokens, Phi4MultimodalFeatureExtractor(feature_size=16)


# As Granite 3.3 has it, without its tools, documents and default system text.
GRANITE_TEMPLATE = (
    "{%- for message in messages %}{{- '<|start_of_role|>' + message['role'] + '<|end_of_role|>' "
    "+ message['content'] + '<|end_of_text|>\n' }}{%- endfor %}"
    "{%- if messages[0]['role'] == 'system' %}{%- endif %}"
    "{%- if add_generation_prompt %}{{- '<|start_of_role|>assistant<|end_of_role|>' }}{%- endif %}"
)


def granite_parts(states: int = 1) -> tuple[Any, dict[str, Any]]:
    """The tokenizer and the settings of both kinds, whose projector reads the states of so many layers."""
    tokens = tokenizer("<|start_of_role|>", "<|end_of_role|>", "<|end_of_text|>", "<|audio|>")
    tokens.chat_template = GRANITE_TEMPLATE
    sound = {
        "input_dim": 32,
        "num_layers": 2,
        "hidden_dim": 16,
        "num_heads": 2,
        "dim_head": 8,
        "output_dim": 6,
        "context_size": 20,
        "max_pos_emb": 32,
        "conv_kernel_size": 3,
    }
    projector = {
        "model_type": "blip_2_qformer",
        "hidden_size": 16,
        "encoder_hidden_size": 16 * states,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 16,
        "cross_attention_frequency": 1,
    }
    scales = {"embedding_multiplier": 3.0, "residual_multiplier": 0.5, "attention_multiplier": 0.35}
    return tokens, {
        "encoder_config": sound,
        "projector_config": projector,
        "text_config": {"model_type": "granite", **text_config(tokens, **scales, logits_scaling=2.0)},
        "audio_token_index": tokens.convert_tokens_to_ids("<|audio|>"),
        "has_lora_adapter": False,
        "tie_word_embeddings": False,
    }


def granite_speech() -> tuple[Any, Any, Any]:
    tokens, settings = granite_parts()
    model = GraniteSpeechForConditionalGeneration(GraniteSpeechConfig(**settings))
    return model, tokens, LogMel({"n_mels": 16})


def later(name: str) -> Callable[[], tuple[Any, Any, Any]]:
    """One of a family whose classes older versions of transformers lack, from later.py."""
    return lambda: getattr(import_module("tests.models.families.later"), name)()


ALL_TINY: dict[str, TinyFamily] = {
    "qwen2_5_omni": TinyFamily(None, (5.03, 3.2)),
    "qwen3_omni": TinyFamily(qwen3_omni, (10.37, 4.05)),
    "qwen2_audio": TinyFamily(qwen2_audio),
    # The same class: only its checkpoints and prompts differ.
    "aero": TinyFamily(qwen2_audio),
    "voxtral": TinyFamily(voxtral),
    "audioflamingo3": TinyFamily(audioflamingo3),
    "musicflamingo": TinyFamily(later("musicflamingo")),
    "phi4_multimodal": TinyFamily(phi4_multimodal),
    # Short pieces end in padding, all of whose tokens are alike and rank by chance.
    "gemma3n": TinyFamily(later("gemma3n"), (58.9, 29.3)),
    "granite_speech": TinyFamily(granite_speech, (10.37, 6.2)),
    "granite_speech_plus": TinyFamily(later("granite_speech_plus"), (10.37, 6.2)),
    "glmasr": TinyFamily(later("glmasr")),
    "gemma4": TinyFamily(later("gemma4")),
    "gemma4_unified": TinyFamily(later("gemma4_unified")),
}
# Those that the installed transformers can run; the rest is refused, see test_versions.py.
# What reads by cross-attention has a tiny model and checks of its own, in tests/models/whisper.
TINY = {
    family.name: ALL_TINY[family.name] for family in FAMILIES if family.runs and family.reads_by == "prompt"
}


@cache
def tiny(name: str, attention: str = "sdpa") -> OpenModel:
    """One family's model, made once."""
    make = TINY[name].make
    return tiny_thinker(attention) if make is None else build(name, make, attention)


def build(name: str, make: Callable[[], tuple[Any, Any, Any]], attention: str = "sdpa") -> OpenModel:
    """A family's adapter of a model whose weights let every token and position move the logits."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(11)
        model, tokens, extractor = make()
        for weight in model.parameters():
            if weight.dim() > 1:
                torch.nn.init.normal_(weight, std=1.2 * weight[0].numel() ** -0.5)
            else:
                torch.nn.init.normal_(weight, mean=1.0 if weight.mean() > 0.5 else 0.0, std=0.1)
    # Nothing ends a reply, so that every configuration writes as many tokens.
    model.generation_config.eos_token_id = len(tokens) + 1
    model.generation_config.pad_token_id = 0
    set_attention(model, attention)
    family = next(family for family in FAMILIES if family.name == name)
    identity = ModelIdentity("tiny", "none", name, "float32", "cpu", 0)
    lm = adapter_class(family)(model, tokens, extractor, identity)
    if hasattr(lm, "piece"):  # of the adapter itself, where the extractor knows none
        lm.piece = CHUNK_S * SAMPLE_RATE
    return lm
