"""Sequences one after another, without padding: tensors, which tokens see which, and what each loss needs."""

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
    before_audio : int
        The token before the audio.
    """

    task: str
    span: slice
    shared: int
    seen: Tensor
    before_audio: int


@dataclass
class Batch:
    """Sequences of N tokens in all. All positions count from the batch's first token.

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
    aligned : list of (row, position, audio positions)
    contexts : list of (position, tokens)
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
    for sequence in sequences:
        shared = sequence.blocks.count(0)
        seen = block_mask(torch.tensor(sequence.blocks, device=device))[shared:]
        span = slice(first, first + len(sequence.ids))
        rows.append(Row(sequence.task, span, shared, seen, first + sequence.audio_start - 1))
        first = span.stop

    def joined(parts: list[list[int]] | list[list[float]]) -> Tensor:
        return torch.tensor([value for part in parts for value in part], device=device)

    def by_row(values: list[bool]) -> Tensor:
        lengths = torch.tensor([len(sequence.ids) for sequence in sequences], device=device)
        return torch.tensor(values, device=device).repeat_interleave(lengths)

    ids = joined([sequence.ids for sequence in sequences])
    audio = torch.zeros_like(ids, dtype=torch.bool)
    frames, partners = torch.full_like(ids, IGNORED), torch.full_like(ids, IGNORED)
    for row, sequence in zip(rows, sequences, strict=True):
        audio_span = slice(row.before_audio + 1, row.before_audio + 1 + len(sequence.encoded))
        audio[audio_span] = True
        frames[audio_span] = torch.from_numpy(sequence.frames).to(device)
        partners[audio_span] = torch.from_numpy(sequence.partners).to(device)
    starts = [row.span.start for row in rows]
    return Batch(
        rows,
        ids,
        joined([sequence.positions for sequence in sequences]).expand(3, 1, -1),
        joined([sequence.labels for sequence in sequences]),
        joined([sequence.weights for sequence in sequences]),
        torch.cat([sequence.encoded for sequence in sequences]).to(device).float(),
        audio,
        frames,
        partners,
        by_row([sequence.as_text for sequence in sequences]),
        by_row([sequence.task == "ASR" for sequence in sequences]),
        [
            (number, choice.moved(starts[number]))
            for number, sequence in enumerate(sequences)
            for choice in sequence.choices
        ],
        [
            (
                number,
                starts[number] + position,
                [starts[number] + audio_position for audio_position in audio_positions],
            )
            for number, sequence in enumerate(sequences)
            for position, audio_positions in sequence.aligned
        ],
        [
            (start + position, before)
            for start, sequence in zip(starts, sequences, strict=True)
            for position, before in sequence.contexts
        ],
    )


def block_mask(blocks: Tensor) -> Tensor:
    """Which tokens see which: causal, block 0 for all, else one's own block.

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
