"""Sequences one after another, without padding: tensors, who sees whom, and what each loss needs."""

from dataclasses import dataclass

import torch
from torch import Tensor

from amarathon.training.small.sequences import IGNORED, Choice, Sequence


@dataclass(frozen=True)
class Row:
    """Where a sequence of T tokens lies in a batch.

    Attributes
    ----------
    task : str
    span : slice
        Its tokens.
    shared : int
        Leading tokens that belong to block 0: the attention among them is causal.
    seen : Tensor of shape (T - shared, T), bool
        True where a token behind those sees another one of the row.
    nowhere : int
        The token before the audio.
    """

    task: str
    span: slice
    shared: int
    seen: Tensor
    nowhere: int


@dataclass
class Batch:
    """Sequences of N tokens in all. All places count from the batch's first token.

    Attributes
    ----------
    rows : list of Row
    ids, labels, frames, partners : Tensor of shape (N,), int64
        `IGNORED` in all but ids where nothing is learnt.
    positions : Tensor of shape (3, 1, N)
        Counted within each row.
    weights : Tensor of shape (N,)
    encoded : Tensor of shape (M, 384), float32
        Of all rows, one after another.
    audio, as_text, transcript : Tensor of shape (N,), bool
        Audio tokens; tokens of rows whose audio is text, and of rows of transcription.
    choices : list of (row, Choice)
    aligned : list of (row, place, audio places)
    contexts : list of (place, tokens)
        The words before the one that is heard or about to be written, the last one first.
    """

    rows: list[Row]
    ids: Tensor
    positions: Tensor
    labels: Tensor
    weights: Tensor
    encoded: Tensor
    audio: Tensor
    frames: Tensor
    partners: Tensor
    as_text: Tensor
    transcript: Tensor
    choices: list[tuple[int, Choice]]
    aligned: list[tuple[int, int, list[int]]]
    contexts: list[tuple[int, list[int]]]


def batch_of(sequences: list[Sequence], device: torch.device) -> Batch:
    """Put sequences together on a device."""
    rows, first = list[Row](), 0
    for each in sequences:
        shared = each.blocks.count(0)
        seen = block_mask(torch.tensor(each.blocks, device=device))[shared:]
        span = slice(first, first + len(each.ids))
        rows.append(Row(each.task, span, shared, seen, first + each.audio_start - 1))
        first = span.stop

    def joined(parts: list[list[int]] | list[list[float]]) -> Tensor:
        return torch.tensor([value for part in parts for value in part], device=device)

    def by_row(values: list[bool]) -> Tensor:
        lengths = torch.tensor([len(each.ids) for each in sequences], device=device)
        return torch.tensor(values, device=device).repeat_interleave(lengths)

    ids = joined([each.ids for each in sequences])
    audio = torch.zeros_like(ids, dtype=torch.bool)
    frames, partners = torch.full_like(ids, IGNORED), torch.full_like(ids, IGNORED)
    for row, each in zip(rows, sequences, strict=True):
        heard = slice(row.nowhere + 1, row.nowhere + 1 + len(each.encoded))
        audio[heard] = True
        frames[heard] = torch.from_numpy(each.frames).to(device)
        partners[heard] = torch.from_numpy(each.partners).to(device)
    starts = [row.span.start for row in rows]
    return Batch(
        rows,
        ids,
        joined([each.positions for each in sequences]).expand(3, 1, -1),
        joined([each.labels for each in sequences]),
        joined([each.weights for each in sequences]),
        torch.cat([each.encoded for each in sequences]).to(device).float(),
        audio,
        frames,
        partners,
        by_row([each.as_text for each in sequences]),
        by_row([each.task == "ASR" for each in sequences]),
        [
            (number, choice.moved(starts[number]))
            for number, each in enumerate(sequences)
            for choice in each.choices
        ],
        [
            (number, starts[number] + place, [starts[number] + other for other in heard_at])
            for number, each in enumerate(sequences)
            for place, heard_at in each.aligned
        ],
        [
            (start + place, before)
            for start, each in zip(starts, sequences, strict=True)
            for place, before in each.contexts
        ],
    )


def block_mask(blocks: Tensor) -> Tensor:
    """Who sees whom: causal, block 0 for all, else one's own block.

    Parameters
    ----------
    blocks : Tensor of shape (T,)

    Returns
    -------
    Tensor of shape (T, T), bool
        True where the row's token sees the column's.
    """
    causal = torch.ones(len(blocks), len(blocks), dtype=torch.bool, device=blocks.device).tril()
    return causal & ((blocks == 0) | (blocks == blocks[:, None]))
