"""The human baseline: people's answers scored as a model's, with intervals over people and samples.

Four figures for each task, because "human performance" means any of them: one person at a time, the
mean of people, all answers together (what the leaderboard shows), and the answer of the majority.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np

from amarathon.metrics import score
from amarathon.metrics.breakdown import break_down, recordings_of, strata_of
from amarathon.metrics.cells import Breakdown
from amarathon.metrics.resampled import choice_statistics, transcript_statistics
from amarathon.metrics.resampling import Interval, bootstrap, draw_weights, find_clusters, percentile_interval
from amarathon.metrics.scores import compare_transcripts, read_choices, task_of
from amarathon.metrics.statistic import Statistic
from amarathon.metrics.transcripts import count_word_errors, spoken_content, whisper_normalise
from amarathon.runs.records import Prediction
from amarathon.tasks import Task

RESAMPLES = 2000

Row = Mapping[str, Any]


@dataclass(frozen=True)
class PersonScore:
    """One annotator's headline score on a task, and over how many answers."""

    annotator: str
    score: float
    answers: int


@dataclass(frozen=True)
class TaskBaseline:
    """What people score on one task, 0 to 100, by the strict protocol.

    Attributes
    ----------
    task, metric : str
    samples, answers : int
    people : list of PersonScore
        Best first.
    mean : float
        Plain mean over annotators.
    mean_interval : Interval or None
        95%, resampling annotators and source recordings at once.
    together, majority : float
        All answers as one run; one answer for each sample.
    together_interval, majority_interval : Interval or None
        95%, resampling source recordings.
    """

    task: str
    metric: str
    samples: int
    answers: int
    people: list[PersonScore]
    mean: float
    mean_interval: Interval | None
    together: float
    together_interval: Interval | None
    majority: float
    majority_interval: Interval | None


def baseline(
    answers: Sequence[Prediction], *, resamples: int = RESAMPLES, seed: int = 0
) -> list[TaskBaseline]:
    """Score people's answers.

    Parameters
    ----------
    answers : sequence of Prediction
        `repeat` is the annotator. Those with an error are left out.
    resamples : int
    seed : int

    Returns
    -------
    list of TaskBaseline
        In the order of the tasks, one for each that was answered.

    Raises
    ------
    ScoreError, TaskError
        If an answer lacks what its task's score needs.
    """
    rows = [each.model_dump() for each in answers if each.error is None]
    votes = majority_answers(rows)
    together, majority = (break_down(each, resamples=resamples, seed=seed) for each in (rows, votes))
    tasks = sorted({task_of(each["task"]) for each in rows}, key=lambda task: task.order)
    return [_of_task(task, rows, together, majority, resamples, seed) for task in tasks]


def _of_task(
    task: Task, rows: Sequence[Row], together: Breakdown, majority: Breakdown, resamples: int, seed: int
) -> TaskBaseline:
    own = [each for each in rows if each["task"] == task.code]
    people = [
        PersonScore(annotator, score(task.code, theirs)[task.metric], len(theirs))
        for annotator, theirs in _by(own, "repeat").items()
    ]
    mean = float(np.mean([each.score for each in people]))
    (all_score, all_interval), (vote_score, vote_interval) = (
        _headline(each, task) for each in (together, majority)
    )
    return TaskBaseline(
        task=task.code,
        metric=task.metric,
        samples=len(_by(own, "sample_id")),
        answers=len(own),
        people=sorted(people, key=lambda each: (-each.score, each.annotator)),
        mean=mean,
        mean_interval=mean_interval(task, own, resamples=resamples, seed=seed),
        together=all_score,
        together_interval=all_interval,
        majority=vote_score,
        majority_interval=vote_interval,
    )


def mean_interval(task: Task, rows: Sequence[Row], *, resamples: int, seed: int) -> Interval | None:
    """95% interval of the mean score over annotators.

    Annotators and recordings are drawn with replacement independently of each other (Owen 2007, "The
    pigeonhole bootstrap"), so that the interval covers other people and other samples.

    Returns
    -------
    Interval or None
        `None` from fewer people or recordings than an interval needs.
    """
    clusters = find_clusters([recordings_of(each) for each in rows])
    people = list(_by(rows, "repeat"))
    statistics = [
        _statistic(
            task, rows, clusters, [place for place, each in enumerate(rows) if each["repeat"] == person]
        )
        for person in people
    ]
    strata = strata_of([each["task"] for each in rows], clusters)
    scores = bootstrap(statistics, strata=strata, resamples=resamples, seed=seed)
    drawn = draw_weights(np.zeros(len(people), dtype=np.int64), resamples, seed + 1)
    weights = np.concatenate(list(drawn)).T * ~np.isnan(scores)
    total = weights.sum(axis=0)
    means = np.divide(
        (weights * np.nan_to_num(scores)).sum(axis=0), total, out=np.full(resamples, np.nan), where=total > 0
    )
    return percentile_interval(means, min(len(people), len(np.unique(clusters))))


def _statistic(task: Task, rows: Sequence[Row], clusters: Any, places: list[int]) -> Statistic:
    own = [rows[place] for place in places]
    if task.is_multiple_choice:
        choices = read_choices(task.code, own)
        return choice_statistics(choices, clusters[places], "strict")["macro_f1"]
    return transcript_statistics(compare_transcripts(own), clusters[places], "strict")["war"]


def majority_answers(rows: Sequence[Row]) -> list[Row]:
    """One answer for each sample: what most annotators answered.

    A tie is decided by lot, the same lot every time; of transcripts the one nearest to all others is
    taken, by word error rate.
    """
    return [_vote(theirs) for theirs in _by(rows, "sample_id").values()]


def _vote(rows: list[Row]) -> Row:
    task = task_of(rows[0]["task"])
    if not task.is_multiple_choice:
        return min(rows, key=lambda row: (_distance(row, rows), _lot(row, row["repeat"])))
    read = [choice.read for choice in read_choices(task.code, rows)]
    votes = Counter(read)
    winner = max(votes, key=lambda choice: (votes[choice], _lot(rows[0], str(choice))))
    return rows[read.index(winner)]


def _distance(row: Row, rows: Sequence[Row]) -> float:
    said = whisper_normalise(spoken_content(row["reply"]))
    edits = 0.0
    for other in rows:
        errors = count_word_errors(whisper_normalise(spoken_content(other["reply"])), said)
        edits += errors.edits / max(1, errors.reference_words)
    return edits


def _lot(row: Row, ticket: str) -> str:
    return sha256(f"{row['sample_id']} {ticket}".encode()).hexdigest()


def _headline(breakdown: Breakdown, task: Task) -> tuple[float, Interval | None]:
    cell = next(each for each in breakdown.headlines() if each.task == task.code)
    assert cell.score is not None  # every task here has an answer
    interval = None if cell.low is None or cell.high is None else Interval(cell.low, cell.high)
    return cell.score, interval


def _by(rows: Sequence[Row], field: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for each in rows:
        found[each[field]].append(each)
    return found
