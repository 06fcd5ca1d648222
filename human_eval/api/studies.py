"""Routes of the administrator: studies, their state and progress, what was reported, exclusions, the log."""

from typing import Annotated, Literal, cast

from fastapi import Query
from pydantic import AfterValidator, Field

from human_eval.annotation import exclusions, participation
from human_eval.api.dependencies import Administering, Administrator, OpenDesk, new_router
from human_eval.api.requests import Body, Id, ShortText
from human_eval.api.schemas import (
    AnnotatorProgress,
    Done,
    EventList,
    EventView,
    FlagList,
    ItemView,
    LeftOut,
    Preview,
    ProgressView,
    RemarkList,
    StudyDetail,
    StudyList,
    StudySummary,
    StudyView,
    TaskProgress,
)
from human_eval.results import remarks
from human_eval.storage import audit
from human_eval.studies import progress
from human_eval.studies import study as studies
from human_eval.studies.spec import StudySpec
from human_eval.verification.progress import unverified

routes = new_router()


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


@routes.get("/admin/studies")
def list_studies(desk: OpenDesk, caller: Administrator) -> StudyList:
    """Every study in one line."""
    with desk.database.reading() as session:
        return StudyList(studies=[StudySummary(**each) for each in progress.summaries(session)])


@routes.post("/admin/preview")
def preview(given: Spec, caller: Administering) -> Preview:
    """What a study would ask; nothing is stored."""
    planned = studies.plan(given)
    return Preview(
        items=planned.counts(),
        hours=planned.hours,
        minutes_per_person=planned.minutes_per_person,
        answers_wanted=planned.answers_wanted,
        exclusions=[LeftOut(record=each.record, reason=each.reason) for each in planned.found.exclusions],
    )


@routes.post("/admin/studies", status_code=201)
def create(given: Spec, desk: OpenDesk, caller: Administering) -> StudyView:
    """Make a draft, and the copies of its recordings."""
    planned = studies.plan(given)
    with desk.database.writing() as session:
        study = studies.create(session, planned, caller.account.id)
        session.flush()
        content = StudyView(study=StudySummary(**progress.summary(session, study)))
    desk.prepare_sound(study.id)
    return content


@routes.get("/admin/studies/{study}", response_model_exclude_unset=True)
def show(study: Id, desk: OpenDesk, caller: Administrator) -> StudyDetail:
    """A study and its items; what is right only once it is closed."""
    with desk.database.reading() as session:
        found = studies.find(session, study)
        return StudyDetail(
            study=StudySummary(**progress.summary(session, found)),
            spec=found.spec,
            items=[ItemView(**each) for each in studies.items(session, found)],
            unverified=unverified(session, found),
        )


@routes.post("/admin/studies/{study}/state")
def change_state(study: Id, given: NewState, desk: OpenDesk, caller: Administering) -> StudyView:
    """Open, pause or close a study."""
    with desk.database.writing() as session:
        found = studies.find(session, study)
        studies.change_state(session, found, given.state, caller.account.id)
        session.flush()
        return StudyView(study=StudySummary(**progress.summary(session, found)))


@routes.delete("/admin/studies/{study}")
def delete(study: Id, desk: OpenDesk, caller: Administering) -> Done:
    """Remove a draft."""
    with desk.database.writing() as session:
        studies.delete_draft(session, studies.find(session, study), caller.account.id)
    return Done()


@routes.get("/admin/studies/{study}/progress")
def show_progress(study: Id, desk: OpenDesk, caller: Administrator) -> ProgressView:
    """How far it is by task and annotator."""
    with desk.database.reading() as session:
        found = studies.find(session, study)
        return ProgressView(
            study=StudySummary(**progress.summary(session, found)),
            tasks=[TaskProgress(**each) for each in progress.by_task(session, found)],
            annotators=[AnnotatorProgress(**each) for each in progress.by_annotator(session, found)],
        )


@routes.get("/admin/studies/{study}/flags")
def show_flags(study: Id, desk: OpenDesk, caller: Administrator) -> FlagList:
    """Faults that were reported."""
    with desk.database.reading() as session:
        return FlagList(flags=remarks.flags(session, studies.find(session, study).id))


@routes.get("/admin/studies/{study}/remarks")
def show_remarks(study: Id, desk: OpenDesk, caller: Administrator) -> RemarkList:
    """What annotators wrote of each question: flags, reasons for skipping, comments."""
    with desk.database.reading() as session:
        return RemarkList(items=remarks.remarks(session, studies.find(session, study).id))


@routes.get("/admin/audit")
def show_audit(
    desk: OpenDesk,
    caller: Administrator,
    study: Annotated[str | None, Query(pattern=r"^[0-9a-f]{32}$")] = None,
    after: Annotated[int, Query(ge=0, lt=2**62)] = 0,
) -> EventList:
    """The audit log, a stretch at a time."""
    with desk.database.reading() as session:
        return EventList(
            events=[
                EventView(
                    id=each.id,
                    at=each.at,
                    actor=each.actor,
                    action=cast("audit.Action", each.action),
                    study=each.study_id,
                    subject=each.subject,
                    detail=each.detail,
                )
                for each in audit.events(session, study, after)
            ]
        )


@routes.delete("/admin/participants/{annotator}")
def delete_participant(annotator: Id, desk: OpenDesk, caller: Administering) -> Done:
    """Remove everything of a participant, on their request; with their last study the account goes, too."""
    with desk.database.writing() as session:
        person = participation.find(session, annotator)
        own = person.account_id == caller.account.id
        participation.delete_data(session, person, caller.account.id, keep_account=own)
    return Done()


@routes.post("/admin/exclusions")
def exclude(given: ExclusionDecision, desk: OpenDesk, caller: Administering) -> Done:
    """Leave a participant or an answer out of the results, or take them in again."""
    with desk.database.writing() as session:
        exclusions.decide(
            session,
            participation.find(session, given.annotator),
            given.item,
            excluded=given.excluded,
            reason=given.reason,
            actor=caller.account.id,
        )
    return Done()
