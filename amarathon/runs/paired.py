"""Whether two systems differ on the same samples: configurations of a run, or two runs."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from amarathon.compression.configuration import VANILLA
from amarathon.errors import RunError
from amarathon.metrics.breakdown import recordings_of
from amarathon.metrics.cells import OVERALL
from amarathon.metrics.clusters import find_clusters
from amarathon.metrics.intervals import (
    Interval,
    difference_interval,
)
from amarathon.metrics.means import MeanTerm, interval_of_mean
from amarathon.metrics.permutation import paired_permutation_test
from amarathon.metrics.scores import Transcript, compare_transcripts, read_choices
from amarathon.metrics.statistic import (
    Floats,
    Integers,
    Statistic,
    accuracy_of,
    choice_statistic,
    macro_f1_of,
    word_accuracy_of,
)
from amarathon.metrics.translations import compare_translations, translation_statistic
from amarathon.runs.membership import check_samples
from amarathon.runs.reading import Run
from amarathon.runs.records import Prediction
from amarathon.tasks import EVERY_TASK, Task

Row = Mapping[str, Any]


@dataclass(frozen=True)
class PairedComparison:
    """How much better a system is than the baseline on one task, and how surely.

    Attributes
    ----------
    system : str
    task : str
        A task code, or ``"overall"`` for the mean over the tasks.
    metric : str
        The task's headline score, e.g. ``"macro_f1"``; ``"mean"`` overall.
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
        Samples that one of the two failed on, or that were not put to it.
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


def compare(pairs: Sequence[Pair], *, seed: int = 0) -> list[PairedComparison]:
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
    list of PairedComparison
        Pair by pair, each task's and then the overall one.

    Raises
    ------
    RunError
        If a system answered a sample more than once.
    ScoreError
        If a record lacks what its task's score needs.
    """
    found = [comparison for pair in pairs for comparison in _compare_pair(pair, seed)]
    if not found:
        return []
    # A second of the start of whatever imports this, and rarely needed.
    from scipy.stats import false_discovery_control

    corrected = false_discovery_control([comparison.p_value for comparison in found], method="bh")
    return [
        replace(comparison, q_value=float(value)) for comparison, value in zip(found, corrected, strict=True)
    ]


def compare_configurations(run: Run, baseline: str = VANILLA) -> list[PairedComparison]:
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
    return compare(
        [Pair(name, answers[baseline], system) for name, system in answers.items() if name != baseline]
    )


def compare_runs(baseline: Run, other: Run) -> list[PairedComparison]:
    """Compare two runs on the same dataset, under every configuration that both have.

    Raises
    ------
    RunError
        If they did not ask the same questions, or have no configuration in common.
    """
    first, second = baseline.header, other.header
    if first.dataset.sha256 != second.dataset.sha256:
        raise RunError(f"{first.run_id} and {second.run_id} did not ask the same questions.")
    first_answers, second_answers = answers_by_configuration(baseline), answers_by_configuration(other)
    common = [name for name in second_answers if name in first_answers]
    if not common:
        raise RunError(f"{first.run_id} and {second.run_id} have no configuration in common.")
    return compare([Pair(name, first_answers[name], second_answers[name]) for name in common])


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
    for prediction in predictions:
        answers[prediction.configuration].append(prediction)
    return answers


@dataclass(frozen=True)
class TaskPair:
    """The two systems' statistics of one task, and how far their answers to each sample differ, 0 to 1."""

    task: Task
    baseline: Statistic
    system: Statistic
    changed: Floats

    def mean_term(self) -> MeanTerm:
        """The difference, as a term of the mean over tasks."""
        difference = self.system.score() - self.baseline.score()
        return MeanTerm(
            difference,
            difference_interval(self.system, self.baseline, self.changed),
            np.unique(self.system.clusters),
            self.system.left_out() - self.baseline.left_out() - difference,
        )


def _compare_pair(pair: Pair, seed: int) -> Iterator[PairedComparison]:
    baseline, system = _by_sample(pair.baseline), _by_sample(pair.system)
    both = [
        name
        for name in baseline
        if name in system and baseline[name].error is None and system[name].error is None
    ]
    rows = [(vars(baseline[name]), vars(system[name])) for name in both]
    clusters = find_clusters([recordings_of(first) for first, _ in rows])
    pairs_by_task = task_pairs(rows, clusters)
    available = Counter(prediction.task for prediction in (baseline | system).values())
    for task_pair in pairs_by_task:
        compared = _compare_tasks(pair.name, [task_pair], available[task_pair.task.code], seed)
        yield replace(compared, task=task_pair.task.code, metric=task_pair.task.metric, held_fixed=())
    if len(pairs_by_task) > 1:
        yield _compare_tasks(pair.name, pairs_by_task, available.total(), seed)


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
    for task in EVERY_TASK.values():
        indices = [index for index, (first, _) in enumerate(rows) if first["task"] == task.code]
        if indices:
            found.append(_task_pair(task, [rows[index] for index in indices], clusters[indices]))
    return found


def _by_sample(predictions: Sequence[Prediction]) -> dict[str, Prediction]:
    found: dict[str, Prediction] = {}
    for prediction in predictions:
        if prediction.sample_id in found:
            raise RunError(
                f"{prediction.sample_id} is answered more than once; such answers cannot be paired."
            )
        found[prediction.sample_id] = prediction
    return found


def _task_pair(task: Task, rows: Sequence[tuple[Row, Row]], clusters: Integers) -> TaskPair:
    if task.metric == "bleu":
        return _translated(task, rows, clusters)
    if not task.is_multiple_choice:
        transcripts = [compare_transcripts(answers) for answers in zip(*rows, strict=True)]
        baseline, system = (_word_accuracy(compared, clusters) for compared in transcripts)
        words = np.maximum(baseline.counts[:, 1], 1)
        edits = np.abs(system.counts[:, 0] - baseline.counts[:, 0])
        return TaskPair(task, baseline, system, np.minimum(edits / words, 1))
    choices = [read_choices(task.code, answers) for answers in zip(*rows, strict=True)]
    # Both need the same confusion matrix, whichever options either of them chose.
    classes = range(len(task.letters))
    value = accuracy_of if task.metric == "accuracy" else macro_f1_of
    baseline, system = (
        choice_statistic(
            [choice.gold for choice in answers],
            [choice.read for choice in answers],
            clusters,
            value,
            classes=classes,
        )
        for answers in choices
    )
    changed = [first.read != second.read for first, second in zip(*choices, strict=True)]
    return TaskPair(task, baseline, system, np.array(changed, dtype=float))


def _translated(task: Task, rows: Sequence[tuple[Row, Row]], clusters: Integers) -> TaskPair:
    compared = [compare_translations(answers, task.tokenizer) for answers in zip(*rows, strict=True)]
    units = np.arange(len(rows))
    baseline, system = (translation_statistic(own, clusters, "strict", units) for own in compared)
    changed = [first != second for first, second in zip(*compared, strict=True)]
    return TaskPair(task, baseline, system, np.array(changed, dtype=float))


def _word_accuracy(transcripts: Sequence[Transcript], clusters: Integers) -> Statistic:
    rows = [(transcript.strict.edits, transcript.strict.reference_words) for transcript in transcripts]
    counts = np.array(rows, dtype=float)
    return Statistic(counts, clusters, word_accuracy_of, counts[:, 1])


def _compare_tasks(name: str, pairs: Sequence[TaskPair], available: int, seed: int) -> PairedComparison:
    terms = [pair.mean_term() for pair in pairs]
    count = sum(len(pair.system.counts) for pair in pairs)
    p_value = paired_permutation_test([(pair.system, pair.baseline) for pair in pairs], seed=seed)
    return PairedComparison(
        system=name,
        task=OVERALL,
        metric="mean",
        baseline_score=float(np.mean([pair.baseline.score() for pair in pairs])),
        score=float(np.mean([pair.system.score() for pair in pairs])),
        interval=interval_of_mean(terms),
        p_value=p_value,
        q_value=p_value,
        count=count,
        left_out=available - count,
        held_fixed=tuple(
            pair.task.code for pair, term in zip(pairs, terms, strict=True) if term.interval is None
        ),
    )
