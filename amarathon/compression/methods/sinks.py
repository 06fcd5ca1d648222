"""Attention sinks: the first tokens, which all later ones attend to whatever they say."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def raise_above(scores: "torch.Tensor", n_sink: int) -> "torch.Tensor":
    """Raise the first tokens' scores above all others', so that the very first goes last.

    Parameters
    ----------
    scores : Tensor of shape (kv_heads, T)
    n_sink : int

    Returns
    -------
    Tensor of shape (kv_heads, T)
    """
    import torch

    count = min(n_sink, scores.shape[1])
    order = torch.arange(count, 0, -1, device=scores.device, dtype=scores.dtype)
    return torch.cat([(scores.amax() + order).expand(len(scores), -1), scores[:, count:]], dim=1)
