"""Audio Flamingo 3 (and every checkpoint of its class).

References
----------
Goel et al., "Audio Flamingo 3" (arXiv 2507.08128).
"""

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor
from transformers import AudioFlamingo3ForConditionalGeneration

from amarathon.models.chat import chatml
from amarathon.models.chunked import ChunkedModel, pooled
from amarathon.models.families import BY_MODEL_TYPE
from amarathon.models.family import Family
from amarathon.tasks import Message

AUDIO_TOKEN = "<sound>"


class AudioFlamingo3(ChunkedModel):
    """Adapter of Audio Flamingo 3: pieces of 30 s, whose tokens stand in one span."""

    family: ClassVar[Family] = BY_MODEL_TYPE["audioflamingo3"]
    model_class: ClassVar[Any] = AudioFlamingo3ForConditionalGeneration
    mask_name: ClassVar[str] = "input_features_mask"
    weight_prefixes: ClassVar[tuple[str, ...]] = ("",)

    def prompt_text(self, messages: Sequence[Message], counts: Sequence[int]) -> str:
        """See `ChunkedModel.prompt_text`."""
        return chatml(messages, AUDIO_TOKEN * sum(counts), default_system="You are a helpful assistant.")

    def token_count(self, frames: int) -> int:
        """See `ChunkedModel.token_count`."""
        return pooled(frames)

    def encode_chunks(self, features: Tensor, frames: Sequence[int], first: int) -> Tensor:
        """See `ChunkedModel.encode_chunks`."""
        mask = self.sound(features, frames).long()
        rows = self.projector(self.tower(features, input_features_mask=mask).last_hidden_state)
        return torch.cat(
            [piece[: self.token_count(count)] for piece, count in zip(rows, frames, strict=True)]
        )
