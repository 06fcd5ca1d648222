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
from amarathon.metrics.overall import OverallScore, ScoredCell, evidence_of
from amarathon.metrics.protocols import PROTOCOLS, ScoringProtocol
from amarathon.metrics.refusals import count_refusals
from amarathon.metrics.repeats import repeat_spreads
from amarathon.metrics.resampled import Metric, choice_scores, choice_statistics, transcript_statistics
from amarathon.metrics.scores import (
    Choice,
    Transcript,
    compare_transcripts,
    read_choices,
    score_transcripts,
    task_of,
)
from amarathon.metrics.spending import count_spending
from amarathon.metrics.statistic import Integers, Statistic
from amarathon.metrics.transcripts import analyse_errors
from amarathon.metrics.translations import (
    Translation,
    compare_translations,
    score_translations,
    translation_statistic,
)
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
    rows: Sequence[Choice] | Sequence[Transcript] | Sequence[Translation]


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
    answered = [prediction for prediction in predictions if not prediction.get("error")]
    clusters = find_clusters([recordings_of(prediction) for prediction in answered])
    tasks = list(_task_rows(predictions, answered, clusters))
    scored = [one for task in tasks for one in _scored_cells(task)]
    overall = {protocol: OverallScore(_headlines(scored, protocol)) for protocol in PROTOCOLS}
    means = [_overall_cell(tasks, score, protocol) for protocol, score in overall.items() if score.terms]
    return Breakdown(
        cells=[*means, *(one.cell for one in scored)],
        chance=_chance(tasks),
        word_errors=_word_errors(tasks),
        evidence=evidence_of(answered, clusters, overall) if answered else None,
        refusals=count_refusals(answered),
        spending=count_spending(answered),
        repeats=repeat_spreads(answered),
    )


def recordings_of(prediction: Mapping[str, Any]) -> list[str]:
    """What makes predictions depend on each other: a common source, the same sound or sample."""
    found = [f"source {source}" for source in prediction.get("sources") or ()]
    same = ("pcm_sha256", "sample_id")
    return found + [f"{name} {prediction[name]}" for name in same if prediction.get(name)]


def _task_rows(
    predictions: Sequence[Mapping[str, Any]], answered: Sequence[Mapping[str, Any]], clusters: Integers
) -> Iterator[_TaskRows]:
    tasks = {prediction["task"]: task_of(prediction["task"]) for prediction in predictions}
    for task in sorted(tasks.values(), key=lambda task: task.order):
        members = [index for index, prediction in enumerate(answered) if prediction["task"] == task.code]
        own = [answered[index] for index in members]
        yield _TaskRows(
            task,
            own,
            [
                prediction
                for prediction in predictions
                if prediction["task"] == task.code and prediction.get("error")
            ],
            clusters[members],
            _units(own),
            _read(task, own),
        )


def _read(
    task: Task, own: Sequence[Mapping[str, Any]]
) -> Sequence[Choice] | Sequence[Transcript] | Sequence[Translation]:
    if task.is_multiple_choice:
        return read_choices(task.code, own)
    return compare_transcripts(own) if task.is_transcription else compare_translations(own, task.tokenizer)


def _units(answered: Sequence[Mapping[str, Any]]) -> Integers:
    """Number the samples; a prediction that names none is one of its own."""
    names = [prediction.get("sample_id") or f"unnamed {index}" for index, prediction in enumerate(answered)]
    return np.unique(names, return_inverse=True)[1].astype(np.int64)


def _scored_cells(task: _TaskRows) -> Iterator[ScoredCell]:
    for group in groups_of([*task.answered, *task.failed]):
        members = [index for index, prediction in enumerate(task.answered) if group.has(prediction)]
        failed = sum(group.has(prediction) for prediction in task.failed)
        for protocol in PROTOCOLS:
            yield from _score_group(task, group, members, failed, protocol)


def _score_group(
    task: _TaskRows, group: Group, members: list[int], failed: int, protocol: ScoringProtocol
) -> Iterator[ScoredCell]:
    rows, clusters, units = (
        [task.rows[index] for index in members],
        task.clusters[members],
        task.units[members],
    )
    statistics: dict[Metric, Statistic]
    if task.task.is_multiple_choice:
        choices = [choice for choice in rows if isinstance(choice, Choice)]
        statistics = choice_statistics(choices, clusters, protocol, units)
        scores = choice_scores(choices, statistics)
    elif task.task.metric == "bleu":
        translated = [translation for translation in rows if isinstance(translation, Translation)]
        scores = score_translations(translated, protocol)
        statistics = {"bleu": translation_statistic(translated, clusters, protocol, units)}
    else:
        compared = [transcript for transcript in rows if isinstance(transcript, Transcript)]
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
        yield ScoredCell(cell, statistic)


def _ends(interval: Interval | None) -> dict[str, Any]:
    if interval is None:
        return {}
    return {"low": interval.low, "high": interval.high, "interval_method": interval.method}


def _headlines(scored: Sequence[ScoredCell], protocol: ScoringProtocol) -> list[ScoredCell]:
    """The headline score of each task that has one, over all its samples."""
    return [
        one
        for one in scored
        if (one.cell.protocol, one.cell.group) == (protocol, "all")
        and one.cell.headline
        and one.cell.score is not None
    ]


def _overall_cell(tasks: Sequence[_TaskRows], overall: OverallScore, protocol: ScoringProtocol) -> ScoreCell:
    cells = [one.cell for one in overall.terms]
    return ScoreCell(
        task=OVERALL,
        protocol=protocol,
        metric="mean",
        score=overall.score,
        **_ends(overall.interval()),
        held_fixed=overall.held_fixed,
        count=sum(cell.count for cell in cells),
        failed=sum(len(task.failed) for task in tasks),
        clusters=min(cell.clusters for cell in cells),
        tasks=len(cells),
    )


def _chance(tasks: Sequence[_TaskRows]) -> list[ChanceCell]:
    levels = []
    for task in tasks:
        if task.task.is_multiple_choice and task.answered:
            level = expected_chance(
                [prediction["answer"] for prediction in task.answered],
                [len(prediction["options"]) for prediction in task.answered],
            )
            levels.append(ChanceCell(task=task.task.code, accuracy=level.accuracy, macro_f1=level.macro_f1))
    return levels


def _word_errors(tasks: Sequence[_TaskRows]) -> WordErrorTable | None:
    pairs = [
        (prediction["reference"], prediction["reply"])
        for task in tasks
        if task.task.is_transcription
        for prediction in task.answered
    ]
    return WordErrorTable(**asdict(analyse_errors(pairs))) if pairs else None
