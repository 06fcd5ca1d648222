"""Routes of a participant in a study."""

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy.orm import Session

from amarathon.tasks import TASKS
from human_eval.annotation import own_items, participation, sound_check
from human_eval.annotation.answering import context_of
from human_eval.annotation.assignment import next_assignment, others_hold_leases
from human_eval.api.annotation import item_view
from human_eval.api.dependencies import Changing, ServiceDep, SignedIn, new_router
from human_eval.api.requests import Body, Id, LongText
from human_eval.api.schemas.base import Done
from human_eval.api.schemas.participation import (
    NextItem,
    OwnItems,
    OwnItemView,
    Progress,
    SoundChecked,
    SoundCheckView,
    Steps,
    StepState,
    StudyView,
)
from human_eval.storage.schema import Participant, Study
from human_eval.studies import study as studies
from human_eval.studies.progress import own_progress

routes: APIRouter = new_router()


class ConsentBody(Body):
    """The text that was agreed to."""

    consent: LongText


class SoundCheckBody(Body):
    """In which ear each tone was heard."""

    headphones: bool
    heard: Annotated[list[Literal["left", "right", "both"]], Field(max_length=20)]


class NextItemBody(Body):
    """Which item is wanted: the current one, or the one after it."""

    ahead: bool = False


@routes.get("/studies/{study}")
def show(study: Id, service: ServiceDep, caller: SignedIn) -> StudyView:
    """The study, and how far one is."""
    with service.database.reading() as session:
        participant = participation.of_account(session, study, caller.account)
        return described(session, studies.find(session, study), participant)


@routes.post("/studies/{study}/consent")
def consent(study: Id, body: ConsentBody, service: ServiceDep, caller: Changing) -> StudyView:
    """Agree to take part."""
    with service.database.writing() as session:
        participant = participation.of_account(session, study, caller.account, locked=True)
        found = studies.find(session, study)
        participation.consent(session, found, participant, body.consent)
        return described(session, found, participant)


@routes.get(
    "/studies/{study}/sound-check.wav",
    response_class=Response,
    responses={200: {"content": {"audio/wav": {}}, "description": "A stereo WAV file."}},
)
def tones(study: Id, service: ServiceDep, caller: SignedIn) -> Response:
    """The tones of the sound check."""
    with service.database.reading() as session:
        participant = participation.of_account(session, study, caller.account)
        return Response(sound_check.tones(participant), media_type="audio/wav")


@routes.post("/studies/{study}/sound-check")
def check_sound(study: Id, body: SoundCheckBody, service: ServiceDep, caller: Changing) -> SoundChecked:
    """Answer in which ear each tone was."""
    with service.database.writing() as session:
        participant = participation.of_account(session, study, caller.account, locked=True)
        outcome = sound_check.check(session, participant, list(body.heard), headphones=body.headphones)
        view = described(session, studies.find(session, study), participant)
    if outcome == "passed":
        return SoundChecked(passed=True, hint=None, study=view)
    return SoundChecked(passed=False, hint=outcome, study=view)


@routes.post("/studies/{study}/next")
def next_item(study: Id, body: NextItemBody, service: ServiceDep, caller: Changing) -> NextItem:
    """The current item, or the next one."""
    with service.database.writing() as session:
        participant = participation.of_account(session, study, caller.account, locked=True)
        found = studies.find(session, study)
        participation.check_ready(found, participant)
        participation.note_activity(participant)
        assignment = next_assignment(session, found, participant, ahead=body.ahead)
        if assignment is None:
            waiting = others_hold_leases(session, found.id, participant.id)
            return NextItem(item=None, reason="waiting" if waiting else "done")
        # A new assignment has no answer yet.
        return NextItem(
            item=item_view(session, context_of(session, found, participant, assignment), None), reason=None
        )


@routes.get("/studies/{study}/items")
def items(study: Id, service: ServiceDep, caller: SignedIn) -> OwnItems:
    """One's own items, to go back to."""
    with service.database.reading() as session:
        participant = participation.of_account(session, study, caller.account)
        found = own_items.of_participant(session, participant)
    return OwnItems(items=[OwnItemView(task_name=TASKS[item.task].name, **asdict(item)) for item in found])


@routes.post("/studies/{study}/pause")
def pause(study: Id, service: ServiceDep, caller: Changing) -> StudyView:
    """Take a break."""
    with service.database.writing() as session:
        participant = participation.of_account(session, study, caller.account, locked=True)
        participation.pause(session, participant)
        return described(session, studies.find(session, study), participant)


@routes.post("/studies/{study}/continue")
def resume(study: Id, service: ServiceDep, caller: Changing) -> StudyView:
    """Come back from a break."""
    with service.database.writing() as session:
        participant = participation.of_account(session, study, caller.account, locked=True)
        participation.resume(session, participant)
        return described(session, studies.find(session, study), participant)


@routes.post("/studies/{study}/submit")
def submit(study: Id, service: ServiceDep, caller: Changing) -> StudyView:
    """Make one's answers final."""
    with service.database.writing() as session:
        participant = participation.of_account(session, study, caller.account, locked=True)
        found = studies.find(session, study)
        participation.submit(session, found, participant)
        return described(session, found, participant)


@routes.delete("/studies/{study}/me")
def delete_me(study: Id, service: ServiceDep, caller: Changing) -> Done:
    """Remove everything about oneself."""
    with service.database.writing() as session:
        participant = participation.of_account(session, study, caller.account, locked=True)
        participation.delete_data(session, participant, participant.id, keep_account=caller.admin)
    return Done()


def described(session: Session, study: Study, participant: Participant) -> StudyView:
    """The study as its participant sees it."""
    session.flush()
    progress = own_progress(session, study, participant)

    def step(needed: object) -> StepState:
        return "needed" if needed else "done"

    return StudyView(
        id=study.id,
        name=study.name,
        state=study.state,
        instructions=study.instructions,
        consent=study.consent,
        must_listen=study.must_listen,
        max_speed=study.max_speed,
        time_limit_s=study.time_limit_s,
        annotator=participant.id,
        steps=Steps(
            consent=step(study.consent and participant.consented_at is None),
            sound_check=step(study.sound_check and participant.sound_checked_at is None),
            practice=step(progress.practice_to_do > 0),
        ),
        sound_check=SoundCheckView(tones=sound_check.TONES, every_s=sound_check.EVERY_S),
        progress=Progress(**asdict(progress)),
        pause_suggested=participation.pause_suggested(study, participant),
        paused=participant.paused_at is not None,
        submitted=participant.submitted_at is not None,
        completion_code=participant.completion_code,
    )
