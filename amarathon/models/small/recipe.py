"""The parts of the small model: shape, tokenizer, feature extractor.

The audio tower has the shape of Whisper tiny's encoder with windows of 4 s, which are exactly 100
tokens each; the language model has 8 layers of width 256. About 14 million parameters.
"""

from importlib.resources import files

import torch
from tokenizers import Tokenizer
from transformers import (
    GenerationConfig,
    PreTrainedTokenizerFast,
    Qwen2_5OmniThinkerConfig,
    Qwen2_5OmniThinkerForConditionalGeneration,
    WhisperFeatureExtractor,
)

# In the order of their ids, before every other token.
SPECIAL_TOKENS = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|AUDIO|>",
    "<|audio_bos|>",
    "<|audio_eos|>",
    "<|IMAGE|>",
    "<|VIDEO|>",
    "<|vision_bos|>",
    "<|vision_eos|>",
)


def tokenizer() -> PreTrainedTokenizerFast:
    """Byte-level BPE over the tasks' words; `build.py` made it, the file beside this one keeps it."""
    text = files("amarathon.models.small").joinpath("tokenizer.json").read_text(encoding="utf-8")
    return wrapped(Tokenizer.from_str(text))


def wrapped(tokenizer: Tokenizer) -> PreTrainedTokenizerFast:
    """A tokenizer of `SPECIAL_TOKENS` and bytes in the form that models take."""
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        additional_special_tokens=list(SPECIAL_TOKENS[3:]),
        clean_up_tokenization_spaces=False,
    )


def feature_extractor() -> WhisperFeatureExtractor:
    """80 log-mel bins at 100 frames a second, with room for 300 s."""
    return WhisperFeatureExtractor(feature_size=80, chunk_length=300, return_attention_mask=True)


def configuration(vocabulary_size: int | None = None) -> Qwen2_5OmniThinkerConfig:
    """The thinker's configuration at this size.

    Parameters
    ----------
    vocabulary_size : int, optional
        That of `tokenizer` by default.
    """
    ids = {name: number for number, name in enumerate(SPECIAL_TOKENS)}
    return Qwen2_5OmniThinkerConfig(
        audio_config={
            "num_mel_bins": 80,
            "encoder_layers": 4,
            "encoder_attention_heads": 6,
            "encoder_ffn_dim": 1536,
            "d_model": 384,
            "n_window": 200,
            "output_dim": 256,
        },
        # The class insists on an image tower; this one is as small as it gets and never runs.
        vision_config={
            "depth": 1,
            "hidden_size": 16,
            "intermediate_size": 16,
            "num_heads": 1,
            "out_hidden_size": 256,
            "fullatt_block_indexes": [0],
        },
        text_config={
            "vocab_size": vocabulary_size or len(tokenizer()),
            "hidden_size": 256,
            "intermediate_size": 768,
            "num_hidden_layers": 8,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "max_position_embeddings": 16384,
            "tie_word_embeddings": True,
            # A thousand times Qwen2.5's base: in a head of 64 dimensions 34 instead of 20 hardly turn over
            # the 7,500 tokens of 300 s, so equal words still find each other there.
            "rope_parameters": {"rope_type": "default", "rope_theta": 1e9, "mrope_section": [8, 12, 12]},
            "bos_token_id": None,
            "eos_token_id": ids["<|im_end|>"],
            "pad_token_id": ids["<|endoftext|>"],
        },
        tie_word_embeddings=True,
        audio_token_id=ids["<|AUDIO|>"],
        audio_token_index=ids["<|AUDIO|>"],
        image_token_id=ids["<|IMAGE|>"],
        image_token_index=ids["<|IMAGE|>"],
        video_token_id=ids["<|VIDEO|>"],
        video_token_index=ids["<|VIDEO|>"],
        audio_start_token_id=ids["<|audio_bos|>"],
        audio_end_token_id=ids["<|audio_eos|>"],
        vision_start_token_id=ids["<|vision_bos|>"],
        vision_end_token_id=ids["<|vision_eos|>"],
    )


def thinker(seed: int, vocabulary_size: int | None = None) -> Qwen2_5OmniThinkerForConditionalGeneration:
    """The model with random weights drawn from `seed`, in fp32 on the CPU; see `configuration`."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = Qwen2_5OmniThinkerForConditionalGeneration(configuration(vocabulary_size))
    ids = {name: number for number, name in enumerate(SPECIAL_TOKENS)}
    model.generation_config = GenerationConfig(
        do_sample=False, eos_token_id=ids["<|im_end|>"], pad_token_id=ids["<|endoftext|>"]
    )
    return model.eval()
