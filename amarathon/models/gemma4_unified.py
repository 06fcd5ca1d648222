"""Gemma 4 Unified (12B and every checkpoint of its class), which has no encoders.

References
----------
Google, "Gemma 4 model overview", https://ai.google.dev/gemma/docs/core.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from torch import Tensor
from transformers import Gemma4UnifiedAudioFeatureExtractor, Gemma4UnifiedForConditionalGeneration

from amarathon.models.families import BY_MODEL_TYPE
from amarathon.models.family import Family
from amarathon.models.gemma4 import Gemma4


class Gemma4Unified(Gemma4):
    """Adapter of Gemma 4 Unified: 40 ms of samples are projected to a token as they are."""

    family: ClassVar[Family] = BY_MODEL_TYPE["gemma4_unified"]
    model_class: ClassVar[Any] = Gemma4UnifiedForConditionalGeneration
    extractor_class: ClassVar[Any] = Gemma4UnifiedAudioFeatureExtractor
    tower_name: ClassVar[str] = "embed_audio"
    weight_prefixes: ClassVar[tuple[str, ...]] = ("model.language_model.", "model.embed_audio.")

    @property
    def shortest(self) -> int:
        """See `OpenModel.shortest`."""
        return 1

    def token_count(self, frames: int) -> int:
        """See `ChunkedModel.token_count`."""
        return frames

    def encode_chunks(self, features: Tensor, frames: Sequence[int], first: int) -> Tensor:
        """See `ChunkedModel.encode_chunks`."""
        rows: Tensor = self.projector(inputs_embeds=features)
        return rows[self.sound(features, frames)]

    def extra_forward_inputs(self, ids: Tensor) -> dict[str, Tensor]:
        """See `OpenModel.extra_forward_inputs`: there are none."""
        return {}
