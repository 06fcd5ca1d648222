"""KeyDiff: evict the tokens whose keys are like all others'."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from amarathon.compression.methods.base import EvictionMethod
from amarathon.compression.methods.contexts import EvictionContext

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class KeyDiff(EvictionMethod):
    """Score a token by how far its key points from the mean of all keys' directions.

    The score is the negative cosine of a key with the mean of the normalised keys of its KV head. The whole
    prompt is compressed at once, as in kvpress; the paper goes block by block as a prompt comes in.

    References
    ----------
    Park et al., "KeyDiff: Key Similarity-Based KV Cache Eviction for Long-Context LLM Inference in
    Resource-Constrained Environments" (arXiv 2504.15364).
    """

    name: ClassVar[str] = "keydiff"
    title: ClassVar[str] = "KeyDiff"
    summary: ClassVar[str] = "Evicts the tokens whose keys resemble all others'."
    paper: ClassVar[str] = "https://arxiv.org/abs/2504.15364"
    scores_any_amount: ClassVar[bool] = True

    def score(self, context: EvictionContext) -> "torch.Tensor":
        """See `EvictionMethod.score`."""
        import torch

        directions = torch.nn.functional.normalize(context.keys.float(), dim=-1)
        anchor = torch.nn.functional.normalize(directions.mean(dim=1, keepdim=True), dim=-1)
        return -(directions * anchor).sum(dim=-1)
