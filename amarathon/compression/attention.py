"""Inputs of one layer's attention, for methods that decide which tokens stay."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from amarathon.compression.moments import QueryMoments

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class AttentionInputs:
    """Queries and keys of one layer's prefill attention, after rotary position embedding.

    Attributes
    ----------
    query : Tensor of shape (heads, q, head_dim)
        Of the last q of the T tokens: as many as the methods at work look at.
    key, value : Tensor of shape (kv_heads, T, head_dim)
    scaling : float
        What the layer multiplies its dot products by.
    rotary : tuple of two Tensors of shape (T, d), optional
        Cosine and sine that the first d dimensions of queries and keys were rotated by.
    moments : mapping of int to QueryMoments
        Of all queries but the first so many, where a method at work needs them.
    """

    query: "torch.Tensor"
    key: "torch.Tensor"
    value: "torch.Tensor"
    scaling: float
    rotary: "tuple[torch.Tensor, torch.Tensor] | None" = None
    moments: Mapping[int, QueryMoments] = field(default_factory=dict)

    @property
    def cross(self) -> bool:
        """Whether the queries are of another sequence than the keys."""
        return False

    def window(self, size: int) -> "torch.Tensor":
        """The exact causal attention of the last `size` queries, in fp32.

        Only these rows are computed: the whole T x T matrix is never made.

        Returns
        -------
        Tensor of shape (heads, size, T)
            Each row sums to 1.
        """
        import torch

        kv_heads, length, head_dim = self.key.shape
        if size > self.query.shape[1]:
            raise RuntimeError(f"{size} queries are needed, {self.query.shape[1]} were kept")
        query = self.query[:, self.query.shape[1] - size :].float()
        # Query heads that share a KV head are one batch, so keys are never repeated.
        grouped = query.reshape(kv_heads, -1, head_dim) * self.scaling
        logits = (grouped @ self.key.float().transpose(1, 2)).view(-1, size, length)
        if size > 1:
            hidden = torch.ones(size, length, dtype=torch.bool, device=logits.device).triu(length - size + 1)
            logits = logits.masked_fill(hidden, float("-inf"))
        return logits.softmax(dim=-1)

    def without_rotary(self) -> "AttentionInputs":
        """Queries and keys as they were before rotary position embedding, in fp32."""
        cos, sin = self._cos_sin()
        key = _rotate_back(self.key.float(), cos, sin)
        return AttentionInputs(self.plain_queries(), key, self.value, self.scaling)

    def plain_queries(self) -> "torch.Tensor":
        """The queries as they were before rotary position embedding, in fp32."""
        cos, sin = self._cos_sin()
        last = slice(len(cos) - self.query.shape[1], None)
        return _rotate_back(self.query.float(), cos[last], sin[last])

    def _cos_sin(self) -> "tuple[torch.Tensor, torch.Tensor]":
        if self.rotary is None:
            raise RuntimeError("this attention has no rotary position embedding to undo")
        cos, sin = (part.float() for part in self.rotary)
        return cos, sin


def _rotate_back(states: "torch.Tensor", cos: "torch.Tensor", sin: "torch.Tensor") -> "torch.Tensor":
    import torch

    rotated, plain = states[..., : cos.shape[-1]], states[..., cos.shape[-1] :]
    first, second = rotated.chunk(2, dim=-1)
    # Some families scale their rotation; the inverse divides by the square of that.
    back = (rotated * cos - torch.cat((-second, first), dim=-1) * sin) / (cos.square() + sin.square())
    return torch.cat((back, plain), dim=-1)
