"""TOVA: evict what the last query attends to least."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from amarathon.compression.methods.contexts import EvictionContext
from amarathon.compression.methods.released import PaperEviction

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Tova(PaperEviction):
    """Score a token by the last query's attention to it, averaged over all heads.

    Every KV head keeps the same tokens; the last token itself always stays.

    References
    ----------
    Oren et al., "Transformers are Multi-State RNNs" (arXiv 2401.06104).
    """

    name: ClassVar[str] = "tova"
    title: ClassVar[str] = "TOVA"
    summary: ClassVar[str] = "Evicts what the last token of the prompt attends to least."
    paper: ClassVar[str] = "https://arxiv.org/abs/2401.06104"
    scores_any_amount: ClassVar[bool] = True

    @property
    def queries(self) -> int:
        """See `EvictionMethod.queries`."""
        return 1

    def score(self, context: EvictionContext) -> "torch.Tensor":
        """See `EvictionMethod.score`."""
        scores = context.attention.window(1)[:, 0].mean(dim=0)
        if not context.attention.cross:
            scores[-1] = float("inf")
        return scores.expand(len(context.keys), -1)
