"""Frame: keep audio tokens at equal steps of time."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from amarathon.compression.methods.contexts import SelectionContext
from amarathon.compression.methods.released import PaperPruning

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Frame(PaperPruning):
    """Keep the tokens at floor(j N / n), j = 0..n-1: every stretch of time keeps its share.

    With ``span=released``, N counts the audio's markers where the paper's code does, and N / n is a binary
    float, so that a token here and there is the one before. Of 7,500 tokens of which 0.3 go the two ways
    keep 5,250 and 5,251, and share 3,000: the first marker shifts all that follows.

    References
    ----------
    AudioMarathon, section 4.2, equations 1-3 (arXiv 2510.07293).
    """

    name: ClassVar[str] = "frame"
    title: ClassVar[str] = "Frame"
    summary: ClassVar[str] = "Keeps audio tokens at equal steps of time, whatever is said there."
    paper: ClassVar[str] = "https://arxiv.org/abs/2510.07293"

    def select(self, context: SelectionContext) -> "torch.Tensor":
        """See `PruningMethod.select`."""
        import torch

        if self.is_released:
            step = len(context.audio_positions) / context.budget
            indices = torch.arange(context.budget, dtype=torch.double) * step
            return indices.long().to(context.audio_positions.device)
        # Integers, not a float step: floor(j * (N / n)) misses by one where N / n is not exact.
        steps = torch.arange(context.budget, device=context.audio_positions.device)
        return steps * len(context.audio_positions) // context.budget
