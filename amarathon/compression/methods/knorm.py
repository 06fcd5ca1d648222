"""KNorm: evict the tokens with the largest keys."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from amarathon.compression.methods.base import EvictionContext, EvictionMethod

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class KNorm(EvictionMethod):
    """Score a token by the negative L2 norm of its key: small keys get large attention.

    References
    ----------
    Devoto et al., "A Simple and Effective L2 Norm-Based Strategy for KV Cache Compression"
    (arXiv 2406.11430).
    """

    name: ClassVar[str] = "knorm"
    title: ClassVar[str] = "KNorm"
    paper: ClassVar[str] = "https://arxiv.org/abs/2406.11430"

    def score(self, context: EvictionContext) -> "torch.Tensor":
        """See `EvictionMethod.score`."""
        import torch

        norms: torch.Tensor = torch.linalg.vector_norm(context.keys.float(), dim=-1)
        return -norms
