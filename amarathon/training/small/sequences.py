"""One row of a batch: its tokens, what is to be predicted where, and what helps to learn it."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from amarathon.training.small.transcripts import Context

IGNORED = -100


@dataclass(frozen=True)
class Choice:
    """Where a question's options stand.

    Attributes
    ----------
    answer_place : int
        The position whose prediction is the letter.
    names : list of int
        The place of the token that tells each option from the others.
    heard : list of list of int
        Places of audio tokens in which each option is heard, the right one throughout where that is
        unknown; the token before the audio for an option that is not heard.
    fact : list of int
        Places from which on it is known that the right option goes with what is asked about; none
        where that is not the question.
    key : int
        The token of the name or thing that the question is about; `IGNORED` for other questions.
    key_place : int
        Where it is written.
    right : int
    letters : list of int
        Token ids of the options' letters as a reply writes them.
    """

    answer_place: int
    names: list[int]
    heard: list[list[int]]
    fact: list[int]
    key: int
    key_place: int
    right: int
    letters: list[int]

    @property
    def letter(self) -> int:
        """The token that answers the question."""
        return self.letters[self.right]

    def moved(self, by: int) -> "Choice":
        """The same choice in a sequence that begins later."""
        return replace(
            self,
            answer_place=self.answer_place + by,
            names=[place + by for place in self.names],
            heard=[[place + by for place in places] for places in self.heard],
            fact=[place + by for place in self.fact],
            key_place=self.key_place + by,
        )


@dataclass
class Sequence:
    """One row of a batch; labels stand where they are predicted.

    Attributes
    ----------
    task : str
    ids, positions, blocks, labels : list of int
        Block 0 is what all questions share.
    weights : list of float
        Of the labels.
    encoded : Tensor of shape (N, 384)
    audio_start : int
    frames : ndarray of int, shape (N,)
        The token that names what is heard; `IGNORED` where nothing is to be said.
    partners : ndarray of int, shape (N,)
        At the later word of a fact the earlier one: who goes with what is known from there on.
    as_text : bool
        The embeddings of `frames` stand in for the audio.
    choices : list of Choice
    aligned : list of (place, audio places)
        A transcript's word is predicted from where it is known.
    contexts : list of (place, tokens)
        Which words go before the one that is heard or about to be written.
    """

    task: str
    ids: list[int]
    positions: list[int]
    blocks: list[int]
    labels: list[int]
    weights: list[float]
    encoded: Tensor
    audio_start: int
    frames: NDArray[np.int64]
    partners: NDArray[np.int64]
    as_text: bool
    choices: list[Choice] = field(default_factory=list)
    aligned: list[tuple[int, list[int]]] = field(default_factory=list)
    contexts: list[Context] = field(default_factory=list)
