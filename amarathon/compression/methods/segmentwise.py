"""Segment-wise attention: FastV's ranking, with every stretch of time kept alive."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from amarathon.compression.methods.base import PruningMethod
from amarathon.compression.methods.contexts import SelectionContext

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class SegmentWise(PruningMethod):
    """Cut the audio into equal segments and keep the most attended tokens of each.

    Attention is the last prompt token's in the layer before, averaged over heads. Each of the S
    segments keeps floor(n / S); what is left of n goes to the next best of their segments, the most
    attended first, so that the budget is exact.

    Attributes
    ----------
    segments : int
        S.

    References
    ----------
    Segment-wise top-k attention pruning for audio language models (arXiv 2511.14293).
    """

    name: ClassVar[str] = "segmentwise"
    title: ClassVar[str] = "Segment-wise"
    summary: ClassVar[str] = (
        "Cuts the audio into equal segments and keeps the most attended "
        "tokens of each, so that no stretch goes silent."
    )
    paper: ClassVar[str] = "https://arxiv.org/abs/2511.14293"
    queries: ClassVar[int | None] = 1

    segments: int = field(default=10, metadata={"minimum": 1})

    def select(self, context: SelectionContext) -> "torch.Tensor":
        """See `PruningMethod.select`."""
        import torch

        weights = context.weights = context.attention_row[context.audio_positions]
        count = len(weights)
        segment = torch.arange(count, device=weights.device) * self.segments // count
        # Ranked by attention, then grouped by segment: the index within the group is the rank.
        ranked = weights.argsort(descending=True, stable=True)
        grouped = ranked[segment[ranked].argsort(stable=True)]
        sizes = torch.bincount(segment, minlength=self.segments)
        first = (sizes.cumsum(0) - sizes).repeat_interleave(sizes)
        rank = torch.empty_like(segment)
        rank[grouped] = torch.arange(count, device=weights.device) - first
        order = ranked[rank[ranked].argsort(stable=True)]
        return order[: context.budget].sort().values
