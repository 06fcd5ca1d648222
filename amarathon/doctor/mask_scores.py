"""What some evictions keep, by their definitions alone: the mask oracle's side of it.

In double precision, from the model's own projections and its own rotary module, with nothing of
compression's code.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import torch
from torch import Tensor

from amarathon.compression import METHODS


@dataclass
class SeenLayer:
    """What one decoder layer worked with in the prompt.

    Attributes
    ----------
    attention : Module
    rotary : Module
        The decoder's rotary position embedding.
    states : Tensor of shape (prompt, hidden)
        Input of the attention.
    keys, values : Tensor of shape (kv_heads, prompt, head_dim)
    """

    attention: Any
    rotary: Any
    states: Tensor
    keys: Tensor
    values: Tensor


def scores_of(eviction: Any, layer: SeenLayer, there: Tensor) -> Tensor | None:
    """An eviction's scores at all places of the prompt, (kv_heads, prompt); None where it has none here."""
    if eviction.name == "streaming":
        return _with_sinks(torch.arange(layer.keys.shape[1]).expand(len(layer.keys), -1), eviction, there)
    if eviction.name == "keydiff":
        return _keydiff(layer.keys.double(), there)
    if eviction.name == "expected":
        return _expected(eviction, layer, there)
    return None


def _keydiff(keys: Tensor, there: Tensor) -> Tensor:
    scores = torch.zeros(keys.shape[:2], dtype=torch.double)
    for head, own in enumerate(keys):
        anchor = torch.stack([own[place] / own[place].norm() for place in there.tolist()]).mean(dim=0)
        for place in there.tolist():
            scores[head, place] = -torch.cosine_similarity(own[place], anchor, dim=0)
    return scores


def _expected(eviction: Any, layer: SeenLayer, there: Tensor) -> Tensor:
    groups, prompt, width = layer.keys.shape
    sinks, others = there[: eviction.n_sink], there[eviction.n_sink :]
    queries = _queries(layer, width).double()[:, others]
    rotation = _mean_rotation(layer, prompt, eviction.n_future_positions, width)
    share, scaling = len(queries) // groups, float(layer.attention.scaling)
    scores = torch.zeros(groups, prompt, dtype=torch.double)
    for head, own in enumerate(queries):
        mean, covariance = rotation @ own.mean(dim=0), rotation @ own.T.cov(correction=0) @ rotation.T
        keys = layer.keys[head // share, others].double() * scaling
        exponent = keys @ mean
        if eviction.use_covariance:
            exponent += torch.einsum("ni,ij,nj->n", keys, covariance, keys) / 2
        scores[head // share, others] += exponent.softmax(dim=0) / share
    if eviction.use_vnorm:
        scores = (scores + float(eviction.epsilon)) * layer.values.double().norm(dim=-1)
    return _with_sinks(scores, eviction, sinks)


def _with_sinks(scores: Tensor, eviction: Any, there: Tensor) -> Tensor:
    scores = scores.double().clone()
    highest = float(scores.max())
    for rank, place in enumerate(there[: eviction.n_sink].tolist()):
        scores[:, place] = highest + eviction.n_sink - rank
    return scores


def _queries(layer: SeenLayer, width: int) -> Tensor:
    """Queries before rotary position embedding, (heads, prompt, head_dim)."""
    attention = layer.attention
    if hasattr(attention, "q_proj"):
        flat = attention.q_proj(layer.states)
    else:  # one projection makes queries, keys and values, in this order
        heads = int(attention.config.num_attention_heads)
        flat = attention.qkv_proj(layer.states)[:, : heads * width]
    queries = flat.view(len(flat), -1, width)
    if hasattr(attention, "q_norm"):
        queries = attention.q_norm(queries)
    found: Tensor = queries.transpose(0, 1)
    return found


def _mean_rotation(layer: SeenLayer, start: int, count: int, width: int) -> Tensor:
    places = torch.arange(start, start + count, device=layer.states.device)[None]
    if "mrope_section" in layer.attention.config.rope_parameters:
        places = places.expand(3, 1, -1)
    kind = {"layer_type": "full_attention"} if hasattr(layer.rotary, "layer_types") else {}
    made = layer.rotary(layer.states[None], position_ids=places, **kind)
    cos, sin = (part.reshape(-1, *part.shape[-2:])[0].double() for part in made)
    half = cos.shape[1] // 2
    rotation = torch.zeros(width, width, dtype=torch.double)
    for row_cos, row_sin in zip(cos, sin, strict=True):
        one = torch.eye(width, dtype=torch.double)
        for first in range(half):
            second = first + half
            one[first, first], one[first, second] = row_cos[first], -row_sin[first]
            one[second, second], one[second, first] = row_cos[second], row_sin[second]
        rotation += one / count
    return rotation


def scorer_of(eviction: Any) -> Any:
    """Whose scores an eviction goes by: its own, or those of the method that it names."""
    return METHODS[eviction.scores](amount=eviction.amount) if eviction.name == "adakv" else eviction


def lowest_of_all(scores: Tensor, competing: Tensor, keep: int, safeguard: Any) -> Tensor:
    """What each head loses where heads compete for `keep` places each, (kv_heads, prompt)."""
    gone = torch.zeros(scores.shape, dtype=torch.bool, device=scores.device)
    gone[:, competing] = True
    safe = max(1, int(keep * safeguard)) if safeguard else 0
    left: list[tuple[float, int, int]] = []
    for head, row in enumerate(scores.tolist()):
        ranked = sorted(((row[place], place) for place in competing.tolist()), reverse=True)
        gone[head, [place for _, place in ranked[:safe]]] = False
        left += [(score, place, head) for score, place in ranked[safe:]]
    for _, place, head in sorted(left, reverse=True)[: len(scores) * (keep - safe)]:
        gone[head, place] = False
    return gone


def count_in_layer(eviction: Any, count: int, index: int, layers: int) -> int:
    """Tokens left of `count` in one of the layers that an eviction acts on, the `place`-th of `layers`."""
    if getattr(eviction, "span", "exact") == "released":
        return max(1, int(count * (1 - float(eviction.amount))))
    left = Decimal(count) * (1 - Decimal(eviction.amount.numerator) / Decimal(eviction.amount.denominator))
    if eviction.name != "pyramid":
        return max(1, int(left))
    last = left / eviction.beta
    first = min(2 * left - last, Decimal(count - eviction.window_size))
    last = 2 * left - first
    if first < last or last < eviction.window_size:
        return max(1, round(left))
    kept: int = round(first + (last - first) * index / max(1, layers - 1))
    return kept
