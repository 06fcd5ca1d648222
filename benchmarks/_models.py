"""Random thinkers of a given shape, and a prompt of embeddings for them.

Prefills here begin at embeddings: the audio encoder is no part of what pruning and sharing can save.
"""

import argparse
from dataclasses import dataclass

import torch
from transformers import Qwen2_5OmniThinkerForConditionalGeneration

from amarathon.compression.audio_positions import AudioPositions
from amarathon.generation.embedded_prompt import EmbeddedPrompt
from amarathon.models.model_api import ModelIdentity
from amarathon.models.open_model import Prompt
from amarathon.models.qwen2_5_omni import Qwen25Omni
from amarathon.models.small import recipe

AUDIO_TOKENS, PROMPT_TOKENS = 7500, 76


@dataclass(frozen=True)
class EncoderShape:
    """Of an audio encoder; `window` is half of the frames that its attention never leaves."""

    layers: int
    width: int
    inner: int
    heads: int
    mel_bins: int
    window: int


@dataclass(frozen=True)
class Shape:
    """Of a model; `vocabulary` and `encoder` of `None` are the small model's."""

    layers: int
    hidden: int
    intermediate: int
    heads: int
    kv_heads: int
    sections: tuple[int, int, int]
    vocabulary: int | None = None
    dtype: torch.dtype = torch.float32
    encoder: EncoderShape | None = None


SHAPES = {
    "small": Shape(12, 512, 1536, 8, 4, (8, 12, 12)),
    # Qwen2.5-Omni-3B's, as it is used on a GPU.
    "3b": Shape(
        layers=36,
        hidden=2048,
        intermediate=11008,
        heads=16,
        kv_heads=2,
        sections=(16, 24, 24),
        vocabulary=151936,
        dtype=torch.bfloat16,
        encoder=EncoderShape(layers=32, width=1280, inner=5120, heads=20, mel_bins=128, window=100),
    ),
}


def add_arguments(parser: argparse.ArgumentParser, *, tokens: int = AUDIO_TOKENS, repeats: int = 5) -> None:
    """The options that all benchmarks of a language model share."""
    parser.add_argument("--shape", choices=SHAPES, default="small", help="3b wants a GPU")
    parser.add_argument("--tokens", type=int, default=tokens, help="audio tokens; 7500 are 300 s")
    parser.add_argument("--repeats", type=int, default=repeats)


def random_model(shape: Shape) -> Qwen25Omni:
    """A model with random weights, on the GPU where there is one."""
    configuration = recipe.configuration()
    text = configuration.text_config
    text.hidden_size, text.intermediate_size = shape.hidden, shape.intermediate
    text.num_hidden_layers, text.layer_types = shape.layers, ["full_attention"] * shape.layers
    text.num_attention_heads, text.num_key_value_heads = shape.heads, shape.kv_heads
    text.rope_parameters = text.rope_parameters | {"mrope_section": list(shape.sections)}
    text.vocab_size = shape.vocabulary or text.vocab_size
    configuration.audio_config.output_dim = configuration.vision_config.out_hidden_size = shape.hidden
    if shape.encoder is not None:
        audio, encoder = configuration.audio_config, shape.encoder
        audio.encoder_layers, audio.d_model, audio.encoder_ffn_dim = (
            encoder.layers,
            encoder.width,
            encoder.inner,
        )
        audio.encoder_attention_heads, audio.num_mel_bins = encoder.heads, encoder.mel_bins
        audio.n_window = encoder.window
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(0)
    with torch.device(device):
        model = Qwen2_5OmniThinkerForConditionalGeneration(configuration).to(shape.dtype).eval()
    identity = ModelIdentity("benchmark", "random", "qwen2_5_omni", str(shape.dtype), device, 0)
    return Qwen25Omni(model, recipe.tokenizer(), recipe.feature_extractor(), identity)


def random_features(model: Qwen25Omni, frames: int) -> Prompt:
    """Random features of so many hundredths of a second, for the encoder alone."""
    bins = model.model.config.audio_config.num_mel_bins
    nothing = torch.zeros(1, 0, dtype=torch.long)
    return Prompt(nothing, nothing[0], torch.randn(bins, frames, device=model.device))


def random_prompt(model: Qwen25Omni, audio_tokens: int) -> EmbeddedPrompt:
    """Embeddings of a prompt with `audio_tokens` between two halves of text."""
    text = model.model.config.text_config
    length = audio_tokens + PROMPT_TOKENS
    embeddings = torch.randn(1, length, text.hidden_size, device=model.device) * 0.02
    positions = torch.arange(audio_tokens, device=model.device) + PROMPT_TOKENS // 2
    return EmbeddedPrompt(embeddings.to(model.model.dtype), AudioPositions.plain(positions))
