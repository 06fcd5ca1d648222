"""Which sample is to be made, and the randomness that belongs to it."""

from dataclasses import dataclass

import numpy as np

from amarathon.construction.merging import check_seconds
from amarathon.construction.questions import balanced_index
from amarathon.construction.rendering import Piece, Question, Rendering, Word
from amarathon.construction.seeds import fraction, generator
from amarathon.datasets.licences import licence_of_mix
from amarathon.errors import DatasetError

SPLITS = ("train", "validation", "test")
SHORTEST_S, LONGEST_S = 90.0, 300.0


@dataclass(frozen=True)
class Plan:
    """One sample's name and length.

    Attributes
    ----------
    task, split : str
    index : int
    seconds : float
    seed : int
    """

    task: str
    split: str
    index: int
    seconds: float
    seed: int = 0

    def __post_init__(self) -> None:
        if self.split not in SPLITS:
            raise DatasetError(f"There is no split {self.split}; there are {', '.join(SPLITS)}.")
        if self.index < 0:
            raise DatasetError(f"Samples are numbered from 0, and {self.index} is less.")
        check_seconds(self.seconds)

    @property
    def id(self) -> str:
        """The sample's id, the same at every length."""
        return sample_id(self.task, self.split, self.index)

    def random(self, purpose: str) -> np.random.Generator:
        """Randomness for one purpose, the same at every length."""
        return generator(self.seed, self.id, purpose)

    def random_at_length(self, purpose: str) -> np.random.Generator:
        """Randomness for one purpose, of its own at every length."""
        return generator(self.seed, self.id, purpose, f"{self.seconds:.3f}")

    def balanced_index(self, count: int, purpose: str) -> int:
        """An index below `count`; each equally often over the split's samples."""
        return balanced_index(self.index, count, self.seed, self.task, self.split, purpose)

    def rendering(
        self,
        question: Question,
        samples: "np.typing.NDArray[np.float32]",
        pieces: tuple[Piece, ...],
        words: tuple[Word, ...] = (),
    ) -> Rendering:
        """The finished sample; its licence follows from its pieces."""
        licence = licence_of_mix(piece.origin.licence for piece in pieces)
        return Rendering(self.id, self.split, question, samples, pieces, licence, words)


def sample_id(task: str, split: str, index: int) -> str:
    """A sample's id: it names the task, the split and a number, nothing of the answer."""
    return f"mini-{task.lower()}-{split}-{index:05d}"


def draw_seconds(task: str, split: str, index: int, seed: int = 0) -> float:
    """A sample's length in the benchmark: 90 to 300 s, more short ones than long ones, 160 s on average.

    It depends on the sample's name alone, so it reveals nothing of the answer.
    """
    share = fraction(seed, sample_id(task, split, index), "seconds") ** 2
    return round(SHORTEST_S + (LONGEST_S - SHORTEST_S) * share, 2)
