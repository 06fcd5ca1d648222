"""A-ToMe: merge neighbours that say the same."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from amarathon.compression.methods.base import PruningMethod
from amarathon.compression.methods.contexts import SelectionContext
from amarathon.compression.methods.pooling import group_means

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class ATome(PruningMethod):
    """Merge the most similar adjacent audio tokens into their mean until n groups are left.

    Similarity is the cosine of neighbouring tokens' keys in the layer before, averaged over KV
    heads. Groups are stretches of time; each is represented at its first token's position by the
    mean of its hidden states.

    References
    ----------
    Li et al., "Accelerating Transducers through Adjacent Token Merging" (arXiv 2306.16009).
    """

    name: ClassVar[str] = "atome"
    title: ClassVar[str] = "A-ToMe"
    summary: ClassVar[str] = "Merges the most similar neighbouring audio tokens into their mean."
    paper: ClassVar[str] = "https://arxiv.org/abs/2306.16009"
    queries: ClassVar[int | None] = 0

    def select(self, context: SelectionContext) -> "torch.Tensor":
        """See `PruningMethod.select`: the first token of each group."""
        import torch

        keys = torch.nn.functional.normalize(context.keys[:, context.audio_positions].float(), dim=-1)
        similarity = (keys[:, 1:] * keys[:, :-1]).sum(dim=-1).mean(dim=0)
        # A group begins at the first token and wherever two neighbours differ most.
        begins = similarity.argsort(stable=True)[: context.budget - 1] + 1
        return torch.cat([begins.new_zeros(1), begins]).sort().values

    def merge(self, context: SelectionContext, chosen: "torch.Tensor") -> "torch.Tensor":
        """See `PruningMethod.merge`."""
        return group_means(context.hidden_states[context.audio_positions], chosen)
