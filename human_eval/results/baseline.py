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
from amarathon.metrics.breakdown import break_down, recordings_of
from amarathon.metrics.cells import Breakdown
from amarathon.metrics.clusters import find_clusters
from amarathon.metrics.intervals import MIN_CLUSTERS, Interval, score_ends
from amarathon.metrics.overall import interval_of
from amarathon.metrics.resampled import choice_statistics, transcript_statistics
from amarathon.metrics.scores import compare_transcripts, read_choices, task_of
from amarathon.metrics.statistic import Integers, Statistic, effective_number
from amarathon.metrics.transcripts import count_word_errors, spoken_content, whisper_normalise
from amarathon.runs.records import Prediction
from amarathon.tasks import Task

TWO_WAY_METHOD = "two-way"

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
        95%, over annotators and source recordings at once.
    together, majority : float
        All answers as one run; one answer for each sample.
    together_interval, majority_interval : Interval or None
        95%, over source recordings.
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


def baseline(answers: Sequence[Prediction]) -> list[TaskBaseline]:
    """Score people's answers.

    Parameters
    ----------
    answers : sequence of Prediction
        `repeat` is the annotator. Those with an error are left out.

    Returns
    -------
    list of TaskBaseline
        In the order of the tasks, one for each that was answered.

    Raises
    ------
    ScoreError, TaskError
        If an answer lacks what its task's score needs.
    """
    rows = [answer.model_dump() for answer in answers if answer.error is None]
    votes = majority_answers(rows)
    together, majority = break_down(rows), break_down(votes)
    tasks = sorted({task_of(row["task"]) for row in rows}, key=lambda task: task.order)
    return [_of_task(task, rows, together, majority) for task in tasks]


def _of_task(task: Task, rows: Sequence[Row], together: Breakdown, majority: Breakdown) -> TaskBaseline:
    own = [row for row in rows if row["task"] == task.code]
    people = [
        PersonScore(annotator, score(task.code, theirs)[task.metric], len(theirs))
        for annotator, theirs in _by(own, "repeat").items()
    ]
    mean = float(np.mean([person.score for person in people]))
    (all_score, all_interval), (vote_score, vote_interval) = (
        _headline(breakdown, task) for breakdown in (together, majority)
    )
    return TaskBaseline(
        task=task.code,
        metric=task.metric,
        samples=len(_by(own, "sample_id")),
        answers=len(own),
        people=sorted(people, key=lambda person: (-person.score, person.annotator)),
        mean=mean,
        mean_interval=mean_interval(task, own),
        together=all_score,
        together_interval=all_interval,
        majority=vote_score,
        majority_interval=vote_interval,
    )


def mean_interval(task: Task, rows: Sequence[Row]) -> Interval | None:
    """95% interval of the mean score over annotators, for other people and other samples.

    The interval over people and that over recordings, their distances from the mean added as errors of
    independent causes are (two-way clustering: Cameron, Gelbach & Miller 2011, without the term that they
    take off, so that it is never too short).

    Returns
    -------
    Interval or None
        `None` from fewer people or recordings than an interval needs.
    """
    clusters = find_clusters([recordings_of(row) for row in rows])
    people = list(_by(rows, "repeat"))
    if min(len(people), len(np.unique(clusters))) < MIN_CLUSTERS:
        return None
    indices: dict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        indices[row["repeat"]].append(at)
    statistics = [_statistic(task, rows, clusters, indices[name]) for name in people]
    scores = np.array([statistic.score() for statistic in statistics])
    # Without a recording, the people who had no other keep their score.
    without = np.repeat(scores[:, None], 1 + clusters.max(), axis=1)
    for person, statistic in enumerate(statistics):
        without[person, np.unique(statistic.clusters)] = np.where(
            np.isnan(left := statistic.left_out()), scores[person], left
        )
    mean = scores.mean()
    ways = (
        score_ends(mean, (scores.sum() - scores) / (len(people) - 1), *_numbers(len(rows), len(people))),
        score_ends(
            mean,
            without.mean(axis=0),
            *_numbers(len(_by(rows, "sample_id")), effective_number(np.bincount(clusters).astype(float))),
        ),
    )
    below, above = (np.hypot(*(abs(mean - ends[side]) for ends in ways)) for side in (0, 1))
    return Interval(max(0.0, float(mean - below)), min(100.0, float(mean + above)), TWO_WAY_METHOD)


def _numbers(*numbers: Any) -> list[Any]:
    return [np.asarray(number, dtype=float) for number in numbers]


def _statistic(task: Task, rows: Sequence[Row], clusters: Integers, indices: list[int]) -> Statistic:
    own, units = [rows[index] for index in indices], np.arange(len(indices))
    if task.is_multiple_choice:
        choices = read_choices(task.code, own)
        return choice_statistics(choices, clusters[indices], "strict", units)["macro_f1"]
    return transcript_statistics(compare_transcripts(own), clusters[indices], "strict", units)["war"]


def majority_answers(rows: Sequence[Row]) -> list[Row]:
    """One answer for each sample: what most annotators answered.

    A tie is decided by lot, the same lot every time; of transcripts the one nearest to all others is
    taken, by word error rate.
    """
    return [_vote(theirs) for theirs in _by(rows, "sample_id").values()]


def _vote(rows: list[Row]) -> Row:
    task = task_of(rows[0]["task"])
    if not task.is_multiple_choice:
        texts = [whisper_normalise(spoken_content(row["reply"])) for row in rows]
        # Many people write the same words: of them one distance is worked out.
        distances = {text: _distance(text, texts) for text in dict.fromkeys(texts)}
        nearest = min(
            zip(rows, texts, strict=True),
            key=lambda pair: (distances[pair[1]], _lot(pair[0], pair[0]["repeat"])),
        )
        return nearest[0]
    read = [choice.read for choice in read_choices(task.code, rows)]
    votes = Counter(read)
    winner = max(votes, key=lambda choice: (votes[choice], _lot(rows[0], str(choice))))
    return rows[read.index(winner)]


def _distance(transcript: str, others: Sequence[str]) -> float:
    """The word error rates of a transcript against each of the others, added up; all normalised."""
    errors = {other: count_word_errors(other, transcript) for other in dict.fromkeys(others)}
    rates = {other: error.edits / max(1, error.reference_words) for other, error in errors.items()}
    return sum(rates[other] for other in others)


def _lot(row: Row, ticket: str) -> str:
    return sha256(f"{row['sample_id']} {ticket}".encode()).hexdigest()


def _headline(breakdown: Breakdown, task: Task) -> tuple[float, Interval | None]:
    cell = next(cell for cell in breakdown.headlines() if cell.task == task.code)
    assert cell.score is not None  # every task here has an answer
    return cell.score, interval_of(cell)


def _by(rows: Sequence[Row], field: str) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[field]].append(row)
    return groups
