"""SnapKV: keep what the last window of the prompt attends to, with its neighbours."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from amarathon.compression.methods.contexts import EvictionContext
from amarathon.compression.methods.released import PaperEviction

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class SnapKV(PaperEviction):
    """Score a token by the attention that the last `window` queries pay to it.

    The weights are averaged over the window, smoothed over `kernel` neighbours and averaged
    within each KV head's group of query heads. The window itself always stays; where a prompt is
    no longer than the window, everything counts as window and the latest tokens stay.

    References
    ----------
    Li et al., "SnapKV: LLM Knows What You are Looking for Before Generation" (arXiv 2404.14469).
    """

    name: ClassVar[str] = "snapkv"
    title: ClassVar[str] = "SnapKV"
    summary: ClassVar[str] = "Keeps what the last tokens of the prompt attend to, with its neighbours."
    paper: ClassVar[str] = "https://arxiv.org/abs/2404.14469"
    scores_any_amount: ClassVar[bool] = True

    window: int = field(default=64, metadata={"minimum": 1})
    kernel: int = field(default=5, metadata={"minimum": 1})

    @property
    def queries(self) -> int:
        """See `EvictionMethod.queries`."""
        return self.window

    def score(self, context: EvictionContext) -> "torch.Tensor":
        """See `EvictionMethod.score`."""
        return window_scores(context, self.window, self.kernel)


def window_scores(context: EvictionContext, window: int, kernel: int) -> "torch.Tensor":
    """Smoothed attention of the last `window` queries, which stay themselves; (kv_heads, T)."""
    import torch

    kv_heads, length, _ = context.keys.shape
    scores = torch.full((kv_heads, length), float("inf"), device=context.keys.device)
    # Where the queries are of another sequence than the keys, no key is in their window.
    before = length if context.attention.cross else length - window
    if before > 0:
        weights = context.attention.window(window)[:, :, :before].mean(dim=1)
        smooth = torch.nn.functional.avg_pool1d(
            weights[None], kernel_size=kernel, padding=kernel // 2, stride=1
        )[0, :, :before]
        scores[:, :before] = smooth.view(kv_heads, -1, before).mean(dim=1)
    return scores
