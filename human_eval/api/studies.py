"""Routes of the administrator: studies, their state and progress, what was reported, exclusions, the log."""

from typing import Annotated, Literal, cast

from fastapi import Query
from pydantic import AfterValidator, Field

from human_eval.annotation import exclusions, participation
from human_eval.api.dependencies import Administering, Administrator, ServiceDep, new_router
from human_eval.api.requests import Body, Id, ShortText
from human_eval.api.schemas.base import Done
from human_eval.api.schemas.results import FlagList, RemarkList
from human_eval.api.schemas.studies import (
    AnnotatorProgress,
    EventList,
    EventView,
    LeftOut,
    Preview,
    ProgressView,
    StudyDetail,
    StudyItem,
    StudyList,
    StudySummary,
    StudySummaryView,
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


class NewStateBody(Body):
    """Where a study is to go."""

    state: Literal["open", "paused", "closed"]


class ExclusionBody(Body):
    """Whether a participant, or one of their answers, counts."""

    annotator: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    item: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None = None
    excluded: bool
    reason: Annotated[ShortText, Field(min_length=1)]


@routes.get("/admin/studies")
def list_studies(service: ServiceDep, caller: Administrator) -> StudyList:
    """Every study in one line."""
    with service.database.reading() as session:
        return StudyList(studies=[StudySummary(**summary) for summary in progress.summaries(session)])


@routes.post("/admin/preview")
def preview(body: Spec, caller: Administering) -> Preview:
    """What a study would ask; nothing is stored."""
    planned = studies.plan(body)
    return Preview(
        items=planned.counts(),
        hours=planned.hours,
        minutes_per_person=planned.minutes_per_person,
        answers_wanted=planned.answers_wanted,
        exclusions=[
            LeftOut(record=exclusion.record, reason=exclusion.reason)
            for exclusion in planned.candidates.exclusions
        ],
    )


@routes.post("/admin/studies", status_code=201)
def create(body: Spec, service: ServiceDep, caller: Administering) -> StudySummaryView:
    """Make a draft, and encode its recordings for browsers."""
    planned = studies.plan(body)
    with service.database.writing() as session:
        study = studies.create(session, planned, caller.account.id)
        session.flush()
        content = StudySummaryView(study=StudySummary(**progress.summary(session, study)))
    service.prepare_audio(study.id)
    return content


@routes.get("/admin/studies/{study}", response_model_exclude_unset=True)
def show(study: Id, service: ServiceDep, caller: Administrator) -> StudyDetail:
    """A study and its items; right answers only once it is closed."""
    with service.database.reading() as session:
        found = studies.find(session, study)
        return StudyDetail(
            study=StudySummary(**progress.summary(session, found)),
            spec=found.spec,
            items=[StudyItem(**item) for item in studies.items(session, found)],
            unverified=unverified(session, found),
        )


@routes.post("/admin/studies/{study}/state")
def change_state(
    study: Id, body: NewStateBody, service: ServiceDep, caller: Administering
) -> StudySummaryView:
    """Open, pause or close a study."""
    with service.database.writing() as session:
        found = studies.find(session, study)
        studies.change_state(session, found, body.state, caller.account.id)
        session.flush()
        return StudySummaryView(study=StudySummary(**progress.summary(session, found)))


@routes.delete("/admin/studies/{study}")
def delete(study: Id, service: ServiceDep, caller: Administering) -> Done:
    """Remove a draft."""
    with service.database.writing() as session:
        studies.delete_draft(session, studies.find(session, study), caller.account.id)
    return Done()


@routes.get("/admin/studies/{study}/progress")
def show_progress(study: Id, service: ServiceDep, caller: Administrator) -> ProgressView:
    """How far it is by task and annotator."""
    with service.database.reading() as session:
        found = studies.find(session, study)
        return ProgressView(
            study=StudySummary(**progress.summary(session, found)),
            tasks=[TaskProgress(**task) for task in progress.by_task(session, found)],
            annotators=[
                AnnotatorProgress(**annotator) for annotator in progress.by_annotator(session, found)
            ],
        )


@routes.get("/admin/studies/{study}/flags")
def show_flags(study: Id, service: ServiceDep, caller: Administrator) -> FlagList:
    """Faults that were reported."""
    with service.database.reading() as session:
        return FlagList(flags=remarks.flags(session, studies.find(session, study).id))


@routes.get("/admin/studies/{study}/remarks")
def show_remarks(study: Id, service: ServiceDep, caller: Administrator) -> RemarkList:
    """What annotators wrote of each question: flags, reasons for skipping, comments."""
    with service.database.reading() as session:
        return RemarkList(items=remarks.remarks(session, studies.find(session, study).id))


@routes.get("/admin/audit")
def show_audit(
    service: ServiceDep,
    caller: Administrator,
    study: Annotated[str | None, Query(pattern=r"^[0-9a-f]{32}$")] = None,
    after: Annotated[int, Query(ge=0, lt=2**62)] = 0,
) -> EventList:
    """The audit log, so many events at a time."""
    with service.database.reading() as session:
        return EventList(
            events=[
                EventView(
                    id=event.id,
                    at=event.at,
                    actor=event.actor,
                    action=cast("audit.Action", event.action),
                    study=event.study_id,
                    subject=event.subject,
                    detail=event.detail,
                )
                for event in audit.events(session, study, after)
            ]
        )


@routes.delete("/admin/participants/{annotator}")
def delete_participant(annotator: Id, service: ServiceDep, caller: Administering) -> Done:
    """Remove everything of a participant, on their request; with their last study the account goes, too."""
    with service.database.writing() as session:
        person = participation.find(session, annotator)
        own = person.account_id == caller.account.id
        participation.delete_data(session, person, caller.account.id, keep_account=own)
    return Done()


@routes.post("/admin/exclusions")
def exclude(body: ExclusionBody, service: ServiceDep, caller: Administering) -> Done:
    """Leave a participant or an answer out of the results, or take them in again."""
    with service.database.writing() as session:
        exclusions.decide(
            session,
            participation.find(session, body.annotator),
            body.item,
            excluded=body.excluded,
            reason=body.reason,
            actor=caller.account.id,
        )
    return Done()
