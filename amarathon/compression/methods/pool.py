"""Average pooling of the encoder's output, before the language model."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from amarathon.compression.methods.pooling import PoolingMethod

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Pool(PoolingMethod):
    """Replace every `amount` neighbouring audio tokens by their mean: ceil(N / amount) tokens.

    Without an adapter, no LoRA: the language model was not adapted to pooled tokens.

    References
    ----------
    Average pooling as in "Segmentation-driven compression" (arXiv 2511.20973), without its
    fine-tuning.
    """

    name: ClassVar[str] = "pool"
    title: ClassVar[str] = "Average pooling, no LoRA"
    summary: ClassVar[str] = (
        "Replaces every few neighbouring audio tokens by their mean, before the language model reads them."
    )
    paper: ClassVar[str] = "https://arxiv.org/abs/2511.20973"

    def starts(self, rows: "torch.Tensor") -> "torch.Tensor":
        """See `PoolingMethod.starts`."""
        import torch

        return torch.arange(0, len(rows), int(self.amount), device=rows.device)
