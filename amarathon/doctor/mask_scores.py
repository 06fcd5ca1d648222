"""What evictions keep, by their definitions alone: the mask oracle's side of it.

From the model's own projections, attention weights and rotary module, with nothing of compression's code.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import torch
from torch import Tensor

from amarathon.compression import METHODS
from amarathon.errors import ModelError


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


def scores_of(eviction: Any, layer: SeenLayer, present: Tensor) -> Tensor | None:
    """An eviction's scores of all tokens of the prompt, (kv_heads, prompt); None where it reads attention."""
    if eviction.name == "streaming":
        return _with_sinks(torch.arange(layer.keys.shape[1]).expand(len(layer.keys), -1), eviction, present)
    if eviction.name == "keydiff":
        return _keydiff(layer.keys.double(), present)
    if eviction.name == "expected":
        return _expected(eviction, layer, present)
    return None


def attention_scores(eviction: Any, keys: Tensor, weights: Tensor, present: Tensor, seed: int) -> Tensor:
    """Scores by the prompt's own attention, of all its tokens, (kv_heads, prompt)."""
    groups, length = keys.shape[:2]
    scores = torch.zeros(groups, length, device=keys.device)
    if eviction.name == "knorm":
        norms = keys.float().square().sum(dim=-1).sqrt()
        # To 11 bits: equal words have equal norms, whatever rounding says.
        return -norms.half().float()
    if eviction.name == "tova":
        scores += weights[:, -1].float().mean(dim=0)
        scores[:, -1] = float("inf")
        return scores
    if eviction.name in ("snapkv", "pyramid"):
        window, kernel = (
            (eviction.window, eviction.kernel)
            if eviction.name == "snapkv"
            else (eviction.window_size, eviction.kernel_size)
        )
        last, before = present[-window:], present[:-window]
        scores[:, last] = float("inf")
        seen = weights.float()[:, last][:, :, before].view(groups, -1, len(before)).mean(dim=1)
        half = kernel // 2
        for index, token in enumerate(before.tolist()):
            near = seen[:, max(0, index - half) : max(0, index - half) + min(index, half) + half + 1]
            scores[:, token] = near[:, :kernel].sum(dim=1) / kernel
        return scores
    if eviction.name == "randomkv":
        generator = torch.Generator().manual_seed(seed)
        scores[:, present] = torch.rand((groups, len(present)), generator=generator).to(keys.device)
        return scores
    raise ModelError(f"The mask oracle does not know the eviction {eviction.name}.")


def _keydiff(keys: Tensor, present: Tensor) -> Tensor:
    scores = torch.zeros(keys.shape[:2], dtype=torch.double)
    for head, own in enumerate(keys):
        anchor = torch.stack([own[token] / own[token].norm() for token in present.tolist()]).mean(dim=0)
        for token in present.tolist():
            scores[head, token] = -torch.cosine_similarity(own[token], anchor, dim=0)
    return scores


def _expected(eviction: Any, layer: SeenLayer, present: Tensor) -> Tensor:
    groups, prompt, width = layer.keys.shape
    sinks, others = present[: eviction.n_sink], present[eviction.n_sink :]
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


def _with_sinks(scores: Tensor, eviction: Any, present: Tensor) -> Tensor:
    scores = scores.double().clone()
    highest = float(scores.max())
    for rank, token in enumerate(present[: eviction.n_sink].tolist()):
        scores[:, token] = highest + eviction.n_sink - rank
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
    positions = torch.arange(start, start + count, device=layer.states.device)[None]
    if "mrope_section" in layer.attention.config.rope_parameters:
        positions = positions.expand(3, 1, -1)
    kind = {"layer_type": "full_attention"} if hasattr(layer.rotary, "layer_types") else {}
    made = layer.rotary(layer.states[None], position_ids=positions, **kind)
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


def lowest_by_head(scores: Tensor, competing: Tensor, keep: int) -> Tensor:
    """What each head loses: all that compete but the `keep` best, later tokens first where equal."""
    gone = torch.zeros(scores.shape, dtype=torch.bool, device=scores.device)
    for head, row in enumerate(scores.tolist()):
        order = sorted(competing.tolist(), key=lambda token: (row[token], token), reverse=True)
        gone[head, order[keep:]] = True
    return gone


def lowest_of_all(scores: Tensor, competing: Tensor, keep: int, safeguard: Any) -> Tensor:
    """What each head loses where heads compete for `keep` entries each, (kv_heads, prompt)."""
    gone = torch.zeros(scores.shape, dtype=torch.bool, device=scores.device)
    gone[:, competing] = True
    safe = max(1, int(keep * safeguard)) if safeguard else 0
    left: list[tuple[float, int, int]] = []
    for head, row in enumerate(scores.tolist()):
        ranked = sorted(((row[token], token) for token in competing.tolist()), reverse=True)
        gone[head, [token for _, token in ranked[:safe]]] = False
        left += [(score, token, head) for score, token in ranked[safe:]]
    for _, token, head in sorted(left, reverse=True)[: len(scores) * (keep - safe)]:
        gone[head, token] = False
    return gone


def count_kept(count: int, ratio: Any) -> int:
    """Tokens left when the share `ratio` goes, in decimals rather than fractions."""
    return max(1, int(Decimal(count) * (1 - Decimal(ratio.numerator) / Decimal(ratio.denominator))))


def count_in_layer(eviction: Any, count: int, index: int, layers: int) -> int:
    """Tokens left of `count` in one of the layers that an eviction acts on, the `index`-th of `layers`."""
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
