"""What all queries of a layer's prefill have in common, and where the queries to come will be turned.

Both are small whatever the prompt's length, so a layer's queries themselves need not be kept.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class QueryMoments:
    """Mean and covariance of a layer's queries before rotary position embedding, in fp32.

    Attributes
    ----------
    mean : Tensor of shape (heads, head_dim)
    covariance : Tensor of shape (heads, head_dim, head_dim)
        Divided by the number of queries.
    """

    mean: "torch.Tensor"
    covariance: "torch.Tensor"

    @classmethod
    def of(cls, query: "torch.Tensor") -> "QueryMoments":
        """Moments of queries of shape (heads, q, head_dim), q at least 1."""
        mean = query.mean(dim=1, keepdim=True)
        apart = query - mean
        return cls(mean[:, 0], apart.transpose(1, 2) @ apart / query.shape[1])

    def turned(self, rotation: "torch.Tensor") -> "QueryMoments":
        """Moments of the same queries times a matrix of shape (head_dim, head_dim)."""
        return QueryMoments(self.mean @ rotation.T, rotation @ self.covariance @ rotation.T)


@dataclass(frozen=True)
class Rotation:
    """Rotary position embedding behind the prompt.

    Text follows a recording, and text has one position whatever the model's rotary axes are (the three of
    Qwen's multimodal embedding agree there), so one number says where each token to come will be.

    Attributes
    ----------
    frequencies : Tensor of shape (d / 2,)
        Radians a position, of each pair of rotated dimensions; as in the prompt's own pass, where they
        depend on the length.
    scaling : float
        What cosine and sine are multiplied by.
    start : int
        Position of the first token to come.
    """

    frequencies: "torch.Tensor"
    scaling: float
    start: int

    def mean(self, count: int, head_dim: int) -> "torch.Tensor":
        """The mean of the rotations at the next `count` positions, shape (head_dim, head_dim).

        Dimensions that the model leaves unrotated stay as they are.
        """
        import torch

        device, half = self.frequencies.device, len(self.frequencies)
        positions = torch.arange(self.start, self.start + count, device=device)
        angles = positions[:, None].float() * self.frequencies.float()
        cos, sin = (part.mean(dim=0) * self.scaling for part in (angles.cos(), angles.sin()))
        matrix = torch.eye(head_dim, device=device)
        first = torch.arange(half, device=device)
        matrix[first, first] = matrix[first + half, first + half] = cos
        matrix[first, first + half], matrix[first + half, first] = -sin, sin
        return matrix
