"""Scoring one configuration's predictions in every way that the pages show."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from amarathon.metrics.cells import OVERALL, Breakdown, ChanceCell, ScoreCell, WordErrorTable
from amarathon.metrics.chance import expected_chance
from amarathon.metrics.groups import Group, groups_of
from amarathon.metrics.resampled import choice_statistics, transcript_statistics
from amarathon.metrics.resampling import bootstrap, find_clusters, percentile_interval
from amarathon.metrics.scores import (
    PROTOCOLS,
    Choice,
    Protocol,
    Transcript,
    compare_transcripts,
    read_choices,
    score_choices,
    score_transcripts,
    task_of,
)
from amarathon.metrics.statistic import Floats, Integers, Statistic
from amarathon.metrics.transcripts import analyse_errors
from amarathon.tasks import Task

RESAMPLES = 1000


@dataclass(frozen=True)
class _TaskRows:
    """The predictions of one task, read once.

    `clusters` number the source recordings of the answered ones, jointly for all tasks.
    """

    task: Task
    answered: Sequence[Mapping[str, Any]]
    failed: Sequence[Mapping[str, Any]]
    clusters: Integers
    rows: Sequence[Choice] | Sequence[Transcript]


@dataclass(frozen=True)
class _Part:
    """A score without its interval, and the statistic that gives it."""

    cell: ScoreCell
    statistic: Statistic


def break_down(
    predictions: Sequence[Mapping[str, Any]], *, resamples: int = RESAMPLES, seed: int = 0
) -> Breakdown:
    """Score one configuration's predictions by task, duration and slice.

    Parameters
    ----------
    predictions : sequence of mapping
        Of one configuration, any tasks; a run's records. Those with an `error` count as failed.
    resamples : int
        Of the bootstrap over source recordings. They are drawn within the groups of recordings that
        serve the same tasks, so that no task loses samples to another.
    seed : int

    Returns
    -------
    Breakdown

    Raises
    ------
    ScoreError
        If a prediction lacks what its task needs.
    TaskError
        If a task is unknown.
    """
    answered = [each for each in predictions if not each.get("error")]
    clusters = find_clusters([recordings_of(each) for each in answered])
    tasks = list(_task_rows(predictions, answered, clusters))
    parts = [part for task in tasks for part in _parts(task)]
    samples = bootstrap(
        [part.statistic for part in parts],
        strata=strata_of([each["task"] for each in answered], clusters),
        resamples=resamples,
        seed=seed,
    )
    cells = [_with_interval(part.cell, row) for part, row in zip(parts, samples, strict=True)]
    overall = [cell for protocol in PROTOCOLS for cell in _overall(tasks, cells, samples, protocol)]
    return Breakdown(cells=[*overall, *cells], chance=_chance(tasks), word_errors=_word_errors(tasks))


def recordings_of(prediction: Mapping[str, Any]) -> list[str]:
    """What makes predictions depend on each other: a common source, the same sound or sample."""
    found = [f"source {each}" for each in prediction.get("sources") or ()]
    same = ("pcm_sha256", "sample_id")
    return found + [f"{name} {prediction[name]}" for name in same if prediction.get(name)]


def _task_rows(
    predictions: Sequence[Mapping[str, Any]], answered: Sequence[Mapping[str, Any]], clusters: Integers
) -> Iterator[_TaskRows]:
    tasks = {each["task"]: task_of(each["task"]) for each in predictions}
    for task in sorted(tasks.values(), key=lambda each: each.order):
        places = [place for place, each in enumerate(answered) if each["task"] == task.code]
        own = [answered[place] for place in places]
        yield _TaskRows(
            task,
            own,
            [each for each in predictions if each["task"] == task.code and each.get("error")],
            clusters[places],
            read_choices(task.code, own) if task.is_multiple_choice else compare_transcripts(own),
        )


def strata_of(codes: Sequence[str], clusters: Integers) -> Integers:
    """Number the sets of tasks that clusters serve, one number for each cluster."""
    served: dict[int, set[str]] = {}
    for code, cluster in zip(codes, clusters, strict=True):
        served.setdefault(int(cluster), set()).add(code)
    numbers: dict[frozenset[str], int] = {}
    strata = [numbers.setdefault(frozenset(served[each]), len(numbers)) for each in range(len(served))]
    return np.array(strata, dtype=np.int64)


def _parts(task: _TaskRows) -> Iterator[_Part]:
    for group in groups_of([*task.answered, *task.failed]):
        kept = [place for place, each in enumerate(task.answered) if group.has(each)]
        failed = sum(group.has(each) for each in task.failed)
        for protocol in PROTOCOLS:
            yield from _group_parts(task, group, kept, failed, protocol)


def _group_parts(
    task: _TaskRows, group: Group, kept: list[int], failed: int, protocol: Protocol
) -> Iterator[_Part]:
    rows, clusters = [task.rows[place] for place in kept], task.clusters[kept]
    if task.task.is_multiple_choice:
        choices = [each for each in rows if isinstance(each, Choice)]
        scores, statistics = score_choices(choices, protocol), choice_statistics(choices, clusters, protocol)
    else:
        compared = [each for each in rows if isinstance(each, Transcript)]
        scores = score_transcripts(compared, protocol)
        statistics = transcript_statistics(compared, clusters, protocol)
    for metric, statistic in statistics.items():
        cell = ScoreCell(
            task=task.task.code,
            protocol=protocol,
            metric=metric,
            group=group.name,
            value=group.value,
            score=scores[metric],
            count=scores["count"],
            failed=failed,
            unread=scores["unread"],
            clusters=len(np.unique(statistic.clusters)),
        )
        yield _Part(cell, statistic)


def _with_interval(cell: ScoreCell, sample: Floats) -> ScoreCell:
    interval = percentile_interval(sample, cell.clusters)
    return cell.model_copy(update=asdict(interval)) if interval else cell


def _overall(
    tasks: Sequence[_TaskRows], cells: Sequence[ScoreCell], samples: Floats, protocol: Protocol
) -> Iterator[ScoreCell]:
    """The plain mean of the headline scores, if there is one."""
    headlines = {each.task.code: each.task.metric for each in tasks}
    chosen = [
        place
        for place, each in enumerate(cells)
        if (each.protocol, each.group) == (protocol, "all")
        and each.metric == headlines[each.task]
        and each.score is not None
    ]
    if not chosen:
        return
    own = [cells[place] for place in chosen]
    cell = ScoreCell(
        task=OVERALL,
        protocol=protocol,
        metric="mean",
        score=float(np.mean([each.score for each in own if each.score is not None])),
        count=sum(each.count for each in own),
        failed=sum(len(each.failed) for each in tasks),
        clusters=min(each.clusters for each in own),
        tasks=len(own),
    )
    yield _with_interval(cell, samples[chosen].mean(axis=0))


def _chance(tasks: Sequence[_TaskRows]) -> list[ChanceCell]:
    levels = []
    for each in tasks:
        if each.task.is_multiple_choice and each.answered:
            level = expected_chance(
                [prediction["answer"] for prediction in each.answered],
                [len(prediction["options"]) for prediction in each.answered],
            )
            levels.append(ChanceCell(task=each.task.code, accuracy=level.accuracy, macro_f1=level.macro_f1))
    return levels


def _word_errors(tasks: Sequence[_TaskRows]) -> WordErrorTable | None:
    pairs = [
        (prediction["reference"], prediction["reply"])
        for each in tasks
        if not each.task.is_multiple_choice
        for prediction in each.answered
    ]
    return WordErrorTable(**asdict(analyse_errors(pairs))) if pairs else None
