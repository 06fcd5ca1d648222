"""AdaKV: another method's scores, with a budget that the KV heads of a layer share."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Literal

from amarathon.compression.methods.base import EvictionMethod
from amarathon.compression.methods.contexts import EvictionContext
from amarathon.compression.methods.expected import ExpectedAttention
from amarathon.compression.methods.keydiff import KeyDiff
from amarathon.compression.methods.knorm import KNorm
from amarathon.compression.methods.snapkv import SnapKV
from amarathon.errors import ConfigurationError

if TYPE_CHECKING:
    import torch

_SCORERS: dict[str, type[EvictionMethod]] = {
    method.name: method for method in (SnapKV, ExpectedAttention, KeyDiff, KNorm)
}


@dataclass(frozen=True)
class AdaKV(EvictionMethod):
    """Let the tokens of all KV heads of a layer compete for the cache entries that the heads have together.

    Heads that spread their attention keep more tokens than those that look at few. Each head first keeps its
    best `alpha_safeguard` of an equal share. The cache holds what each head keeps and no more; kvpress
    keeps all tokens and hides them, so that it saves no memory. A model whose later layers read the keys
    of earlier ones is refused, since those read as many for each head.

    Attributes
    ----------
    scores : {"snapkv", "expected", "keydiff", "knorm"}
        Whose scores they are, with the defaults of that method.
    alpha_safeguard : Fraction
        From 0 to 1; at 1 all heads keep the same number.

    References
    ----------
    Feng et al., "Ada-KV: Optimizing KV Cache Eviction by Adaptive Budget Allocation for Efficient LLM
    Inference" (arXiv 2407.11550).
    """

    name: ClassVar[str] = "adakv"
    title: ClassVar[str] = "AdaKV"
    summary: ClassVar[str] = (
        "Lets the heads of a layer share one budget, and keeps the best entries of all of them."
    )
    paper: ClassVar[str] = "https://arxiv.org/abs/2407.11550"
    scores_any_amount: ClassVar[bool] = True

    scores: Literal["snapkv", "expected", "keydiff", "knorm"] = "snapkv"
    alpha_safeguard: Fraction = field(default=Fraction(1, 5))

    def __post_init__(self) -> None:
        """Refuse a share of more than everything.

        Raises
        ------
        ConfigurationError
        """
        if self.alpha_safeguard > 1:
            raise ConfigurationError(f"{self.name}: alpha_safeguard must be at most 1.")

    @property
    def scorer(self) -> EvictionMethod:
        """The method whose scores they are."""
        return _SCORERS[self.scores](amount=self.amount)

    @property
    def queries(self) -> int:
        """See `EvictionMethod.queries`."""
        return self.scorer.queries

    @property
    def moments(self) -> int | None:
        """See `EvictionMethod.moments`."""
        return self.scorer.moments

    @property
    def safeguard(self) -> Fraction | None:
        """See `EvictionMethod.safeguard`."""
        return self.alpha_safeguard

    def score(self, context: EvictionContext) -> "torch.Tensor":
        """See `EvictionMethod.score`."""
        return self.scorer.score(context)
