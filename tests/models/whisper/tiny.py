"""A tiny random Whisper of the real class, with windows of two seconds."""

import torch
from transformers import (
    GenerationConfig,
    WhisperConfig,
    WhisperFeatureExtractor,
    WhisperForConditionalGeneration,
)

from amarathon.models.model_api import ModelIdentity
from amarathon.models.small import recipe
from amarathon.models.whisper import Whisper

WINDOW_S = 2
END, START, NO_SPEECH, NO_TIMESTAMPS = 200, 201, 203, 204
ROWS = 50 * WINDOW_S
LANGUAGES = {"<|en|>": 190, "<|de|>": 191}
TASK_IDS = {"transcribe": 192, "translate": 193}


def tiny_whisper(attention: str = "sdpa", layers: int = 4, *, multilingual: bool = False) -> Whisper:
    """The same weights every time."""
    torch.manual_seed(0)
    config = WhisperConfig(
        vocab_size=NO_TIMESTAMPS + 2 + ROWS,
        d_model=32,
        encoder_layers=2,
        decoder_layers=layers,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        max_source_positions=ROWS,
        max_target_positions=64,
        bos_token_id=END,
        eos_token_id=END,
        pad_token_id=END,
        decoder_start_token_id=START,
        attn_implementation=attention,
        init_std=0.3,  # so that what is attended to matters
    )
    model = WhisperForConditionalGeneration(config)
    model.generation_config = GenerationConfig(
        bos_token_id=END,
        eos_token_id=END,
        pad_token_id=END,
        decoder_start_token_id=START,
        no_timestamps_token_id=NO_TIMESTAMPS,
        begin_suppress_tokens=[END],
        suppress_tokens=[START, START + 1, NO_SPEECH],
        is_multilingual=False,
        return_timestamps=False,
        max_initial_timestamp_index=50,
        max_length=8,
    )
    if multilingual:
        model.generation_config.is_multilingual = True
        model.generation_config.lang_to_id = LANGUAGES
        model.generation_config.task_to_id = TASK_IDS
    identity = ModelIdentity("tiny-whisper", "0", "whisper", "float32", "cpu", 0, untrained=True)
    return Whisper(model, recipe.tokenizer(), WhisperFeatureExtractor(chunk_length=WINDOW_S), identity)
