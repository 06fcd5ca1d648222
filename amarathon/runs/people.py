"""How far a model is from people, on the very questions that people answered."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import norm, t

from amarathon.breakdown import OVERALL
from amarathon.breakdown.breakdown import recordings_of, strata_of
from amarathon.metrics import compare_transcripts, read_choices
from amarathon.runs.records import Prediction
from amarathon.statistics import (
    Interval,
    Statistic,
    bootstrap,
    choice_statistic,
    find_clusters,
    macro_f1_of,
    percentile_interval,
    word_accuracy_of,
)
from amarathon.statistics.bootstrap import LEVEL, MIN_CLUSTERS
from amarathon.statistics.statistic import Floats, Integers
from amarathon.tasks import TASKS, Task

RESAMPLES = 1000

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
        95% interval of the difference, resampling source recordings; `None` from fewer than
        `MIN_CLUSTERS` of them.
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


def gaps_to_people(pairs: Sequence[Pair], *, resamples: int = RESAMPLES, seed: int = 0) -> list[GapToPeople]:
    """Compare a system with people, on every task and overall.

    Parameters
    ----------
    pairs : sequence of (Prediction, Prediction)
        Of `pair_with_people`.
    resamples : int
        Of the bootstrap. For a task's interval recordings are drawn within the groups that serve the same
        tasks, as for every other interval. For the overall one all are drawn together: of few recordings a
        group is often one, which would never vary; a resample in which a task is missing takes the mean over
        the others, so that the interval is rather too wide than too narrow.
    seed : int

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
    people = [own.model_dump() for own, _ in pairs]
    system = [theirs.model_dump() for _, theirs in pairs]
    clusters = find_clusters([recordings_of(row) for row in people])
    parts = list(_parts(people, system, clusters))
    strata = strata_of([row["task"] for row in people], clusters)
    within = _differences([part for part in parts if part.clusters >= MIN_CLUSTERS], strata, resamples, seed)
    found = [_gap(part, within.get(part.task.code)) for part in parts]
    together = np.stack(list(_differences(parts, None, resamples, seed).values()))
    overall = GapToPeople(
        task=OVERALL,
        people=float(np.mean([each.people for each in found])),
        system=float(np.mean([each.system for each in found])),
        interval=_expanded_interval(np.nanmean(together, axis=0), len(np.unique(clusters))),
        samples=sum(each.samples for each in found),
        answers=len(pairs),
    )
    return [*found, overall]


@dataclass(frozen=True)
class _Part:
    """One task's answers on both sides."""

    task: Task
    people: Statistic
    system: Statistic
    samples: int

    @property
    def clusters(self) -> int:
        """How many recordings can be resampled."""
        return len(np.unique(self.system.clusters))


def _parts(
    people: Sequence[dict[str, Any]], system: Sequence[dict[str, Any]], clusters: Integers
) -> Iterator[_Part]:
    for task in TASKS.values():
        places = [place for place, row in enumerate(people) if row["task"] == task.code]
        if places:
            sides = [[rows[place] for place in places] for rows in (people, system)]
            statistics = [_statistic(task, rows, clusters[places]) for rows in sides]
            yield _Part(task, statistics[0], statistics[1], len({row["sample_id"] for row in sides[0]}))


def _statistic(task: Task, rows: Sequence[dict[str, Any]], clusters: Integers) -> Statistic:
    if not task.is_multiple_choice:
        errors = [each.strict for each in compare_transcripts(rows)]
        counts = np.array([(each.edits, each.reference_words) for each in errors], dtype=float)
        return Statistic(counts, clusters, word_accuracy_of)
    choices = read_choices(task.code, rows)
    gold, read = [each.gold for each in choices], [each.read for each in choices]
    # Both sides need the same confusion matrix, whichever options either of them chose.
    return choice_statistic(gold, read, clusters, macro_f1_of, classes=range(len(task.letters)))


def _differences(
    parts: Sequence[_Part], strata: Integers | None, resamples: int, seed: int
) -> dict[str, Floats]:
    """Resampled differences by task; both sides are drawn together."""
    drawn = bootstrap(
        [statistic for part in parts for statistic in (part.people, part.system)],
        strata=strata,
        resamples=resamples,
        seed=seed,
    )
    return {part.task.code: row for part, row in zip(parts, drawn[1::2] - drawn[0::2], strict=True)}


def _expanded_interval(differences: Floats, clusters: int) -> Interval | None:
    """A percentile interval widened by what it is too narrow with few recordings (Hesterberg 2015)."""
    if clusters < MIN_CLUSTERS:
        return None
    quantile = math.sqrt(clusters / (clusters - 1)) * t.ppf((1 + LEVEL) / 2, clusters - 1)
    return percentile_interval(differences, clusters, level=1 - 2 * float(norm.sf(quantile)))


def _gap(part: _Part, differences: Floats | None) -> GapToPeople:
    return GapToPeople(
        task=part.task.code,
        people=part.people.score(),
        system=part.system.score(),
        interval=None if differences is None else percentile_interval(differences, part.clusters),
        samples=part.samples,
        answers=len(part.people.counts),
    )
