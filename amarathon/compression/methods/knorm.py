"""KNorm: evict the tokens with the largest keys."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from amarathon.compression.methods.contexts import EvictionContext
from amarathon.compression.methods.released import PaperEviction

if TYPE_CHECKING:
    import torch

_BITS = 11


@dataclass(frozen=True)
class KNorm(PaperEviction):
    """Score a token by the negative L2 norm of its key: small keys get large attention.

    A word that occurs twice has two keys of one norm in the first layer, equal but for what rounding makes
    of their rotations. Norms are therefore compared to 11 bits, so that the same tokens stay on every
    machine.

    References
    ----------
    Devoto et al., "A Simple and Effective L2 Norm-Based Strategy for KV Cache Compression"
    (arXiv 2406.11430).
    """

    name: ClassVar[str] = "knorm"
    title: ClassVar[str] = "KNorm"
    summary: ClassVar[str] = "Evicts the tokens whose keys are largest: they get little attention."
    paper: ClassVar[str] = "https://arxiv.org/abs/2406.11430"
    scores_any_amount: ClassVar[bool] = True

    def score(self, context: EvictionContext) -> "torch.Tensor":
        """See `EvictionMethod.score`."""
        import torch

        mantissas, exponents = torch.frexp(torch.linalg.vector_norm(context.keys.float(), dim=-1))
        norms: torch.Tensor = torch.ldexp((mantissas * 2**_BITS).round() / 2**_BITS, exponents)
        return -norms
