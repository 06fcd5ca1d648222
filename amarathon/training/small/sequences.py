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
    answer_position : int
        The position whose prediction is the letter.
    names : list of int
        The position of the token that distinguishes each option from the others.
    option_audio : list of list of int
        Positions of audio tokens in which each option is heard, the right one throughout where that is
        unknown; the token before the audio for an option that is not heard.
    fact : list of int
        Positions from which on it is known that the right option goes with the question's subject; none
        where that is not the question.
    key : int
        The token of the name or thing that the question is about; `IGNORED` for other questions.
    key_position : int
        Where it is written.
    right : int
    letters : list of int
        Token ids of the options' letters as a reply writes them.
    """

    answer_position: int
    names: list[int]
    option_audio: list[list[int]]
    fact: list[int]
    key: int
    key_position: int
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
            answer_position=self.answer_position + by,
            names=[position + by for position in self.names],
            option_audio=[[position + by for position in positions] for positions in self.option_audio],
            fact=[position + by for position in self.fact],
            key_position=self.key_position + by,
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
    aligned : list of (position, audio positions)
        A transcript's word is predicted from where it is known.
    contexts : list of (position, tokens)
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
