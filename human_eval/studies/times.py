"""How long work takes: measured once there are answers, estimated from the audio before."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from amarathon.tasks import TASKS
from human_eval.storage.schema import Answer, Assignment, Item, Recording, Study

# Reading a question and choosing; writing a transcript takes a few times the recording's length.
CHOOSING_S, WRITING_TIMES = 15.0, 4.0
# Answers to a task from which on their median is better than an estimate.
FEWEST_ANSWERS = 5


@dataclass(frozen=True)
class AnswerTime:
    """How long one answer takes.

    Attributes
    ----------
    seconds : float
        From the question being shown to the answer being saved, listening included.
    basis : {"measured", "estimated"}
    """

    seconds: float
    basis: Literal["measured", "estimated"]


def estimate(task: str, duration_s: float) -> float:
    """Seconds for one answer before anybody has given one: hearing the recording once, and answering."""
    if TASKS[task].is_multiple_choice:
        return duration_s + CHOOSING_S
    return duration_s * WRITING_TIMES


def answer_times(session: Session, study: Study) -> dict[str, AnswerTime]:
    """How long an answer takes, by task: the median of the answers so far, where there are enough."""
    spent: dict[str, list[float]] = defaultdict(list)
    rows = session.execute(
        select(Item.task, Answer.elapsed_s)
        .join(Assignment, Assignment.id == Answer.assignment_id)
        .join(Item, Item.id == Assignment.item_id)
        .where(Assignment.study_id == study.id, Answer.revision == 1, Item.kind != "practice")
    )
    for task, seconds in rows:
        spent[task].append(seconds)
    lengths = session.execute(
        select(Item.task, func.avg(Recording.duration_s))
        .join(Recording, Recording.id == Item.recording_id)
        .where(Item.study_id == study.id)
        .group_by(Item.task)
    )
    return {
        task: AnswerTime(median(spent[task]), "measured")
        if len(spent[task]) >= FEWEST_ANSWERS
        else AnswerTime(estimate(task, float(length)), "estimated")
        for task, length in lengths
    }


def minutes_for(counts: Mapping[str, int], times: Mapping[str, AnswerTime]) -> float:
    """Minutes that so many answers to each task take."""
    return sum(number * times[task].seconds for task, number in counts.items()) / 60


def duration(minutes: float) -> str:
    """A time in words."""
    if minutes < 1:
        return "1 minute" if minutes > 0 else "no time"
    if minutes < 90:
        whole = round(minutes)
        return f"{whole} minute{'' if whole == 1 else 's'}"
    return f"{minutes / 60:.1f} hours"
