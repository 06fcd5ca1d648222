"""Sequences side by side: padded tensors, the mask of blocks, and what each loss needs."""

from dataclasses import dataclass

import torch
from torch import Tensor

from amarathon.models.small.training.sequences import IGNORED, Choice, Sequence


@dataclass
class Batch:
    """B sequences of up to T tokens.

    Attributes
    ----------
    ids, labels, frames, partners : Tensor of shape (B, T), int64
        `IGNORED` in all but ids where nothing is learnt.
    positions : Tensor of shape (3, B, T)
    weights : Tensor of shape (B, T)
    mask : Tensor of shape (B, 1, T, T), bool
        True where a query sees a key.
    shared : int
        Leading positions that belong to block 0 in every row.
    encoded : Tensor of shape (M, 384), float32
        Of all rows, one after another.
    audio : Tensor of shape (B, T), bool
    as_text : Tensor of shape (B,), bool
    choices : list of (row, Choice)
    aligned : list of (row, position, audio positions)
    contexts : list of (row, position, tokens)
        The words before the one that is heard or about to be written, the last one first.
    tasks : list of str
    """

    ids: Tensor
    positions: Tensor
    labels: Tensor
    weights: Tensor
    mask: Tensor
    shared: int
    encoded: Tensor
    audio: Tensor
    frames: Tensor
    partners: Tensor
    as_text: Tensor
    choices: list[tuple[int, Choice]]
    aligned: list[tuple[int, int, list[int]]]
    contexts: list[tuple[int, int, list[int]]]
    tasks: list[str]


def batch_of(rows: list[Sequence], device: torch.device) -> Batch:
    """Put sequences together on a device."""
    longest = max(len(row.ids) for row in rows)

    def padded(values: list[list[int]], fill: int) -> Tensor:
        return torch.tensor([each + [fill] * (longest - len(each)) for each in values], device=device)

    ids = padded([row.ids for row in rows], 0)
    blocks = padded([row.blocks for row in rows], -1)
    labels = padded([row.labels for row in rows], IGNORED)
    positions = padded([row.positions for row in rows], 0)
    weights = torch.tensor(
        [row.weights + [0.0] * (longest - len(row.weights)) for row in rows], device=device
    )
    audio = torch.zeros_like(ids, dtype=torch.bool)
    frames, partners = torch.full_like(ids, IGNORED), torch.full_like(ids, IGNORED)
    for number, row in enumerate(rows):
        span = slice(row.audio_start, row.audio_start + len(row.encoded))
        audio[number, span] = True
        frames[number, span] = torch.from_numpy(row.frames).to(device)
        partners[number, span] = torch.from_numpy(row.partners).to(device)
    return Batch(
        ids,
        positions.expand(3, *positions.shape),
        labels,
        weights,
        block_mask(blocks),
        min(row.blocks.count(0) for row in rows),
        torch.cat([row.encoded for row in rows]).to(device).float(),
        audio,
        frames,
        partners,
        torch.tensor([row.as_text for row in rows], device=device),
        [(number, choice) for number, row in enumerate(rows) for choice in row.choices],
        [(number, place, heard) for number, row in enumerate(rows) for place, heard in row.aligned],
        [(number, place, before) for number, row in enumerate(rows) for place, before in row.contexts],
        [row.task for row in rows],
    )


def block_mask(blocks: Tensor) -> Tensor:
    """Who sees whom: causal, block 0 for all, else one's own block.

    Parameters
    ----------
    blocks : Tensor of shape (B, T)
        -1 for padding, which sees itself alone: a row of a softmax must not be empty.
    """
    count = blocks.shape[1]
    causal = torch.ones(count, count, dtype=torch.bool, device=blocks.device).tril()
    keys, queries = blocks[:, None, :], blocks[:, :, None]
    seen = causal & ((keys == 0) | (keys == queries)) & (queries >= 0)
    return (seen | torch.eye(count, dtype=torch.bool, device=blocks.device))[:, None]
