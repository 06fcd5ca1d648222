"""What a judge is: a tool that answers from the sound, and had no part in making it."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from amarathon.tasks.sample import Sample

Samples = NDArray[np.float32]


@dataclass(frozen=True)
class SampleJudgement:
    """What a judge makes of one sample.

    Attributes
    ----------
    right : bool or None
        Whether its own answer is the right one; None where there is too little evidence to choose.
    evidence : str
        For the report: an option, or a score.
    """

    right: bool | None
    evidence: str


class Judge(Protocol):
    """A tool that answers a task's questions."""

    @property
    def name(self) -> str:
        """What the card calls it."""

    def __call__(self, sample: Sample, samples: Samples) -> SampleJudgement:
        """Judge a sample by its 16 kHz mono sound."""


def chosen_option(sample: Sample, choice: int | None) -> SampleJudgement:
    """The judgement that an answer amounts to."""
    if choice is None:
        return SampleJudgement(None, "")
    return SampleJudgement(choice == sample.answer, sample.options[choice].text)


def clear_winner(scores: list[float], margin: float = 0.0) -> int | None:
    """The index of the highest score, or None where no other is lower by more than the margin."""
    order = sorted(range(len(scores)), key=lambda index: -scores[index])
    return order[0] if scores[order[0]] - scores[order[1]] > margin else None
