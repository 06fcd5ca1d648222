"""Random pruning: the baseline that every selection has to beat."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from amarathon.compression.methods.contexts import SelectionContext
from amarathon.compression.methods.released import PaperPruning

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Random(PaperPruning):
    """Keep tokens uniformly at random; the seed is part of the run's record.

    Each recording draws for itself: what names it is mixed into the seed. With ``span=released`` the count
    is that of the paper's code and the audio's markers are drawn among; its tokens are not, since it
    draws on the GPU without a seed.

    References
    ----------
    AudioMarathon, section 4.1 (arXiv 2510.07293).
    """

    name: ClassVar[str] = "random"
    title: ClassVar[str] = "Random"
    summary: ClassVar[str] = (
        "Keeps audio tokens drawn at random: the baseline that every selection has to beat."
    )
    paper: ClassVar[str] = "https://arxiv.org/abs/2510.07293"
    randomised: ClassVar[bool] = True

    def select(self, context: SelectionContext) -> "torch.Tensor":
        """See `PruningMethod.select`."""
        import torch

        # Drawn on the CPU, so that a seed means the same tokens on every device.
        permutation = torch.randperm(len(context.audio_positions), generator=context.generator)
        return permutation[: context.budget].sort().values.to(context.audio_positions.device)
