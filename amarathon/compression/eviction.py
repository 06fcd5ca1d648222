"""Which cached tokens of a layer survive an eviction.

Evictions act after a layer's prefill attention, so the first generated token never changes: an
answer of one letter is the same by construction, only longer replies distinguish methods.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import torch
from torch import Tensor

from amarathon.compression.methods.budget import budget


@dataclass(frozen=True, eq=False)
class LayerScores:
    """A layer's scores, and the ranking by them: worked out once for all amounts that are evicted.

    Attributes
    ----------
    scores : Tensor of shape (kv_heads, T)
    """

    scores: Tensor

    @cached_property
    def ranking(self) -> Tensor:
        """The tokens of each KV head, best first, (kv_heads, T)."""
        return _ranking(self.scores)

    def surviving(self, ratio: Fraction) -> Tensor:
        """As `surviving` where all tokens compete."""
        return _first(self.ranking, budget(self.scores.shape[1], ratio))


def surviving(scores: Tensor, ratio: Fraction, audio: Tensor | None) -> Tensor:
    """Choose the tokens of each KV head that stay.

    Parameters
    ----------
    scores : Tensor of shape (kv_heads, T)
        Higher stays; between equal scores the later token stays.
    ratio : Fraction
        The share that is removed.
    audio : Tensor of shape (N,) or None
        Positions of the audio in the cache: the budget is theirs alone and every other token stays.

    Returns
    -------
    Tensor of shape (kv_heads, n), int64
        Sorted: order in the cache is order in time.
    """
    if audio is None:
        return _best(scores, budget(scores.shape[1], ratio))
    others_mask = torch.ones(scores.shape[1], dtype=torch.bool, device=scores.device)
    others_mask[audio] = False
    kept = audio[_best(scores[:, audio], budget(len(audio), ratio))]
    others = others_mask.nonzero()[:, 0].expand(len(scores), -1)
    return torch.cat([others, kept], dim=1).sort(dim=-1).values


def surviving_by_head(scores: Tensor, ratio: Fraction, audio: Tensor | None, safeguard: Fraction) -> Tensor:
    """Choose the tokens that stay where the KV heads share one budget.

    Parameters
    ----------
    scores, ratio, audio
        See `surviving`.
    safeguard : Fraction
        What each head keeps of an equal share whatever the others need, but at least one token unless 0.

    Returns
    -------
    Tensor of shape (kv_heads, T), bool
    """
    competing = scores if audio is None else scores[:, audio]
    per_head = budget(competing.shape[1], ratio)
    safe = max(1, int(per_head * safeguard)) if safeguard else 0
    stays = torch.zeros(competing.shape, dtype=torch.bool, device=scores.device)
    stays.scatter_(1, _best(competing, safe), True)
    # Token by token, so that between equal scores the later token stays, whichever head's it is.
    others = competing.masked_fill(stays, float("-inf")).T.reshape(1, -1)
    rest = _best(others, len(scores) * (per_head - safe))[0]
    stays[rest % len(scores), rest // len(scores)] = True
    if audio is None:
        return stays
    whole = torch.ones(scores.shape, dtype=torch.bool, device=scores.device)
    whole[:, audio] = stays
    return whole


def kept_rows(states: Tensor, kept: Tensor) -> Tensor:
    """What each KV head keeps of keys or values.

    Parameters
    ----------
    states : Tensor of shape (1, kv_heads, T, head_dim)
    kept : Tensor of shape (kv_heads, n)

    Returns
    -------
    Tensor of shape (1, kv_heads, n, head_dim)
    """
    # Whole rows are copied, which `gather` does number by number.
    heads = torch.arange(len(kept), device=kept.device)[:, None]
    return states[:, heads, kept]


def _best(scores: Tensor, keep: int) -> Tensor:
    return _first(_ranking(scores), keep)


def _ranking(scores: Tensor) -> Tensor:
    # Stable and from the last token backwards, so that equal scores favour later tokens.
    return scores.shape[1] - 1 - scores.flip(-1).argsort(dim=-1, descending=True, stable=True)


def _first(ranking: Tensor, keep: int) -> Tensor:
    return ranking[:, :keep].sort(dim=-1).values


def held_shares(kept: Tensor, length: int) -> Tensor:
    """The share of KV heads that still hold each of `length` cached tokens.

    Parameters
    ----------
    kept : Tensor of shape (kv_heads, n)
        From `surviving`.
    length : int
        Cached tokens before the eviction.

    Returns
    -------
    Tensor of shape (length,)
    """
    held = torch.zeros(kept.shape[0], length, device=kept.device)
    return held.scatter_(1, kept, 1.0).mean(dim=0)
