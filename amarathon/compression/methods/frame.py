"""Frame: keep audio tokens at equal steps of time."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from amarathon.compression.methods.base import PruningMethod, SelectionContext

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Frame(PruningMethod):
    """Keep the tokens at floor(j N / n), j = 0..n-1: every stretch of time keeps its share.

    References
    ----------
    AudioMarathon, section 4.2, equations 1-3 (arXiv 2510.07293).
    """

    name: ClassVar[str] = "frame"
    title: ClassVar[str] = "Frame"
    paper: ClassVar[str] = "https://arxiv.org/abs/2510.07293"

    def select(self, context: SelectionContext) -> "torch.Tensor":
        """See `PruningMethod.select`."""
        import torch

        # Integers, not a float step: floor(j * (N / n)) misses by one where N / n is not exact.
        steps = torch.arange(context.budget, device=context.audio_positions.device)
        return steps * len(context.audio_positions) // context.budget
