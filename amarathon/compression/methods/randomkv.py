"""Random eviction: the lower bound under cache pressure."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from amarathon.compression.methods.contexts import EvictionContext
from amarathon.compression.methods.released import PaperEviction

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class RandomKV(PaperEviction):
    """Score every cached token of every head uniformly at random.

    Each recording draws for itself: what names it is mixed into the seed.

    References
    ----------
    AudioMarathon, section 4.3 (arXiv 2510.07293).
    """

    name: ClassVar[str] = "randomkv"
    title: ClassVar[str] = "Random eviction"
    summary: ClassVar[str] = "Evicts cache entries drawn at random: the lower bound for an eviction."
    paper: ClassVar[str] = "https://arxiv.org/abs/2510.07293"
    randomised: ClassVar[bool] = True
    scores_any_amount: ClassVar[bool] = True

    def score(self, context: EvictionContext) -> "torch.Tensor":
        """See `EvictionMethod.score`."""
        import torch

        return torch.rand(context.keys.shape[:-1], generator=context.generator).to(context.keys.device)
