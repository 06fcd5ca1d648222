"""Scoring one configuration's predictions in every way that the pages show."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from amarathon.metrics.cells import OVERALL, Breakdown, ChanceCell, ScoreCell, WordErrorTable
from amarathon.metrics.chance import expected_chance
from amarathon.metrics.clusters import find_clusters
from amarathon.metrics.groups import Group, groups_of
from amarathon.metrics.intervals import Interval, score_interval
from amarathon.metrics.overall import OverallScore, ScoredPart, evidence_of
from amarathon.metrics.resampled import choice_scores, choice_statistics, transcript_statistics
from amarathon.metrics.scores import (
    PROTOCOLS,
    Choice,
    Protocol,
    Transcript,
    compare_transcripts,
    read_choices,
    score_transcripts,
    task_of,
)
from amarathon.metrics.statistic import Integers
from amarathon.metrics.transcripts import analyse_errors
from amarathon.tasks import Task


@dataclass(frozen=True)
class _TaskRows:
    """The predictions of one task, read once.

    `clusters` number the source recordings of the answered ones, jointly for all tasks, and `units`
    their samples.
    """

    task: Task
    answered: Sequence[Mapping[str, Any]]
    failed: Sequence[Mapping[str, Any]]
    clusters: Integers
    units: Integers
    rows: Sequence[Choice] | Sequence[Transcript]


def break_down(predictions: Sequence[Mapping[str, Any]]) -> Breakdown:
    """Score one configuration's predictions by task, duration and slice.

    Intervals are over groups of source recordings. All groups that serve a task are one stratum for it,
    whatever other tasks they serve too, so that none is ever alone in its stratum.

    Parameters
    ----------
    predictions : sequence of mapping
        Of one configuration, any tasks; a run's records. Those with an `error` count as failed.

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
    overall = {protocol: OverallScore(_headlines(parts, protocol)) for protocol in PROTOCOLS}
    means = [_overall_cell(tasks, score, protocol) for protocol, score in overall.items() if score.parts]
    return Breakdown(
        cells=[*means, *(part.cell for part in parts)],
        chance=_chance(tasks),
        word_errors=_word_errors(tasks),
        evidence=evidence_of(answered, clusters, overall) if answered else None,
    )


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
            _units(own),
            read_choices(task.code, own) if task.is_multiple_choice else compare_transcripts(own),
        )


def _units(answered: Sequence[Mapping[str, Any]]) -> Integers:
    """Number the samples; a prediction that names none is one of its own."""
    names = [each.get("sample_id") or f"unnamed {place}" for place, each in enumerate(answered)]
    return np.unique(names, return_inverse=True)[1].astype(np.int64)


def _parts(task: _TaskRows) -> Iterator[ScoredPart]:
    for group in groups_of([*task.answered, *task.failed]):
        kept = [place for place, each in enumerate(task.answered) if group.has(each)]
        failed = sum(group.has(each) for each in task.failed)
        for protocol in PROTOCOLS:
            yield from _group_parts(task, group, kept, failed, protocol)


def _group_parts(
    task: _TaskRows, group: Group, kept: list[int], failed: int, protocol: Protocol
) -> Iterator[ScoredPart]:
    rows, clusters, units = [task.rows[place] for place in kept], task.clusters[kept], task.units[kept]
    if task.task.is_multiple_choice:
        choices = [each for each in rows if isinstance(each, Choice)]
        statistics = choice_statistics(choices, clusters, protocol, units)
        scores = choice_scores(choices, statistics)
    else:
        compared = [each for each in rows if isinstance(each, Transcript)]
        scores = score_transcripts(compared, protocol)
        statistics = transcript_statistics(compared, clusters, protocol, units)
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
            **_ends(score_interval(statistic)),
        )
        yield ScoredPart(cell, statistic)


def _ends(interval: Interval | None) -> dict[str, Any]:
    if interval is None:
        return {}
    return {"low": interval.low, "high": interval.high, "interval_method": interval.method}


def _headlines(parts: Sequence[ScoredPart], protocol: Protocol) -> list[ScoredPart]:
    """The headline score of each task that has one, over all its samples."""
    return [
        part
        for part in parts
        if (part.cell.protocol, part.cell.group) == (protocol, "all")
        and part.cell.headline
        and part.cell.score is not None
    ]


def _overall_cell(tasks: Sequence[_TaskRows], overall: OverallScore, protocol: Protocol) -> ScoreCell:
    own = [part.cell for part in overall.parts]
    return ScoreCell(
        task=OVERALL,
        protocol=protocol,
        metric="mean",
        score=overall.score,
        **_ends(overall.interval()),
        held_fixed=overall.held_fixed,
        count=sum(each.count for each in own),
        failed=sum(len(each.failed) for each in tasks),
        clusters=min(each.clusters for each in own),
        tasks=len(own),
    )


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
