"""Routes of a participant in a study."""

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy.orm import Session

from amarathon.tasks import TASKS
from human_eval.annotation import own_items, participation, sound_check
from human_eval.annotation.answering import hand_of
from human_eval.annotation.assignment import next_assignment, others_hold_some
from human_eval.api.annotation import item_view
from human_eval.api.dependencies import Changing, OpenDesk, SignedIn, new_router
from human_eval.api.requests import Body, Id, LongText
from human_eval.api.schemas_annotation import (
    NextItem,
    Nothing,
    OwnItem,
    OwnItems,
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


class Consent(Body):
    """The text that was agreed to."""

    consent: LongText


class SoundCheck(Body):
    """What was heard."""

    headphones: bool
    heard: Annotated[list[Literal["left", "right", "both"]], Field(max_length=20)]


class Next(Body):
    """Which item is wanted: the one in hand, or the one after it."""

    ahead: bool = False


@routes.get("/studies/{study}")
def show(study: Id, desk: OpenDesk, caller: SignedIn) -> StudyView:
    """The study, and how far one is."""
    with desk.database.reading() as session:
        mine = participation.of_account(session, study, caller.account)
        return described(session, studies.find(session, study), mine)


@routes.post("/studies/{study}/consent")
def consent(study: Id, given: Consent, desk: OpenDesk, caller: Changing) -> StudyView:
    """Agree to take part."""
    with desk.database.writing() as session:
        mine = participation.of_account(session, study, caller.account, locked=True)
        found = studies.find(session, study)
        participation.consent(session, found, mine, given.consent)
        return described(session, found, mine)


@routes.get(
    "/studies/{study}/sound-check.wav",
    response_class=Response,
    responses={200: {"content": {"audio/wav": {}}, "description": "A stereo WAV file."}},
)
def tones(study: Id, desk: OpenDesk, caller: SignedIn) -> Response:
    """The tones of the sound check."""
    with desk.database.reading() as session:
        mine = participation.of_account(session, study, caller.account)
        return Response(sound_check.tones(mine), media_type="audio/wav")


@routes.post("/studies/{study}/sound-check")
def check_sound(study: Id, given: SoundCheck, desk: OpenDesk, caller: Changing) -> SoundChecked:
    """Say where the tones were."""
    with desk.database.writing() as session:
        mine = participation.of_account(session, study, caller.account, locked=True)
        outcome = sound_check.check(session, mine, list(given.heard), headphones=given.headphones)
        view = described(session, studies.find(session, study), mine)
    if outcome == "passed":
        return SoundChecked(passed=True, hint=None, study=view)
    return SoundChecked(passed=False, hint=outcome, study=view)


@routes.post("/studies/{study}/next")
def next_item(study: Id, given: Next, desk: OpenDesk, caller: Changing) -> NextItem:
    """The item in hand, or the next one."""
    with desk.database.writing() as session:
        mine = participation.of_account(session, study, caller.account, locked=True)
        found = studies.find(session, study)
        participation.check_ready(found, mine)
        participation.note_activity(mine)
        assignment = next_assignment(session, found, mine, ahead=given.ahead)
        if assignment is None:
            waiting = others_hold_some(session, found.id, mine.id)
            return NextItem(item=None, reason="waiting" if waiting else "done")
        # What is given out has no answer yet.
        return NextItem(item=item_view(session, hand_of(session, found, mine, assignment), None), reason=None)


@routes.get("/studies/{study}/items")
def items(study: Id, desk: OpenDesk, caller: SignedIn) -> OwnItems:
    """The items one has had, to go back to."""
    with desk.database.reading() as session:
        mine = participation.of_account(session, study, caller.account)
        found = own_items.of_participant(session, mine)
    return OwnItems(items=[OwnItem(task_name=TASKS[each.task].name, **asdict(each)) for each in found])


@routes.post("/studies/{study}/pause")
def pause(study: Id, desk: OpenDesk, caller: Changing) -> StudyView:
    """Take a break."""
    with desk.database.writing() as session:
        mine = participation.of_account(session, study, caller.account, locked=True)
        participation.pause(session, mine)
        return described(session, studies.find(session, study), mine)


@routes.post("/studies/{study}/continue")
def go_on(study: Id, desk: OpenDesk, caller: Changing) -> StudyView:
    """Come back from a break."""
    with desk.database.writing() as session:
        mine = participation.of_account(session, study, caller.account, locked=True)
        participation.go_on(session, mine)
        return described(session, studies.find(session, study), mine)


@routes.post("/studies/{study}/submit")
def submit(study: Id, desk: OpenDesk, caller: Changing) -> StudyView:
    """Make one's answers final."""
    with desk.database.writing() as session:
        mine = participation.of_account(session, study, caller.account, locked=True)
        found = studies.find(session, study)
        participation.submit(session, found, mine)
        return described(session, found, mine)


@routes.delete("/studies/{study}/me")
def delete_me(study: Id, desk: OpenDesk, caller: Changing) -> Nothing:
    """Remove everything about oneself."""
    with desk.database.writing() as session:
        mine = participation.of_account(session, study, caller.account, locked=True)
        participation.delete_data(session, mine, mine.id, keep_account=caller.admin)
    return Nothing()


def described(session: Session, study: Study, mine: Participant) -> StudyView:
    """The study as its participant sees it."""
    session.flush()
    progress = own_progress(session, study, mine)

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
        annotator=mine.id,
        steps=Steps(
            consent=step(study.consent and mine.consented_at is None),
            sound_check=step(study.sound_check and mine.sound_checked_at is None),
            practice=step(progress.practice_to_do > 0),
        ),
        sound_check=SoundCheckView(tones=sound_check.TONES, every_s=sound_check.EVERY_S),
        progress=Progress(**asdict(progress)),
        pause_suggested=participation.pause_suggested(study, mine),
        paused=mine.paused_at is not None,
        submitted=mine.submitted_at is not None,
        completion_code=mine.completion_code,
    )
