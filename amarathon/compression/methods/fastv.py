"""FastV: keep what the last prompt token attends to."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from amarathon.compression.methods.contexts import SelectionContext
from amarathon.compression.methods.released import PaperPruning

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class FastV(PaperPruning):
    """Keep the tokens with the largest attention from the last prompt token, averaged over heads.

    The attention is that of the layer before the one at which tokens are pruned. Only its last
    row is computed. Between equal weights the earlier token stays. With ``span=released`` the audio's
    markers compete where the paper's code lets them.

    References
    ----------
    Chen et al., "An Image is Worth 1/2 Tokens After Layer 2" (arXiv 2403.06764).
    """

    name: ClassVar[str] = "fastv"
    title: ClassVar[str] = "FastV"
    summary: ClassVar[str] = (
        "Keeps the audio tokens to which the last token of the prompt pays most attention."
    )
    paper: ClassVar[str] = "https://arxiv.org/abs/2403.06764"
    queries: ClassVar[int | None] = 1

    def select(self, context: SelectionContext) -> "torch.Tensor":
        """See `PruningMethod.select`."""
        weights = context.weights = context.attention_row[context.audio_positions]
        ranked = weights.argsort(descending=True, stable=True)
        return ranked[: context.budget].sort().values
