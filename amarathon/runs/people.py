"""How far a model is from people, on the very questions that people answered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from amarathon.metrics.breakdown import recordings_of
from amarathon.metrics.cells import OVERALL
from amarathon.metrics.clusters import find_clusters
from amarathon.metrics.intervals import (
    DIFFERENCE_METHOD,
    MIN_CLUSTERS,
    Interval,
    difference_ends,
    difference_interval,
    mean_of_parts,
)
from amarathon.metrics.statistic import Floats
from amarathon.runs.paired import TaskPair, task_pairs
from amarathon.runs.records import Prediction

Pair = tuple[Prediction, Prediction]


@dataclass(frozen=True)
class GapToPeople:
    """A system's score beside people's, both over the same questions.

    Attributes
    ----------
    task : str
        A task code, or ``"overall"`` for the mean over the tasks.
    people, system : float
        Headline scores by the strict protocol, 0 to 100. Every answer of a person is paired with the
        system's answer to the same question, so that both weigh a question alike.
    interval : Interval or None
        95% interval of the difference; `None` from fewer than `MIN_CLUSTERS` recordings.
    samples, answers : int
        Questions, and people's answers to them.
    """

    task: str
    people: float
    system: float
    interval: Interval | None
    samples: int
    answers: int

    @property
    def difference(self) -> float:
        """Points by which the system is above people."""
        return self.system - self.people


def is_same_question(one: Prediction, other: Prediction) -> bool:
    """Whether two records are about the same question and the same sound.

    The sound is told by the hash of the decoded recording, else by that of its file; where neither is
    known of both, the sample's id has to do.
    """
    for name in ("sample_id", "task", "options", "answer", "reference"):
        if getattr(one, name) != getattr(other, name):
            return False
    for name in ("pcm_sha256", "audio_sha256"):
        if getattr(one, name) and getattr(other, name):
            return bool(getattr(one, name) == getattr(other, name))
    return True


def pair_with_people(people: Iterable[Prediction], system: Iterable[Prediction]) -> list[Pair]:
    """Each answer of a person with the system's answer to the same question, where both have one."""
    answered = {each.sample_id: each for each in system if each.error is None}
    return [
        (own, answered[own.sample_id])
        for own in people
        if own.error is None and own.sample_id in answered and is_same_question(own, answered[own.sample_id])
    ]


def gaps_to_people(pairs: Sequence[Pair]) -> list[GapToPeople]:
    """Compare a system with people, on every task and overall.

    Parameters
    ----------
    pairs : sequence of (Prediction, Prediction)
        Of `pair_with_people`.

    Returns
    -------
    list of GapToPeople
        In the order of the tasks, and the overall one last; empty without a pair.

    Raises
    ------
    ScoreError
        If a record lacks what its task's score needs.
    """
    if not pairs:
        return []
    rows = [(own.model_dump(), theirs.model_dump()) for own, theirs in pairs]
    clusters = find_clusters([recordings_of(own) for own, _ in rows])
    # Several people's answers to one question are no more evidence of the model than one.
    names = {name: number for number, name in enumerate(dict.fromkeys(own["sample_id"] for own, _ in rows))}
    found = []
    for part in task_pairs(rows, clusters):
        units = np.array([names[own["sample_id"]] for own, _ in rows if own["task"] == part.task.code])
        found.append(
            replace(
                part, baseline=replace(part.baseline, units=units), system=replace(part.system, units=units)
            )
        )
    gaps = [_gap(part) for part in found]
    overall = GapToPeople(
        task=OVERALL,
        people=float(np.mean([each.people for each in gaps])),
        system=float(np.mean([each.system for each in gaps])),
        interval=_overall_interval(found),
        samples=sum(each.samples for each in gaps),
        answers=len(pairs),
    )
    return [*gaps, overall]


def _gap(part: TaskPair) -> GapToPeople:
    return GapToPeople(
        task=part.task.code,
        people=part.baseline.score(),
        system=part.system.score(),
        interval=difference_interval(part.system, part.baseline, part.changed),
        samples=len(np.unique(part.system.units)),
        answers=len(part.system.counts),
    )


def _overall_interval(parts: Sequence[TaskPair]) -> Interval | None:
    """The interval of the mean difference.

    Where a task has too few recordings for an interval of its own, as in a small study, the recordings of all
    tasks are left out in turn instead, and the mean is taken as one difference of paired answers.
    """
    own = [part.part() for part in parts]
    if all(part.interval is not None for part in own):
        return mean_of_parts(own)
    clusters = np.unique(np.concatenate([part.clusters for part in own]))
    if len(clusters) < MIN_CLUSTERS:
        return None
    deviations = np.zeros((len(parts), len(clusters)))
    for row, part in enumerate(own):
        # Without its only recording a task has no difference: it is taken to stay as it is.
        deviations[row, np.searchsorted(clusters, part.clusters)] = np.nan_to_num(part.deviations)
    difference = np.mean([part.score for part in own])
    changed = np.mean([np.average(part.changed, weights=part.system.weights) for part in parts])
    low, high = difference_ends(
        np.array(difference),
        difference + deviations.mean(axis=0),
        np.array(changed),
        _of_a_mean([part.system.effective_samples() for part in parts]),
        _of_a_mean([part.system.effective_clusters() for part in parts]),
    )
    return Interval(float(low), float(high), DIFFERENCE_METHOD)


def _of_a_mean(numbers: Sequence[Floats]) -> Floats:
    """How many samples a mean over tasks is worth, from how many each task is worth."""
    worth: Floats = np.array(len(numbers) ** 2 / sum(1 / float(number) for number in numbers))
    return worth
