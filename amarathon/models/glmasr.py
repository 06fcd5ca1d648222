"""GLM-ASR (Nano and every checkpoint of its class), which writes down what is said.

References
----------
Z.ai, "GLM-ASR", https://github.com/zai-org/GLM-ASR.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor
from transformers import GlmAsrForConditionalGeneration

from amarathon.models.chat import own_audio_form, without_system
from amarathon.models.chunked import ChunkedModel, convolved
from amarathon.models.families import BY_MODEL_TYPE
from amarathon.models.family import Family
from amarathon.tasks import Message

# Encoder states that become one token, and frames of one state.
MERGED, FRAMES = 4, 2


class GlmAsr(ChunkedModel):
    """Adapter of GLM-ASR: pieces of 30 s, whose tokens stand in one span."""

    family: ClassVar[Family] = BY_MODEL_TYPE["glmasr"]
    model_class: ClassVar[Any] = GlmAsrForConditionalGeneration
    mask_name: ClassVar[str] = "input_features_mask"
    weight_prefixes: ClassVar[tuple[str, ...]] = ("",)

    def prompt_text(self, messages: Sequence[Message], counts: Sequence[int]) -> str:
        """See `ChunkedModel.prompt_text`."""
        token = self.tokenizer.convert_ids_to_tokens(self.family.audio_token_id(self.model.config))
        return own_audio_form(self.tokenizer, without_system(messages), token, sum(counts))

    @property
    def shortest(self) -> int:
        """See `OpenModel.shortest`: one token's frames, the last of which may have begun only."""
        return (MERGED * FRAMES - 2) * int(self.feature_extractor.hop_length) + 1

    def token_count(self, frames: int) -> int:
        """See `ChunkedModel.token_count`."""
        return convolved(frames) // MERGED

    def encode_chunks(self, features: Tensor, frames: Sequence[int], first: int) -> Tensor:
        """See `ChunkedModel.encode_chunks`."""
        states = self.tower(features).last_hidden_state
        width = self.model.config.audio_config.intermediate_size
        rows = self.projector(states.reshape(len(features), -1, width))
        return torch.cat(
            [piece[: self.token_count(count)] for piece, count in zip(rows, frames, strict=True)]
        )
