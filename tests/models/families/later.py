"""Tiny random models of families whose classes the oldest version of transformers lacks, or cannot run."""

from typing import Any

from transformers import (
    Gemma3nAudioConfig,
    Gemma3nAudioFeatureExtractor,
    Gemma3nConfig,
    Gemma3nForConditionalGeneration,
    Gemma3nVisionConfig,
    Gemma4AudioConfig,
    Gemma4AudioFeatureExtractor,
    Gemma4Config,
    Gemma4ForConditionalGeneration,
    Gemma4UnifiedAudioConfig,
    Gemma4UnifiedAudioFeatureExtractor,
    Gemma4UnifiedConfig,
    Gemma4UnifiedForConditionalGeneration,
    GlmAsrConfig,
    GlmAsrForConditionalGeneration,
    GraniteSpeechPlusConfig,
    GraniteSpeechPlusForConditionalGeneration,
    MusicFlamingoConfig,
    MusicFlamingoForConditionalGeneration,
)

from amarathon.models.gemma3n import without_image_tower
from amarathon.models.granite_speech import LogMel
from tests.models.families.tiny import (
    CHUNK_S,
    flamingo_sound,
    granite_parts,
    text_config,
    tokenizer,
    whisper,
)

SOUND = {"token": "<sound>", "bos_token": "<|sound_bos|>", "eos_token": "<|sound_eos|>"}


def gemma3n() -> tuple[Any, Any, Any]:
    control = ("<bos>", "<start_of_turn>", "<end_of_turn>", "<start_of_audio>", "<image>")
    tokens = tokenizer(*control, "<end_of_audio>", "<audio_soft_token>")
    ids = dict(zip(control, tokens.convert_tokens_to_ids(control), strict=True))
    offset = len(tokens) - 2  # the encoder's own control tokens come last
    sound = Gemma3nAudioConfig(
        vocab_size=4,
        vocab_offset=offset,
        input_feat_size=16,
        hidden_size=16,
        conf_num_hidden_layers=1,
        conf_num_attention_heads=2,
        sscp_conv_channel_size=(4, 4),
    )
    sight = Gemma3nVisionConfig(hidden_size=8, vocab_size=1, vocab_offset=offset - 1)
    # Windows shorter than a piece of audio, and two layers that read the keys of others.
    local, whole = "sliding_attention", "full_attention"
    text = text_config(
        tokens,
        head_dim=8,
        layer_types=[local, whole, whole, local, whole, local, whole],
        num_hidden_layers=7,
        num_kv_shared_layers=2,
        sliding_window=70,
        laurel_rank=4,
        hidden_size_per_layer_input=8,
        altup_num_inputs=3,
        activation_sparsity_pattern=[0.5, *[0.0] * 6],
    )
    text |= {"vocab_size": offset + 4, "vocab_size_per_layer_input": offset - 1}
    configuration = Gemma3nConfig(
        text_config=text,
        audio_config=sound.to_dict(),
        vision_config=sight,
        boa_token_id=ids["<start_of_audio>"],
        eoa_token_id=offset,
        audio_token_id=offset + 1,
        image_token_id=ids["<image>"],
    )
    model = Gemma3nForConditionalGeneration(without_image_tower(configuration))
    return model, tokens, Gemma3nAudioFeatureExtractor(feature_size=16)


def musicflamingo() -> tuple[Any, Any, Any]:
    tokens = tokenizer("<sound>", "<|sound_bos|>", "<|sound_eos|>")
    configuration = MusicFlamingoConfig(
        audio_config={"model_type": "audioflamingo3_encoder", **flamingo_sound()},
        text_config={"model_type": "qwen2", **text_config(tokens)},
        **{f"audio_{name}_id": tokens.convert_tokens_to_ids(token) for name, token in SOUND.items()},
        # A quarter of a row is turned by the piece and the time within it.
        partial_rotary_factor=0.25,
    )
    return MusicFlamingoForConditionalGeneration(configuration), tokens, whisper()


# The part of the published templates that chats without tools and thoughts reach.
GEMMA4_TEMPLATE = """{{- '<bos>' -}}
{%- for message in messages -%}
{%- set role = 'model' if message['role'] == 'assistant' else message['role'] -%}
{{- '<|turn>' + role + '\n' -}}
{%- if message['content'] is string -%}
{{- message['content'] | trim -}}
{%- else -%}
{%- for item in message['content'] -%}
{%- if item['type'] == 'text' -%}{{- item['text'] | trim -}}
{%- elif item['type'] == 'audio' -%}{{- '<|audio|>' -}}
{%- endif -%}
{%- endfor -%}
{%- endif -%}
{{- '<turn|>\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}{{- '<|turn>model\n' -}}{%- endif -%}"""
GEMMA4_TOKENS = {
    "boa_token_id": "<|audio>",
    "audio_token_id": "<|audio|>",
    "eoa_token_index": "<audio|>",
    "boi_token_id": "<|image>",
    "image_token_id": "<|image|>",
    "eoi_token_id": "<image|>",
    "video_token_id": "<|video|>",
}


def gemma4_parts(**more: Any) -> tuple[Any, dict[str, Any], dict[str, int]]:
    """The tokenizer, the language model's settings and the control tokens of both kinds."""
    tokens = tokenizer("<bos>", "<|turn>", "<turn|>", *GEMMA4_TOKENS.values())
    tokens.chat_template = GEMMA4_TEMPLATE
    local, whole = "sliding_attention", "full_attention"
    text = text_config(
        tokens,
        head_dim=8,
        # Layers that see the whole prompt have wider heads, and fewer of them for keys.
        global_head_dim=16,
        num_global_key_value_heads=1,
        sliding_window=70,
        **{"layer_types": [local, whole, whole, local, whole, local, whole], "num_hidden_layers": 7, **more},
    )
    ids = {name: tokens.convert_tokens_to_ids(token) for name, token in GEMMA4_TOKENS.items()}
    return tokens, text, ids


def gemma4() -> tuple[Any, Any, Any]:
    tokens, text, ids = gemma4_parts(
        num_kv_shared_layers=2, hidden_size_per_layer_input=8, use_double_wide_mlp=True
    )
    sound = Gemma4AudioConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        subsampling_conv_channels=[16, 4],
        output_proj_dims=24,
    )
    text["vocab_size_per_layer_input"] = text["vocab_size"]
    configuration = Gemma4Config(text_config=text, audio_config=sound.to_dict(), **ids)
    return Gemma4ForConditionalGeneration(configuration), tokens, Gemma4AudioFeatureExtractor(feature_size=16)


def gemma4_unified() -> tuple[Any, Any, Any]:
    tokens, text, ids = gemma4_parts(attention_k_eq_v=True, use_bidirectional_attention="vision")
    sound = Gemma4UnifiedAudioConfig()
    configuration = Gemma4UnifiedConfig(text_config=text, audio_config=sound.to_dict(), **ids)
    return Gemma4UnifiedForConditionalGeneration(configuration), tokens, Gemma4UnifiedAudioFeatureExtractor()


def granite_speech_plus() -> tuple[Any, Any, Any]:
    tokens, settings = granite_parts(states=3)
    # The states that go into the first layer, those that leave it, and those at the end.
    settings["encoder_config"] = {**settings["encoder_config"], "cat_hidden_layers": [0, 1]}
    model = GraniteSpeechPlusForConditionalGeneration(GraniteSpeechPlusConfig(**settings))
    return model, tokens, LogMel({"n_mels": 16})


# A form of this kind: marks and one placeholder where the audio part stands. The published one is read from
# the checkpoint.
GLM_TEMPLATE = """{%- for message in messages -%}
{{- '<|' + message['role'] + '|>\n' -}}
{%- if message['content'] is string -%}{{- message['content'] -}}
{%- else -%}
{%- for item in message['content'] -%}
{%- if item['type'] == 'audio' -%}{{- '<|begin_of_audio|><|pad|><|end_of_audio|>' -}}
{%- else -%}{{- item['text'] -}}
{%- endif -%}
{%- endfor -%}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}{{- '<|assistant|>\n' -}}{%- endif -%}"""


def glmasr() -> tuple[Any, Any, Any]:
    tokens = tokenizer("<|user|>", "<|assistant|>", "<|begin_of_audio|>", "<|pad|>", "<|end_of_audio|>")
    tokens.chat_template = GLM_TEMPLATE
    sound = {
        "model_type": "glmasr_encoder",
        "num_mel_bins": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "hidden_size": 16,
        # Four states side by side.
        "intermediate_size": 64,
        "max_position_embeddings": CHUNK_S * 50,
    }
    configuration = GlmAsrConfig(
        audio_config=sound,
        text_config={"model_type": "llama", **text_config(tokens, head_dim=8)},
        audio_token_id=tokens.convert_tokens_to_ids("<|pad|>"),
        tie_word_embeddings=False,
    )
    return GlmAsrForConditionalGeneration(configuration), tokens, whisper()
