"""How far a study and its annotators are, and how long is left."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from human_eval.storage.schema import Assignment, Flag, Item, Participant, Study
from human_eval.studies.times import Pace, minutes_for, paces


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
    mine = select(Assignment.item_id).where(Assignment.participant_id == participant.id)
    open_, drills = session.execute(
        select(
            _count((Item.free > 0) & Item.id.not_in(mine) | (Item.kind == "gold") & Item.id.not_in(mine)),
            _count(practice),
        ).where(Item.study_id == study.id)
    ).one()
    held = session.scalar(
        select(func.count())
        .select_from(Assignment)
        .join(Item, Item.id == Assignment.item_id)
        .where(Assignment.participant_id == participant.id, Assignment.state == "leased", ~practice)
    )
    to_do = open_ + (held or 0)
    done = answered + skipped + practised
    pace = participant.active_s / done if done else None
    return OwnProgress(answered, skipped, to_do, drills - practised, pace and pace * to_do / 60)


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
    found = session.scalars(select(Study).order_by(Study.created_at.desc()))
    return [summary(session, study) for study in found]


def by_task(session: Session, study: Study) -> list[dict[str, Any]]:
    """Answers to main questions by task, and the minutes of work that are left.

    A closed study has none left. `pace` is the seconds that an answer takes, `basis` where that is from.
    """
    answered = (
        select(Assignment.item_id, func.count().label("answers"))
        .where(Assignment.study_id == study.id, Assignment.state == "answered")
        .group_by(Assignment.item_id)
        .subquery()
    )
    given = func.coalesce(answered.c.answers, 0)
    missing = case((given < study.overlap, study.overlap - given), else_=0)
    rows = session.execute(
        select(
            Item.task,
            func.sum(given),
            func.count() * study.overlap,
            func.sum(missing),
        )
        .outerjoin(answered, answered.c.item_id == Item.id)
        .where(Item.study_id == study.id, Item.kind == "main")
        .group_by(Item.task)
        .order_by(Item.task)
    )
    found = paces(session, study)
    return [
        {
            "task": task,
            "answered": int(done),
            "wanted": wanted,
            "minutes_left": 0.0 if study.state == "closed" else minutes_for({task: int(left)}, found),
            "seconds_per_answer": found[task].seconds,
            "basis": found[task].basis,
        }
        for task, done, wanted, left in rows
    ]


def by_annotator(session: Session, study: Study) -> list[dict[str, Any]]:
    """Every participant's progress, by opaque id, those that joined first before.

    Whoever has submitted, or can be given nothing more, has no time left.
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
    found = paces(session, study)
    for each in people:
        progress = asdict(own_progress(session, study, each))
        rows.append(
            {
                "id": each.id,
                "answered": progress["answered"],
                "skipped": progress["skipped"],
                "minutes_left": _minutes_left(session, study, each, progress["to_do"], found),
                "flags": flags.get(each.id, 0),
                "active_minutes": each.active_s / 60,
                "last_seen": each.active_at,
                "submitted": each.submitted_at is not None,
            }
        )
    return rows


def _minutes_left(
    session: Session, study: Study, participant: Participant, to_do: int, found: Mapping[str, Pace]
) -> float:
    """Minutes for what one participant may still be given, at the pace of everybody's answers."""
    if study.state == "closed" or participant.submitted_at is not None or to_do <= 0:
        return 0.0
    had = select(Assignment.item_id).where(
        Assignment.participant_id == participant.id, Assignment.state != "leased"
    )
    counts = dict(
        session.execute(
            select(Item.task, func.count())
            .where(
                Item.study_id == study.id,
                Item.id.not_in(had),
                (Item.free > 0) | (Item.kind == "gold"),
                Item.kind != "practice",
            )
            .group_by(Item.task)
        ).all()
    )
    listed = sum(counts.values())
    return minutes_for(counts, found) * to_do / listed if listed else 0.0
