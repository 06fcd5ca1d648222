"""Uniform downsampling of the encoder's output, before the language model."""

from dataclasses import dataclass
from typing import ClassVar

from amarathon.compression.methods.pool import Pool


@dataclass(frozen=True)
class Downsample(Pool):
    """Keep the first of every `amount` neighbouring audio tokens: ceil(N / amount) tokens.

    Without an adapter, no LoRA: the language model was not adapted to fewer tokens.

    References
    ----------
    Uniform downsampling as in "Segmentation-driven compression" (arXiv 2511.20973), without its
    fine-tuning.
    """

    name: ClassVar[str] = "downsample"
    title: ClassVar[str] = "Downsampling, no LoRA"
    summary: ClassVar[str] = (
        "Keeps the first of every few neighbouring audio tokens, before the language model reads them."
    )
    averages: ClassVar[bool] = False
