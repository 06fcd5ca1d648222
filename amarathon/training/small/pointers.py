"""Pointers: which token's attention, in one head of a layer, should fall on which others."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from amarathon.training.small.batches import Batch, Row
from amarathon.training.small.sequences import IGNORED

# Indices of the layers whose heads point.
POINTING_LAYERS = KEY_LAYER, EVIDENCE_LAYER, FACT_LAYER, ANSWER_LAYER = 3, 4, 5, 6
# Row, position of the query, positions of the keys.
Pointer = tuple[int, int, list[int]]


def pointers_of(number: int, batch: Batch) -> dict[str, tuple[list[Pointer], int]]:
    """What one of `POINTING_LAYERS` learns to point at: by the loss's name, pointers and the head."""
    if number == KEY_LAYER:
        pairs = [
            (row, name, [choice.key_position])
            for row, choice in batch.choices
            if choice.key != IGNORED
            for name in choice.names
        ]
        return {"option to key": (pairs, 0)}
    if number == EVIDENCE_LAYER:
        looks = [
            (row, name, positions)
            for row, choice in batch.choices
            for name, positions in zip(choice.names, choice.option_audio, strict=True)
        ]
        to_none = [look for look in looks if look[2] == [batch.rows[look[0]].before_audio]]
        to_audio = [look for look in looks if look[2] != [batch.rows[look[0]].before_audio]]
        return {"option to audio": (to_audio, 0), "option to none": (to_none, 0)}
    if number == FACT_LAYER:
        about_facts = [(row, choice) for row, choice in batch.choices if choice.fact]
        right = [(row, choice.names[choice.right], choice.fact) for row, choice in about_facts]
        wrong = [
            (row, name, [batch.rows[row].before_audio])
            for row, choice in about_facts
            for index, name in enumerate(choice.names)
            if index != choice.right
        ]
        # Not of the facts' group of heads, which share their keys.
        return {"right to fact": (right, 0), "wrong to none": (wrong, 0), "word to audio": (batch.aligned, 2)}
    lines = [(row, choice.answer_position, [choice.names[choice.right]]) for row, choice in batch.choices]
    return {"answer to option": (lines, 0)}


def pointer_loss(
    layer: Any,
    hidden: Tensor,
    rotary: tuple[Tensor, Tensor],
    rows: Sequence[Row],
    pointers: list[Pointer],
    head: int,
) -> Tensor:
    """How little of a head's attention falls where it should: the mean of -log of that share.

    Parameters
    ----------
    layer : decoder layer
    hidden : Tensor of shape (1, N, hidden)
        What the layer takes.
    rotary : tuple of Tensor
        Cosines and sines, as the layer takes them.
    rows : sequence of Row
    pointers : list of (row, query, keys)
        Queries stand behind what their row's questions share.
    head : int
    """
    attention = layer.self_attn
    # All three axes of the positions agree, so one of them stands for all where they are kept apart.
    turns = [part.reshape(-1, *part.shape[-2:])[0].float() for part in rotary]
    found = []
    for number in sorted({row for row, _, _ in pointers}):
        row, mine = rows[number], [pointer for pointer in pointers if pointer[0] == number]
        first = row.span.start
        query_indices = [position - first for _, position, _ in mine]
        states = layer.input_layernorm(hidden[0, row.span])
        cosines, sines = (turn[row.span] for turn in turns)
        group = head // attention.num_key_value_groups
        keys = _of_head(attention.k_proj, states, group, attention.head_dim)
        queries = _of_head(attention.q_proj, states[query_indices], head, attention.head_dim)
        turned = _turned(queries, cosines[query_indices], sines[query_indices])
        scores = turned @ _turned(keys, cosines, sines).T / attention.head_dim**0.5
        seen = row.seen[[index - row.shared for index in query_indices]]
        shares = torch.log_softmax(scores.masked_fill(~seen, -1e9), dim=-1)
        target_mask = torch.zeros_like(seen)
        for index, (_, _, targets) in enumerate(mine):
            target_mask[index, [target - first for target in targets]] = True
        found.append(-torch.logsumexp(shares.masked_fill(~target_mask, -1e9), dim=-1))
    return torch.cat(found).mean()


def _of_head(projection: nn.Linear, states: Tensor, head: int, width: int) -> Tensor:
    """One head's part of a projection: (T, width)."""
    part = slice(head * width, (head + 1) * width)
    return functional.linear(states, projection.weight[part], projection.bias[part]).float()


def _turned(values: Tensor, cosines: Tensor, sines: Tensor) -> Tensor:
    first, second = values.chunk(2, dim=-1)
    return values * cosines + torch.cat([-second, first], dim=-1) * sines
