"""How far a model is from people, on the very questions that people answered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

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
)
from amarathon.metrics.means import interval_of_mean
from amarathon.metrics.statistic import Floats
from amarathon.runs.paired import TaskPair, task_pairs
from amarathon.runs.records import Prediction

AnswerPair = tuple[Prediction, Prediction]


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


def is_same_question(one: Any, other: Any) -> bool:
    """Whether two records, or what names its fields as records do, are about the same question and sound.

    The sound is identified by the hash of the decoded recording, else by that of its file; where neither is
    known of both, the sample's id has to do.
    """
    for name in ("sample_id", "task", "options", "answer", "reference"):
        if getattr(one, name) != getattr(other, name):
            return False
    for name in ("pcm_sha256", "audio_sha256"):
        if getattr(one, name) and getattr(other, name):
            return bool(getattr(one, name) == getattr(other, name))
    return True


def pair_with_people(people: Iterable[Prediction], system: Iterable[Prediction]) -> list[AnswerPair]:
    """Each answer of a person with the system's answer to the same question, where both have one."""
    answered = {answer.sample_id: answer for answer in system if answer.error is None}
    return [
        (answer, answered[answer.sample_id])
        for answer in people
        if answer.error is None
        and answer.sample_id in answered
        and is_same_question(answer, answered[answer.sample_id])
    ]


def gaps_to_people(pairs: Sequence[AnswerPair]) -> list[GapToPeople]:
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
    rows = [(person.model_dump(), system.model_dump()) for person, system in pairs]
    clusters = find_clusters([recordings_of(person) for person, _ in rows])
    # Several people's answers to one question are no more evidence of the model than one.
    numbers = {
        name: number for number, name in enumerate(dict.fromkeys(person["sample_id"] for person, _ in rows))
    }
    found = []
    for pair in task_pairs(rows, clusters):
        units = np.array(
            [numbers[person["sample_id"]] for person, _ in rows if person["task"] == pair.task.code]
        )
        found.append(
            replace(
                pair, baseline=replace(pair.baseline, units=units), system=replace(pair.system, units=units)
            )
        )
    gaps = [_gap(pair) for pair in found]
    overall = GapToPeople(
        task=OVERALL,
        people=float(np.mean([gap.people for gap in gaps])),
        system=float(np.mean([gap.system for gap in gaps])),
        interval=_overall_interval(found),
        samples=sum(gap.samples for gap in gaps),
        answers=len(pairs),
    )
    return [*gaps, overall]


def _gap(pair: TaskPair) -> GapToPeople:
    return GapToPeople(
        task=pair.task.code,
        people=pair.baseline.score(),
        system=pair.system.score(),
        interval=difference_interval(pair.system, pair.baseline, pair.changed),
        samples=len(np.unique(pair.system.units)),
        answers=len(pair.system.counts),
    )


def _overall_interval(pairs: Sequence[TaskPair]) -> Interval | None:
    """The interval of the mean difference.

    Where a task has too few recordings for an interval of its own, as in a small study, the recordings of all
    tasks are left out in turn instead, and the mean is taken as one difference of paired answers.
    """
    terms = [pair.mean_term() for pair in pairs]
    if all(term.interval is not None for term in terms):
        return interval_of_mean(terms)
    clusters = np.unique(np.concatenate([term.clusters for term in terms]))
    if len(clusters) < MIN_CLUSTERS:
        return None
    deviations = np.zeros((len(pairs), len(clusters)))
    for row, term in enumerate(terms):
        # Without its only recording a task has no difference: it is taken to stay as it is.
        deviations[row, np.searchsorted(clusters, term.clusters)] = np.nan_to_num(term.deviations)
    difference = np.mean([term.score for term in terms])
    changed = np.mean([np.average(pair.changed, weights=pair.system.weights) for pair in pairs])
    low, high = difference_ends(
        np.array(difference),
        difference + deviations.mean(axis=0),
        np.array(changed),
        _of_a_mean([pair.system.effective_samples() for pair in pairs]),
        _of_a_mean([pair.system.effective_clusters() for pair in pairs]),
    )
    return Interval(float(low), float(high), DIFFERENCE_METHOD)


def _of_a_mean(numbers: Sequence[Floats]) -> Floats:
    """How many samples a mean over tasks is worth, from how many each task is worth."""
    worth: Floats = np.array(len(numbers) ** 2 / sum(1 / float(number) for number in numbers))
    return worth
