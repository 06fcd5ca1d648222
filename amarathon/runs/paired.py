"""Whether two systems differ on the same samples: configurations of a run, or two runs."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.stats import false_discovery_control

from amarathon.compression.configuration import VANILLA
from amarathon.errors import RunError
from amarathon.metrics.breakdown import recordings_of
from amarathon.metrics.cells import OVERALL
from amarathon.metrics.clusters import find_clusters
from amarathon.metrics.intervals import Interval, Part, difference_interval, mean_of_parts
from amarathon.metrics.permutation import paired_permutation_test
from amarathon.metrics.scores import Transcript, compare_transcripts, read_choices
from amarathon.metrics.statistic import (
    Floats,
    Integers,
    Statistic,
    choice_statistic,
    macro_f1_of,
    word_accuracy_of,
)
from amarathon.runs.membership import check_samples
from amarathon.runs.reading import Run
from amarathon.runs.records import Prediction
from amarathon.tasks import TASKS, Task

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Comparison:
    """How much better a system is than the baseline on one task, and how surely.

    Attributes
    ----------
    system : str
    task : str
        A task code, or ``"overall"`` for the mean over the tasks.
    metric : str
        The task's headline score, ``"macro_f1"`` or ``"war"``; ``"mean"`` overall.
    baseline_score, score : float
        Of the same samples, 0 to 100, by the strict protocol.
    interval : Interval or None
        95% interval of the difference; `None` where there are too few recordings for one.
    held_fixed : tuple of str
        Overall: tasks with too few recordings for an interval of their own, whose difference the overall
        interval takes as it is.
    p_value : float
        Two-sided, of a paired permutation test over source recordings.
    q_value : float
        The p-value corrected for false discoveries over everything compared with it (Benjamini &
        Hochberg 1995).
    count : int
        Samples that both answered.
    left_out : int
        Samples that one of the two failed on, or was not asked.
    """

    system: str
    task: str
    metric: str
    baseline_score: float
    score: float
    interval: Interval | None
    p_value: float
    q_value: float
    count: int
    left_out: int
    held_fixed: tuple[str, ...] = ()

    @property
    def difference(self) -> float:
        """Points by which the system is above the baseline."""
        return self.score - self.baseline_score


@dataclass(frozen=True)
class Pair:
    """Two systems' answers to the same samples; `name` is the second's."""

    name: str
    baseline: Sequence[Prediction]
    system: Sequence[Prediction]


def compare(pairs: Sequence[Pair], *, seed: int = 0) -> list[Comparison]:
    """Compare systems with their baselines, sample by sample, on every task and overall.

    Scores are strict: a reply that cannot be read is wrong. A sample that one of the two failed on
    is left out for both.

    Parameters
    ----------
    pairs : sequence of Pair
        What is compared together is corrected together.
    seed : int
        Of the permutations.

    Returns
    -------
    list of Comparison
        Pair by pair, each task's and then the overall one.

    Raises
    ------
    RunError
        If a system answered a sample more than once.
    ScoreError
        If a record lacks what its task's score needs.
    """
    found = [each for pair in pairs for each in _compare_pair(pair, seed)]
    if not found:
        return []
    corrected = false_discovery_control([each.p_value for each in found], method="bh")
    return [replace(each, q_value=float(value)) for each, value in zip(found, corrected, strict=True)]


def compare_configurations(run: Run, baseline: str = VANILLA) -> list[Comparison]:
    """Compare a run's configurations with one of them.

    Raises
    ------
    RunError
        If the run has no such configuration, or no other.
    """
    answers = answers_by_configuration(run)
    if baseline not in answers:
        raise RunError(f"{run.header.run_id} has no configuration {baseline}; it has {', '.join(answers)}.")
    if len(answers) == 1:
        raise RunError(f"{run.header.run_id} has nothing to compare {baseline} with.")
    return compare([Pair(name, answers[baseline], own) for name, own in answers.items() if name != baseline])


def compare_runs(baseline: Run, other: Run) -> list[Comparison]:
    """Compare two runs on the same dataset, under every configuration that both have.

    Raises
    ------
    RunError
        If they did not ask the same questions, or have no configuration in common.
    """
    first, second = baseline.header, other.header
    if first.dataset.sha256 != second.dataset.sha256:
        raise RunError(f"{first.run_id} and {second.run_id} did not ask the same questions.")
    there, here = answers_by_configuration(baseline), answers_by_configuration(other)
    common = [name for name in here if name in there]
    if not common:
        raise RunError(f"{first.run_id} and {second.run_id} have no configuration in common.")
    return compare([Pair(name, there[name], here[name]) for name in common])


def answers_by_configuration(run: Run) -> dict[str, list[Prediction]]:
    """A run's records that count, by configuration, in the order of its header.

    Raises
    ------
    RunError
        If they cannot be read, or are of samples that the dataset does not have.
    """
    answers: dict[str, list[Prediction]] = {name: [] for name in run.header.configurations}
    predictions = run.predictions()
    check_samples(run.header, predictions)
    for each in predictions:
        answers[each.configuration].append(each)
    return answers


@dataclass(frozen=True)
class TaskPair:
    """The two systems' statistics of one task, and how far their answers to each sample differ, 0 to 1."""

    task: Task
    baseline: Statistic
    system: Statistic
    changed: Floats

    def part(self) -> Part:
        """The difference, as a part of the mean over tasks."""
        difference = self.system.score() - self.baseline.score()
        return Part(
            difference,
            difference_interval(self.system, self.baseline, self.changed),
            np.unique(self.system.clusters),
            self.system.left_out() - self.baseline.left_out() - difference,
        )


def _compare_pair(pair: Pair, seed: int) -> Iterator[Comparison]:
    there, here = _by_sample(pair.baseline), _by_sample(pair.system)
    both = [name for name in there if name in here and there[name].error is None and here[name].error is None]
    rows = [(there[name].model_dump(), here[name].model_dump()) for name in both]
    clusters = find_clusters([recordings_of(first) for first, _ in rows])
    pairs_by_task = task_pairs(rows, clusters)
    asked = Counter(each.task for each in (there | here).values())
    for each in pairs_by_task:
        compared = _compare_tasks(pair.name, [each], asked[each.task.code], seed)
        yield replace(compared, task=each.task.code, metric=each.task.metric, held_fixed=())
    if len(pairs_by_task) > 1:
        yield _compare_tasks(pair.name, pairs_by_task, asked.total(), seed)


def task_pairs(rows: Sequence[tuple[Row, Row]], clusters: Integers) -> list[TaskPair]:
    """Two systems' statistics on every task that there is.

    Parameters
    ----------
    rows : sequence of (mapping, mapping)
        Two answers to one question each; the baseline's first.
    clusters : array of shape (rows,)
        See `find_clusters`.
    """
    found = []
    for task in TASKS.values():
        places = [place for place, (first, _) in enumerate(rows) if first["task"] == task.code]
        if places:
            found.append(_task_pair(task, [rows[place] for place in places], clusters[places]))
    return found


def _by_sample(predictions: Sequence[Prediction]) -> dict[str, Prediction]:
    found: dict[str, Prediction] = {}
    for each in predictions:
        if each.sample_id in found:
            raise RunError(f"{each.sample_id} is answered more than once; such answers cannot be paired.")
        found[each.sample_id] = each
    return found


def _task_pair(task: Task, rows: Sequence[tuple[Row, Row]], clusters: Integers) -> TaskPair:
    if not task.is_multiple_choice:
        there, here = (compare_transcripts(own) for own in zip(*rows, strict=True))
        baseline, system = (_word_accuracy(own, clusters) for own in (there, here))
        words = np.maximum(baseline.counts[:, 1], 1)
        edits = np.abs(system.counts[:, 0] - baseline.counts[:, 0])
        return TaskPair(task, baseline, system, np.minimum(edits / words, 1))
    choices = [read_choices(task.code, own) for own in zip(*rows, strict=True)]
    # Both need the same confusion matrix, whichever options either of them chose.
    classes = range(len(task.letters))
    baseline, system = (
        choice_statistic(
            [each.gold for each in own], [each.read for each in own], clusters, macro_f1_of, classes=classes
        )
        for own in choices
    )
    changed = [there.read != here.read for there, here in zip(*choices, strict=True)]
    return TaskPair(task, baseline, system, np.array(changed, dtype=float))


def _word_accuracy(transcripts: Sequence[Transcript], clusters: Integers) -> Statistic:
    rows = [(each.strict.edits, each.strict.reference_words) for each in transcripts]
    counts = np.array(rows, dtype=float)
    return Statistic(counts, clusters, word_accuracy_of, counts[:, 1])


def _compare_tasks(name: str, pairs: Sequence[TaskPair], asked: int, seed: int) -> Comparison:
    parts = [pair.part() for pair in pairs]
    count = sum(len(pair.system.counts) for pair in pairs)
    p_value = paired_permutation_test([(pair.system, pair.baseline) for pair in pairs], seed=seed)
    return Comparison(
        system=name,
        task=OVERALL,
        metric="mean",
        baseline_score=float(np.mean([pair.baseline.score() for pair in pairs])),
        score=float(np.mean([pair.system.score() for pair in pairs])),
        interval=mean_of_parts(parts),
        p_value=p_value,
        q_value=p_value,
        count=count,
        left_out=asked - count,
        held_fixed=tuple(
            pair.task.code for pair, part in zip(pairs, parts, strict=True) if part.interval is None
        ),
    )
