"""How far a study and its annotators are, and how long is left."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from human_eval.storage.schema import Assignment, Flag, Item, Participant, Study
from human_eval.studies.times import AnswerTime, answer_times, minutes_for


@dataclass(frozen=True)
class OwnProgress:
    """How far one participant is; `minutes_left` is at their own pace, None before there is one."""

    answered: int
    skipped: int
    to_do: int
    practice_to_do: int
    minutes_left: float | None


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def own_progress(session: Session, study: Study, participant: Participant) -> OwnProgress:
    """One participant's progress; practice counts apart."""
    practice = Item.kind == "practice"
    answered, skipped, practised = session.execute(
        select(
            _count((Assignment.state == "answered") & ~practice),
            _count((Assignment.state == "skipped") & ~practice),
            _count(Assignment.state.in_(["answered", "skipped"]) & practice),
        )
        .join(Item, Item.id == Assignment.item_id)
        .where(Assignment.participant_id == participant.id)
    ).one()
    own_items = select(Assignment.item_id).where(Assignment.participant_id == participant.id)
    open_items, practice_items = session.execute(
        select(
            _count(((Item.free > 0) | (Item.kind == "gold")) & Item.id.not_in(own_items)),
            _count(practice),
        ).where(Item.study_id == study.id)
    ).one()
    leased = session.scalar(
        select(func.count())
        .select_from(Assignment)
        .join(Item, Item.id == Assignment.item_id)
        .where(Assignment.participant_id == participant.id, Assignment.state == "leased", ~practice)
    )
    to_do = open_items + (leased or 0)
    done = answered + skipped + practised
    minutes_left = participant.active_s / done * to_do / 60 if done else None
    return OwnProgress(answered, skipped, to_do, practice_items - practised, minutes_left)


def summary(session: Session, study: Study) -> dict[str, Any]:
    """A study in one line."""
    items, wanted, left = session.execute(
        select(
            func.count(),
            _count(Item.kind == "main") * study.overlap,
            func.coalesce(func.sum(Item.free), 0),
        ).where(Item.study_id == study.id)
    ).one()
    answers = session.scalar(
        select(func.count())
        .select_from(Assignment)
        .join(Item, Item.id == Assignment.item_id)
        .where(Assignment.study_id == study.id, Assignment.state == "answered", Item.kind == "main")
    )
    people = session.scalar(
        select(func.count()).select_from(Participant).where(Participant.study_id == study.id)
    )
    return {
        "id": study.id,
        "name": study.name,
        "state": study.state,
        "dataset": study.dataset,
        "items": items,
        "answers": answers,
        "wanted": wanted,
        "places_free": left,
        "participants": people,
        "created_at": study.created_at,
        "opened_at": study.opened_at,
        "closed_at": study.closed_at,
    }


def summaries(session: Session) -> list[dict[str, Any]]:
    """Every study in one line, the newest first."""
    studies = session.scalars(select(Study).order_by(Study.created_at.desc()))
    return [summary(session, study) for study in studies]


def by_task(session: Session, study: Study) -> list[dict[str, Any]]:
    """Answers to main questions by task, and the minutes of work that are left.

    A closed study has none left. `seconds_per_answer` is how long an answer takes, `basis` how that is
    known.
    """
    answered = (
        select(Assignment.item_id, func.count().label("answers"))
        .where(Assignment.study_id == study.id, Assignment.state == "answered")
        .group_by(Assignment.item_id)
        .subquery()
    )
    answers = func.coalesce(answered.c.answers, 0)
    missing = case((answers < study.overlap, study.overlap - answers), else_=0)
    rows = session.execute(
        select(
            Item.task,
            func.sum(answers),
            func.count() * study.overlap,
            func.sum(missing),
        )
        .outerjoin(answered, answered.c.item_id == Item.id)
        .where(Item.study_id == study.id, Item.kind == "main")
        .group_by(Item.task)
        .order_by(Item.task)
    )
    times = answer_times(session, study)
    return [
        {
            "task": task,
            "answered": int(done),
            "wanted": wanted,
            "minutes_left": 0.0 if study.state == "closed" else minutes_for({task: int(left)}, times),
            "seconds_per_answer": times[task].seconds,
            "basis": times[task].basis,
        }
        for task, done, wanted, left in rows
    ]


def by_annotator(session: Session, study: Study) -> list[dict[str, Any]]:
    """Every participant's progress, by opaque id, those that joined first before.

    Whoever has submitted, or cannot be assigned anything more, has no time left.
    """
    flags = dict(
        session.execute(
            select(Assignment.participant_id, func.count())
            .join(Flag, Flag.assignment_id == Assignment.id)
            .where(Assignment.study_id == study.id)
            .group_by(Assignment.participant_id)
        ).all()
    )
    people = session.scalars(
        select(Participant).where(Participant.study_id == study.id).order_by(Participant.joined_at)
    )
    rows = []
    times = answer_times(session, study)
    for participant in people:
        progress = asdict(own_progress(session, study, participant))
        rows.append(
            {
                "id": participant.id,
                "answered": progress["answered"],
                "skipped": progress["skipped"],
                "minutes_left": _minutes_left(session, study, participant, progress["to_do"], times),
                "flags": flags.get(participant.id, 0),
                "active_minutes": participant.active_s / 60,
                "last_seen": participant.active_at,
                "submitted": participant.submitted_at is not None,
            }
        )
    return rows


def _minutes_left(
    session: Session, study: Study, participant: Participant, to_do: int, times: Mapping[str, AnswerTime]
) -> float:
    """Minutes for what may still be assigned to one participant, at the pace of everybody's answers."""
    if study.state == "closed" or participant.submitted_at is not None or to_do <= 0:
        return 0.0
    done = select(Assignment.item_id).where(
        Assignment.participant_id == participant.id, Assignment.state != "leased"
    )
    counts = dict(
        session.execute(
            select(Item.task, func.count())
            .where(
                Item.study_id == study.id,
                Item.id.not_in(done),
                (Item.free > 0) | (Item.kind == "gold"),
                Item.kind != "practice",
            )
            .group_by(Item.task)
        ).all()
    )
    total = sum(counts.values())
    return minutes_for(counts, times) * to_do / total if total else 0.0
