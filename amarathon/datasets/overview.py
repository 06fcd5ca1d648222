"""What a dataset holds, in figures."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from amarathon.tasks import EVERY_TASK
from amarathon.tasks.sample import Sample, SampleSet


@dataclass(frozen=True)
class Durations:
    """Seconds of a set of recordings.

    Attributes
    ----------
    total, shortest, median, longest : float
        Over the recordings whose length is known; zero where none is.
    unknown : int
        Recordings whose header does not say.
    """

    total: float
    shortest: float
    median: float
    longest: float
    unknown: int


@dataclass(frozen=True)
class TaskOverview:
    """What a dataset holds of one task.

    Attributes
    ----------
    code : str
    samples : int
    recordings : int
        Audio files: several samples may ask about one.
    sources : int
        Recordings or speakers that they were made of.
    durations : Durations
    answers : dict of str to int
        How often each letter is the right one; empty for transcription.
    """

    code: str
    samples: int
    recordings: int
    sources: int
    durations: Durations
    answers: dict[str, int]


def overview(dataset: SampleSet) -> list[TaskOverview]:
    """Count what a dataset holds of each task, in the paper's order; tasks without samples are left out."""
    by_task = {code: [sample for sample in dataset.samples if sample.task == code] for code in EVERY_TASK}
    return [_of_task(code, samples) for code, samples in by_task.items() if samples]


def _of_task(code: str, samples: Sequence[Sample]) -> TaskOverview:
    recordings = {sample.audio.path: sample.audio.duration_s for sample in samples}
    right = Counter(sample.answer for sample in samples)
    return TaskOverview(
        code=code,
        samples=len(samples),
        recordings=len(recordings),
        sources=len({source for sample in samples for source in sample.audio.sources}),
        durations=_durations(list(recordings.values())),
        answers={letter: right[index] for index, letter in enumerate(EVERY_TASK[code].letters)},
    )


def _durations(stated: Sequence[float | None]) -> Durations:
    known = [seconds for seconds in stated if seconds is not None]
    unknown = len(stated) - len(known)
    if not known:
        return Durations(0.0, 0.0, 0.0, 0.0, unknown)
    return Durations(sum(known), min(known), median(known), max(known), unknown)
