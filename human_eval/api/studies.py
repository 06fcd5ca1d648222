"""Routes of the administrator: studies, their state, progress, flags, exclusions, the audit log."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from human_eval.annotation import participation
from human_eval.api.requests import NEVER, Access, Body, Caller, Id, ShortText
from human_eval.errors import HumanEvalError, UnknownError
from human_eval.service import Desk
from human_eval.storage import audit
from human_eval.storage.identifiers import new_id, now
from human_eval.storage.schema import Assignment, AuditEvent, Exclusion, Flag, Item, Participant, Study
from human_eval.studies import progress
from human_eval.studies import study as studies
from human_eval.studies.spec import StudySpec

EVENTS_AT_ONCE = 500


def _without_zeros(spec: StudySpec) -> StudySpec:
    if "\\u0000" in spec.model_dump_json():
        raise ValueError("a text has no zero characters")
    return spec


Spec = Annotated[StudySpec, AfterValidator(_without_zeros)]


class NewState(Body):
    """Where a study is to go."""

    state: Literal["open", "paused", "closed"]


class ExclusionDecision(Body):
    """Whether a participant, or one of their answers, counts."""

    annotator: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    item: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None = None
    excluded: bool
    reason: Annotated[ShortText, Field(min_length=1)]


def add_routes(routes: APIRouter, desk: Desk, access: Access) -> None:
    """Add the administrator's routes."""
    _add_studies(routes, desk, access)
    _add_oversight(routes, desk, access)
    _add_people(routes, desk, access)


def _add_studies(routes: APIRouter, desk: Desk, access: Access) -> None:
    reader = Depends(access.administrator)
    changer = Annotated[Caller, Depends(access.administering)]

    @routes.get("/admin/studies", dependencies=[reader])
    def list_studies() -> Response:
        """Every study in one line."""
        with desk.database.reading() as session:
            found = session.scalars(select(Study).order_by(Study.created_at.desc()))
            rows = [progress.summary(session, study) for study in found]
            return JSONResponse({"studies": rows}, headers=NEVER)

    @routes.post("/admin/preview")
    def preview(given: Spec, caller: changer) -> Response:
        """What a study would ask; nothing is stored."""
        planned = studies.plan(given)
        content = {
            "items": planned.counts(),
            "hours": planned.hours,
            "answers_wanted": planned.answers_wanted,
            "exclusions": [
                {"record": each.record, "reason": each.reason} for each in planned.found.exclusions
            ],
        }
        return JSONResponse(content, headers=NEVER)

    @routes.post("/admin/studies", status_code=201)
    def create(given: Spec, caller: changer) -> Response:
        """Make a draft, and the copies of its recordings."""
        planned = studies.plan(given)
        with desk.database.writing() as session:
            study = studies.create(session, planned, caller.account.id)
            session.flush()
            content = {"study": progress.summary(session, study)}
        desk.prepare_sound(study.id)
        return JSONResponse(content, 201, NEVER)

    @routes.get("/admin/studies/{study}", dependencies=[reader])
    def show(study: Id) -> Response:
        """A study and its items; what is right only once it is closed."""
        with desk.database.reading() as session:
            found = studies.find(session, study)
            return JSONResponse(_described(session, found), headers=NEVER)

    @routes.post("/admin/studies/{study}/state")
    def change_state(study: Id, given: NewState, caller: changer) -> Response:
        """Open, pause or close a study."""
        with desk.database.writing() as session:
            found = studies.find(session, study)
            studies.change_state(session, found, given.state, caller.account.id)
            session.flush()
            return JSONResponse({"study": progress.summary(session, found)}, headers=NEVER)

    @routes.delete("/admin/studies/{study}")
    def delete(study: Id, caller: changer) -> Response:
        """Remove a draft."""
        with desk.database.writing() as session:
            studies.delete_draft(session, studies.find(session, study), caller.account.id)
        return JSONResponse({}, headers=NEVER)


def _add_oversight(routes: APIRouter, desk: Desk, access: Access) -> None:
    reader = Depends(access.administrator)

    @routes.get("/admin/studies/{study}/progress", dependencies=[reader])
    def show_progress(study: Id) -> Response:
        """How far it is by task and annotator."""
        with desk.database.reading() as session:
            found = studies.find(session, study)
            content = {
                "study": progress.summary(session, found),
                "tasks": progress.by_task(session, found),
                "annotators": progress.by_annotator(session, found),
            }
            return JSONResponse(content, headers=NEVER)

    @routes.get("/admin/studies/{study}/flags", dependencies=[reader])
    def show_flags(study: Id) -> Response:
        """Faults that were reported."""
        with desk.database.reading() as session:
            found = session.execute(
                select(Item.sample_id, Item.task, Assignment.participant_id, Flag)
                .join(Assignment, Assignment.id == Flag.assignment_id)
                .join(Item, Item.id == Assignment.item_id)
                .where(Assignment.study_id == study)
                .order_by(Flag.at)
            )
            rows = [
                {"sample_id": sample, "task": task, "annotator": annotator}
                | {"fault": flag.fault, "comment": flag.comment, "at": flag.at}
                for sample, task, annotator, flag in found
            ]
            return JSONResponse({"flags": rows}, headers=NEVER)

    @routes.get("/admin/audit", dependencies=[reader])
    def show_audit(
        study: Annotated[str | None, Query(pattern=r"^[0-9a-f]{32}$")] = None,
        after: Annotated[int, Query(ge=0, lt=2**62)] = 0,
    ) -> Response:
        """The audit log, a stretch at a time."""
        wanted = select(AuditEvent).where(AuditEvent.id > after).order_by(AuditEvent.id)
        if study is not None:
            wanted = wanted.where(AuditEvent.study_id == study)
        with desk.database.reading() as session:
            rows = [
                {"id": each.id, "at": each.at, "actor": each.actor, "action": each.action}
                | {"study": each.study_id, "subject": each.subject, "detail": each.detail}
                for each in session.scalars(wanted.limit(EVENTS_AT_ONCE))
            ]
            return JSONResponse({"events": rows}, headers=NEVER)


def _add_people(routes: APIRouter, desk: Desk, access: Access) -> None:
    changer = Annotated[Caller, Depends(access.administering)]

    @routes.delete("/admin/participants/{annotator}")
    def delete_person(annotator: Id, caller: changer) -> Response:
        """Remove everything of a participant, on their request."""
        with desk.database.writing() as session:
            participation.delete_data(session, _person(session, annotator), caller.account.id)
        return JSONResponse({}, headers=NEVER)

    @routes.post("/admin/exclusions")
    def exclude(given: ExclusionDecision, caller: changer) -> Response:
        """Leave a participant or an answer out of the results, or take them in again."""
        with desk.database.writing() as session:
            person = _person(session, given.annotator)
            if given.item is not None:
                assignment = session.get(Assignment, given.item)
                if assignment is None or assignment.participant_id != person.id:
                    raise HumanEvalError("This participant has no such item.")
            session.add(
                Exclusion(
                    id=new_id(),
                    study_id=person.study_id,
                    participant_id=person.id,
                    assignment_id=given.item,
                    excluded=given.excluded,
                    reason=given.reason,
                    decided_by=caller.account.id,
                    at=now(),
                )
            )
            action = "exclude" if given.excluded else "include"
            subject = given.item or person.id
            audit.record(session, caller.account.id, action, person.study_id, subject, reason=given.reason)
        return JSONResponse({}, headers=NEVER)


def _person(session: Session, annotator: str) -> Participant:
    found = session.get(Participant, annotator)
    if found is None:
        raise UnknownError("There is no such participant.")
    return found


def _described(session: Session, study: Study) -> dict[str, Any]:
    answered = (
        select(Assignment.item_id, func.count().label("number"))
        .where(Assignment.study_id == study.id, Assignment.state == "answered")
        .group_by(Assignment.item_id)
        .subquery()
    )
    found = session.execute(
        select(Item, func.coalesce(answered.c.number, 0))
        .outerjoin(answered, answered.c.item_id == Item.id)
        .where(Item.study_id == study.id)
        .order_by(Item.place)
    )
    rows = []
    for item, number in found:
        row = {
            "id": item.id,
            "sample_id": item.sample_id,
            "task": item.task,
            "kind": item.kind,
            "question": item.question,
            "options": [option["text"] for option in item.options],
            "answered": number,
            "free": item.free,
        }
        if study.state == "closed":
            row |= {"answer": item.answer, "reference": item.reference}
        rows.append(row)
    return {"study": progress.summary(session, study), "spec": study.spec, "items": rows}
