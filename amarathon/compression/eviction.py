"""Which cached tokens of a layer survive an eviction.

Evictions act after a layer's prefill attention, so the first generated token never changes: an
answer of one letter is the same by construction, only longer replies tell methods apart.
"""

from fractions import Fraction

import torch
from torch import Tensor

from amarathon.compression.methods.base import budget
from amarathon.compression.report import MAP_SLICES


def surviving(scores: Tensor, ratio: Fraction, audio: Tensor | None) -> Tensor:
    """Choose the tokens of each KV head that stay.

    Parameters
    ----------
    scores : Tensor of shape (kv_heads, T)
        Higher stays; between equal scores the later token stays.
    ratio : Fraction
        The share that is removed.
    audio : Tensor of shape (N,) or None
        If given, the budget is that of these places alone and every other token stays.

    Returns
    -------
    Tensor of shape (kv_heads, n), int64
        Sorted: order in the cache is order in time.
    """
    if audio is None:
        return _best(scores, budget(scores.shape[1], ratio))
    elsewhere = torch.ones(scores.shape[1], dtype=torch.bool, device=scores.device)
    elsewhere[audio] = False
    kept = audio[_best(scores[:, audio], budget(len(audio), ratio))]
    others = elsewhere.nonzero()[:, 0].expand(len(scores), -1)
    return torch.cat([others, kept], dim=1).sort(dim=-1).values


def _best(scores: Tensor, keep: int) -> Tensor:
    # A stable ranking from the last token backwards, so that equal scores favour later tokens.
    ranked = scores.shape[1] - 1 - scores.flip(-1).argsort(dim=-1, descending=True, stable=True)
    return ranked[:, :keep].sort(dim=-1).values


def kept_per_slice(places: Tensor, physical: Tensor, length: int, indices: Tensor, count: int) -> list[float]:
    """Share of the audio tokens that one layer's cache holds, over slices of the audio's time.

    Parameters
    ----------
    places : Tensor of shape (kv_heads, n)
        Cache places that survive.
    physical : Tensor of shape (M,)
        Cache places of the audio tokens that the layer has seen.
    length : int
        Cache places before the eviction.
    indices : Tensor of shape (M,)
        Which of the recording's audio tokens those are.
    count : int
        Audio tokens of the recording.

    Returns
    -------
    list of float
        At most `MAP_SLICES` means over KV heads.
    """
    held = torch.zeros(places.shape[0], length, device=places.device)
    held.scatter_(1, places, 1.0)
    shares = held[:, physical].mean(dim=0).double().cpu()
    slices = min(MAP_SLICES, count)
    where = indices * slices // count
    sizes = torch.bincount(torch.arange(count) * slices // count, minlength=slices)
    sums = torch.zeros(slices, dtype=torch.double).index_add_(0, where, shares)
    return [float(value) for value in sums / sizes]
