"""The slow, obvious truth: the thinker's decoder by hand, with masks instead of gathered tokens.

No cache, no hooks, no transformers code: every layer sees every token at its own position, and what
a compression removed is only hidden from those who could not have seen it. Which tokens those are is
decided here again, by plain definitions.
"""

from dataclasses import dataclass
from decimal import Decimal

import torch
from torch import Tensor


@dataclass
class Removal:
    """What a configuration takes away, in the oracle's own words."""

    prune: str = ""
    prune_ratio: str = "0"
    layer: int = 2
    evict: str = ""
    evict_ratio: str = "0"
    scope: str = "prompt"
    window: int = 64
    kernel: int = 5


def budget(count: int, ratio: str) -> int:
    return max(1, int(Decimal(count) * (1 - Decimal(ratio))))


def logits(thinker, embeddings: Tensor, audio: Tensor, prompt: int, removal: Removal) -> Tensor:
    """Logits of every position, shape (T, vocabulary); positions from `prompt` on were generated."""
    # Until transformers 5.3 the base model is the text model itself.
    text = getattr(thinker.model, "language_model", thinker.model)
    states = embeddings[0].double()
    length = len(states)
    dropped = torch.zeros(length, dtype=torch.bool)
    rows: dict[int, Tensor] = {}
    for number, layer in enumerate(text.layers):
        if removal.prune and number == removal.layer:
            kept = _pruned(removal, audio, rows.get(number - 1), prompt)
            dropped[audio] = True
            dropped[audio[kept]] = False
        states, rows[number] = _layer(text, layer, states, dropped, audio, prompt, removal)
    states = _norm(text.norm, states)
    return states @ thinker.lm_head.weight.double().T


def _layer(text, layer, states, dropped, audio, prompt, removal):
    attention = layer.self_attn
    heads, groups, width = attention.num_heads, attention.num_key_value_heads, attention.head_dim
    normed = _norm(layer.input_layernorm, states)
    query = _rotate(text, _split(attention.q_proj, normed, heads))
    key = _rotate(text, _split(attention.k_proj, normed, groups))
    value = _split(attention.v_proj, normed, groups)
    length = len(states)
    positions = torch.arange(length)
    hidden = (positions[None, :] > positions[:, None]) | dropped[None, :]
    hidden = hidden.expand(heads, -1, -1).clone()
    repeated = key.repeat_interleave(heads // groups, dim=0)
    scores = query @ repeated.transpose(1, 2) * width**-0.5
    weights = scores.masked_fill(hidden, float("-inf")).softmax(-1)
    if removal.evict:
        gone = _evicted(removal, key, weights, dropped, audio, prompt, heads)
        hidden[:, prompt:] |= gone.repeat_interleave(heads // groups, dim=0)[:, None, :]
        weights = scores.masked_fill(hidden, float("-inf")).softmax(-1)
    mixed = weights @ value.repeat_interleave(heads // groups, dim=0)
    mixed = mixed.transpose(0, 1).reshape(length, heads * width)
    states = states + mixed @ attention.o_proj.weight.double().T
    normed = _norm(layer.post_attention_layernorm, states)
    gate = torch.nn.functional.silu(normed @ layer.mlp.gate_proj.weight.double().T)
    up = normed @ layer.mlp.up_proj.weight.double().T
    return states + (gate * up) @ layer.mlp.down_proj.weight.double().T, weights[:, prompt - 1]


def _pruned(removal: Removal, audio: Tensor, last_row: Tensor | None, prompt: int) -> list[int]:
    count = len(audio)
    keep = budget(count, removal.prune_ratio)
    if removal.prune == "frame":
        return [(position * count) // keep for position in range(keep)]
    weights = [float(last_row[:, position].mean()) for position in audio.tolist()]
    order = sorted(range(count), key=lambda position: (-weights[position], position))
    return sorted(order[:keep])


def _evicted(removal, key, weights, dropped, audio, prompt, heads) -> Tensor:
    """Which positions each KV head has lost once the prompt is through, shape (kv_heads, T)."""
    present = [position for position in range(prompt) if not dropped[position]]
    competing = (
        [position for position in audio.tolist() if not dropped[position]]
        if removal.scope == "audio"
        else present
    )
    keep = budget(len(competing), removal.evict_ratio)
    gone = torch.zeros(len(key), key.shape[1], dtype=torch.bool)
    for head in range(len(key)):
        score = _scores(removal, key[head], weights, present, head, heads // len(key), prompt)
        order = sorted(competing, key=lambda position: (score[position], position), reverse=True)
        gone[head, order[keep:]] = True
    return gone


def _scores(removal, key, weights, present, head, group, prompt) -> dict[int, float]:
    if removal.evict == "knorm":
        # To 11 bits, as the method compares them.
        return {position: -float(key[position].square().sum().sqrt().half()) for position in present}
    if removal.evict == "tova":
        score = {position: float(weights[:, prompt - 1, position].mean()) for position in present}
        score[prompt - 1] = float("inf")
        return score
    window, before = present[-removal.window :], present[: -removal.window]
    score = dict.fromkeys(window, float("inf"))
    half = removal.kernel // 2
    for index, position in enumerate(before):
        near = [before[i] for i in range(index - half, index + half + 1) if 0 <= i < len(before)]
        mine = weights[head * group : (head + 1) * group][:, window][:, :, near]
        score[position] = float(mine.mean(dim=(0, 1)).sum()) / removal.kernel
    return score


def _norm(norm, states: Tensor) -> Tensor:
    scale = (states.square().mean(-1, keepdim=True) + norm.variance_epsilon).rsqrt()
    return states * scale * norm.weight.double()


def _split(projection, states: Tensor, heads: int) -> Tensor:
    mixed = states @ projection.weight.double().T + projection.bias.double()
    return mixed.view(len(states), heads, -1).transpose(0, 1)


def _rotate(text, states: Tensor) -> Tensor:
    half = states.shape[-1] // 2
    theta = text.config.rope_parameters["rope_theta"]
    # As the model has it: frequencies in single precision.
    frequency = (1.0 / theta ** (torch.arange(half, dtype=torch.float32) / half)).double()
    angle = torch.arange(states.shape[1]).double()[:, None] * frequency
    first, second = states[..., :half], states[..., half:]
    cos, sin = angle.cos(), angle.sin()
    return torch.cat((first * cos - second * sin, second * cos + first * sin), dim=-1)
