"""Segmentation of the encoder's output at its own boundaries, before the language model."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from amarathon.compression.methods.pooling import PoolingMethod

if TYPE_CHECKING:
    import torch


# Below this, tokens differ by rounding alone.
ROUNDING = 1e-6


@dataclass(frozen=True)
class Boundaries(PoolingMethod):
    """Replace every segment between two boundaries by its mean.

    A boundary lies at each local peak of d_t = 1 - cos(z_t, z_t+1). Of peaks closer than `amount`
    tokens the highest count; with ``boundaries@1`` all do. The ratio is whatever the recording gives.
    Without an adapter, no LoRA: the language model was not adapted to segments.

    References
    ----------
    Segmentation-driven compression (arXiv 2511.20973), without its fine-tuning.
    """

    name: ClassVar[str] = "boundaries"
    title: ClassVar[str] = "Segmentation, no LoRA"
    summary: ClassVar[str] = (
        "Cuts the audio where it changes most and replaces each segment by "
        "its mean, before the language model reads it."
    )
    paper: ClassVar[str] = "https://arxiv.org/abs/2511.20973"

    def starts(self, rows: "torch.Tensor") -> "torch.Tensor":
        """See `PoolingMethod.starts`."""
        import torch
        from scipy.signal import find_peaks

        distance = 1 - torch.cosine_similarity(rows[:-1].float(), rows[1:].float(), dim=-1)
        # Padded, so that the first and the last step can be peaks too.
        padded = torch.nn.functional.pad(distance, (1, 1)).cpu().numpy()
        peaks, _ = find_peaks(padded, height=ROUNDING, distance=int(self.amount))
        return torch.tensor([0, *peaks.tolist()], device=rows.device)
