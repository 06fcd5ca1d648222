"""What annotators wrote of a study's questions: flags, skips with their reasons, comments."""

from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from human_eval.storage.schema import Answer, Assignment, Flag, Item


@dataclass(frozen=True)
class FlagRemark:
    """A fault that somebody reported; `annotator` is an opaque id, `at` UTC seconds since 1970."""

    sample_id: str
    task: str
    annotator: str
    fault: str
    comment: str
    at: float


@dataclass(frozen=True)
class Note:
    """A comment to an answer, or the reason of a skip."""

    annotator: str
    text: str


@dataclass(frozen=True)
class Remarks:
    """Everything that was written of one question."""

    item: str
    sample_id: str
    task: str
    question: str
    flags: list[FlagRemark] = field(default_factory=list)
    skips: list[Note] = field(default_factory=list)
    comments: list[Note] = field(default_factory=list)


def flags(session: Session, study: str) -> list[FlagRemark]:
    """The faults that were reported in a study, in the order of time."""
    rows = session.execute(
        select(Item.sample_id, Item.task, Assignment.participant_id, Flag)
        .join(Assignment, Assignment.id == Flag.assignment_id)
        .join(Item, Item.id == Assignment.item_id)
        .where(Assignment.study_id == study)
        .order_by(Flag.at)
    )
    return [
        FlagRemark(sample, task, annotator, flag.fault, flag.comment, flag.at)
        for sample, task, annotator, flag in rows
    ]


def flags_by_assignment(session: Session, study: str) -> dict[str, list[Flag]]:
    """The faults that were reported in a study, under the assignment they were reported from."""
    by_assignment: dict[str, list[Flag]] = defaultdict(list)
    query = select(Flag).join(Assignment, Assignment.id == Flag.assignment_id)
    for flag in session.scalars(query.where(Assignment.study_id == study).order_by(Flag.at)):
        by_assignment[flag.assignment_id].append(flag)
    return by_assignment


def remarks(session: Session, study: str) -> list[Remarks]:
    """The questions of a study that somebody has written of, in the study's order."""
    reported = flags_by_assignment(session, study)
    rows = session.execute(
        select(Assignment, Item, Answer.comment)
        .join(Item, Item.id == Assignment.item_id)
        .outerjoin(Answer, (Answer.assignment_id == Assignment.id) & Answer.current)
        .where(Assignment.study_id == study)
        .order_by(Item.place, Assignment.leased_at)
    )
    found: dict[str, Remarks] = {}
    for assignment, item, comment in rows:
        entry = found.setdefault(item.id, Remarks(item.id, item.sample_id, item.task, item.question))
        annotator = assignment.participant_id
        entry.flags.extend(
            FlagRemark(item.sample_id, item.task, annotator, flag.fault, flag.comment, flag.at)
            for flag in reported.get(assignment.id, ())
        )
        if assignment.state == "skipped":
            entry.skips.append(Note(annotator, assignment.skip_reason or ""))
        if comment:
            entry.comments.append(Note(annotator, comment))
    return [entry for entry in found.values() if entry.flags or entry.skips or entry.comments]
