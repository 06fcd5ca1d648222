"""PyramidKV: SnapKV's scores, with more room in the lower layers than in the higher ones."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from amarathon.compression.methods.base import EvictionMethod
from amarathon.compression.methods.contexts import EvictionContext
from amarathon.compression.methods.snapkv import window_scores

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class PyramidKV(EvictionMethod):
    """Keep fewer tokens from layer to layer, in equal steps; on average the configured share.

    With n = T (1 - r), the last layer keeps n / `beta` tokens and the first as many more than n as the last
    keeps less; the first keeps T - `window_size` where that is less. If the last would keep fewer than its
    window, all layers keep n, as SnapKV does. Numbers are rounded, as in kvpress, but computed exactly;
    layers that evictions leave alone do not count.

    Attributes
    ----------
    window_size, kernel_size : int
        See `SnapKV`, where they are `window` and `kernel`.
    beta : int
        The steeper, the larger.

    References
    ----------
    Cai et al., "PyramidKV: Dynamic KV Cache Compression based on Pyramidal Information Funneling"
    (arXiv 2406.02069).
    """

    name: ClassVar[str] = "pyramid"
    title: ClassVar[str] = "PyramidKV"
    summary: ClassVar[str] = (
        "Scores as SnapKV does, and leaves the lower layers more room than the higher ones."
    )
    paper: ClassVar[str] = "https://arxiv.org/abs/2406.02069"
    scores_any_amount: ClassVar[bool] = True

    window_size: int = field(default=64, metadata={"minimum": 1})
    kernel_size: int = field(default=5, metadata={"minimum": 1})
    beta: int = field(default=20, metadata={"minimum": 1})

    @property
    def queries(self) -> int:
        """See `EvictionMethod.queries`."""
        return self.window_size

    def share_removed(self, count: int, index: int, layers: int) -> Fraction:
        """See `EvictionMethod.share_removed`."""
        if not self.amount or not count:
            return self.amount
        return 1 - Fraction(min(count, max(1, round(self._kept(count, index, layers)))), count)

    def _kept(self, count: int, index: int, layers: int) -> Fraction:
        mean = count * (1 - self.amount)
        least = mean / self.beta
        most = 2 * mean - least
        if most >= count - self.window_size:
            most = Fraction(count - self.window_size)
            least = 2 * mean - most
        if not count >= most >= least >= self.window_size:
            return mean
        return most if layers == 1 else most - index * (most - least) / (layers - 1)

    def score(self, context: EvictionContext) -> "torch.Tensor":
        """See `EvictionMethod.score`."""
        return window_scores(context, self.window_size, self.kernel_size)
