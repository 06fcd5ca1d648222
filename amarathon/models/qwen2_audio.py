"""Qwen2-Audio (7B instruct, and every checkpoint of its class).

References
----------
Chu et al., "Qwen2-Audio Technical Report" (arXiv 2407.10759).
"""

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor
from transformers import Qwen2AudioForConditionalGeneration

from amarathon.models.chat import chatml
from amarathon.models.chunked import ChunkedModel, convolved, pooled
from amarathon.models.families import BY_MODEL_TYPE
from amarathon.models.family import Family
from amarathon.tasks import Message

AUDIO_TOKEN = "<|AUDIO|>"


class Qwen2Audio(ChunkedModel):
    """Adapter of Qwen2-Audio.

    The encoder takes 30 s at most. A longer recording becomes several audios in a row, as the
    chat template numbers them, so its audio tokens are several spans.
    """

    family: ClassVar[Family] = BY_MODEL_TYPE["qwen2_audio"]
    model_class: ClassVar[Any] = Qwen2AudioForConditionalGeneration
    mask_name: ClassVar[str] = "feature_attention_mask"
    weight_prefixes: ClassVar[tuple[str, ...]] = ("",)

    def prompt_text(self, messages: Sequence[Message], counts: Sequence[int]) -> str:
        """See `ChunkedModel.prompt_text`."""
        audios = (
            f"Audio {number}: <|audio_bos|>{AUDIO_TOKEN * count}<|audio_eos|>\n"
            for number, count in enumerate(counts, start=1)
        )
        return chatml(messages, "".join(audios), default_system="You are a helpful assistant.")

    def token_count(self, frames: int) -> int:
        """See `ChunkedModel.token_count`."""
        return pooled(frames)

    def encode_chunks(self, features: Tensor, frames: Sequence[int], first: int) -> Tensor:
        """See `ChunkedModel.encode_chunks`."""
        states = torch.arange(convolved(features.shape[-1]), device=features.device)
        padding = (
            states >= torch.tensor([convolved(count) for count in frames], device=features.device)[:, None]
        )
        mask = torch.zeros(
            len(frames), 1, len(states), len(states), dtype=features.dtype, device=features.device
        )
        mask = mask.masked_fill(padding[:, None, None], torch.finfo(features.dtype).min)
        rows = self.projector(self.tower(features, attention_mask=mask).last_hidden_state)
        return torch.cat(
            [piece[: self.token_count(count)] for piece, count in zip(rows, frames, strict=True)]
        )
