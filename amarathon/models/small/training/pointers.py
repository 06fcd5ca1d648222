"""Pointers: which token's attention, in one head of a layer, should fall on which others."""

from typing import Any

import torch
from torch import Tensor

from amarathon.models.small.training.batches import Batch
from amarathon.models.small.training.sequences import IGNORED

# Indices of the layers whose heads point.
POINTING_LAYERS = KEY_LAYER, EVIDENCE_LAYER, FACT_LAYER, ANSWER_LAYER = 3, 4, 5, 6
# Row, place of the query, places of the keys.
Pointer = tuple[int, int, list[int]]


def pointers_of(number: int, batch: Batch) -> dict[str, tuple[list[Pointer], int]]:
    """What one of `POINTING_LAYERS` learns to point at: by the loss's name, pointers and the head."""
    if number == KEY_LAYER:
        pairs = [
            (row, name, [choice.key_place])
            for row, choice in batch.choices
            if choice.key != IGNORED
            for name in choice.names
        ]
        return {"option to key": (pairs, 0)}
    if number == EVIDENCE_LAYER:
        looks = [
            (row, name, places)
            for row, choice in batch.choices
            for name, places in zip(choice.names, choice.heard, strict=True)
        ]
        return {
            "option to audio": ([look for look in looks if batch.audio[look[0], look[2][0]]], 0),
            "option to none": ([look for look in looks if not batch.audio[look[0], look[2][0]]], 0),
        }
    if number == FACT_LAYER:
        asked = [(row, choice) for row, choice in batch.choices if choice.fact]
        nowhere = {row: int(batch.audio[row].nonzero()[0]) - 1 for row, _ in asked}
        right = [(row, choice.names[choice.right], choice.fact) for row, choice in asked]
        wrong = [
            (row, name, [nowhere[row]])
            for row, choice in asked
            for place, name in enumerate(choice.names)
            if place != choice.right
        ]
        # Not of the facts' group of heads, which share their keys.
        return {"right to fact": (right, 0), "wrong to none": (wrong, 0), "word to audio": (batch.aligned, 2)}
    lines = [(row, choice.answer_place, [choice.names[choice.right]]) for row, choice in batch.choices]
    return {"answer to option": (lines, 0)}


def pointer_loss(
    layer: Any,
    hidden: Tensor,
    rotary: tuple[Tensor, Tensor],
    mask: Tensor,
    pointers: list[Pointer],
    head: int,
) -> Tensor:
    """How little of a head's attention falls where it should: the mean of -log of that share.

    Parameters
    ----------
    layer : decoder layer
    hidden : Tensor of shape (B, T, hidden)
        What the layer takes.
    rotary : tuple of Tensor
        Cosines and sines, as the layer takes them.
    mask : Tensor of shape (B, 1, T, T), bool
    pointers : list of (row, query, keys)
    head : int
    """
    attention = layer.self_attn
    width = attention.head_dim
    group = attention.num_key_value_groups
    rows = sorted({row for row, _, _ in pointers})
    states = layer.input_layernorm(hidden[rows])
    queries, keys = attention.q_proj(states), attention.k_proj(states)
    turned = [
        _rotated(values[..., place * width : (place + 1) * width].float(), rotary, rows)
        for values, place in ((queries, head), (keys, head // group))
    ]
    places = torch.tensor([[rows.index(row), query] for row, query, _ in pointers], device=hidden.device)
    asked = turned[0][places[:, 0], places[:, 1]]
    found = []
    for number, row in enumerate(rows):
        mine = (places[:, 0] == number).nonzero()[:, 0].tolist()
        scores = asked[mine] @ turned[1][number].T / width**0.5
        seen = mask[row, 0, places[mine, 1]]
        shares = torch.log_softmax(scores.masked_fill(~seen, -1e9), dim=-1)
        wanted = torch.zeros_like(seen)
        for place, pointer in enumerate(mine):
            wanted[place, pointers[pointer][2]] = True
        found.append(-torch.logsumexp(shares.masked_fill(~wanted, -1e9), dim=-1))
    return torch.cat(found).mean()


def _rotated(values: Tensor, rotary: tuple[Tensor, Tensor], rows: list[int]) -> Tensor:
    # All three axes of the positions agree, so one of them stands for all where they are kept apart.
    cosines, sines = (part[0] if part.ndim == 4 else part for part in rotary)
    first, second = values.chunk(2, dim=-1)
    return values * cosines[rows].float() + torch.cat([-second, first], dim=-1) * sines[rows].float()
