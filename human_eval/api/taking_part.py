"""Routes of a participant in a study."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from human_eval import participation, sound_check, studies
from human_eval.answering import hand_of
from human_eval.api.items import item_as_shown
from human_eval.api.requests import NEVER, Access, Body, Caller, Id, LongText
from human_eval.assignment import next_assignment, others_hold_some
from human_eval.desk import Desk
from human_eval.progress import own_progress
from human_eval.schema import Assignment, Item, Participant, Study


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


def add_routes(routes: APIRouter, desk: Desk, access: Access) -> None:
    """Add a participant's routes."""
    reader = Annotated[Caller, Depends(access.signed_in)]
    changer = Annotated[Caller, Depends(access.changing)]

    @routes.get("/studies/{study}")
    def show(study: Id, caller: reader) -> Response:
        """The study, and how far one is."""
        with desk.database.reading() as session:
            mine = participation.of_account(session, study, caller.account)
            return _shown(session, studies.find(session, study), mine)

    @routes.post("/studies/{study}/consent")
    def consent(study: Id, given: Consent, caller: changer) -> Response:
        """Agree to take part."""
        with desk.database.writing() as session:
            mine = participation.of_account(session, study, caller.account, locked=True)
            found = studies.find(session, study)
            participation.consent(session, found, mine, given.consent)
            return _shown(session, found, mine)

    @routes.get("/studies/{study}/sound-check.wav")
    def tones(study: Id, caller: reader) -> Response:
        """The tones of the sound check."""
        with desk.database.reading() as session:
            mine = participation.of_account(session, study, caller.account)
            return Response(sound_check.tones(mine), media_type="audio/wav", headers=NEVER)

    @routes.post("/studies/{study}/sound-check")
    def check_sound(study: Id, given: SoundCheck, caller: changer) -> Response:
        """Say where the tones were."""
        with desk.database.writing() as session:
            mine = participation.of_account(session, study, caller.account, locked=True)
            passed = sound_check.check(session, mine, list(given.heard), headphones=given.headphones)
            content = described(session, studies.find(session, study), mine)
            return JSONResponse({"passed": passed, "study": content}, headers=NEVER)

    @routes.post("/studies/{study}/next")
    def next_item(study: Id, given: Next, caller: changer) -> Response:
        """The item in hand, or the next one."""
        with desk.database.writing() as session:
            mine = participation.of_account(session, study, caller.account, locked=True)
            found = studies.find(session, study)
            participation.check_ready(found, mine)
            participation.note_activity(mine)
            assignment = next_assignment(session, found, mine, ahead=given.ahead)
            waiting = assignment is None and others_hold_some(session, found.id, mine.id)
            hand = hand_of(session, found, mine, assignment) if assignment else None
        if hand is None:
            content: dict[str, Any] = {"item": None, "reason": "waiting" if waiting else "done"}
        else:
            # What is given out has no answer yet.
            content = {"item": item_as_shown(hand, None), "reason": None}
        return JSONResponse(content, headers=NEVER)

    @routes.get("/studies/{study}/items")
    def items(study: Id, caller: reader) -> Response:
        """The items one has had, to go back to."""
        with desk.database.reading() as session:
            mine = participation.of_account(session, study, caller.account)
            found = session.execute(
                select(Assignment.id, Assignment.place, Item.task, Assignment.state, Item.kind)
                .join(Item, Item.id == Assignment.item_id)
                .where(Assignment.participant_id == mine.id)
                .order_by(Assignment.place)
            )
            rows = [
                {"id": row.id, "place": row.place, "task": row.task, "state": row.state}
                | {"practice": row.kind == "practice"}
                for row in found
            ]
            return JSONResponse({"items": rows}, headers=NEVER)

    @routes.post("/studies/{study}/{action}")
    def act(study: Id, action: Literal["pause", "continue", "submit"], caller: changer) -> Response:
        """Take a break, come back, or make the answers final."""
        with desk.database.writing() as session:
            mine = participation.of_account(session, study, caller.account, locked=True)
            found = studies.find(session, study)
            if action == "pause":
                participation.pause(session, mine)
            elif action == "continue":
                participation.go_on(session, mine)
            else:
                participation.submit(session, found, mine)
            return _shown(session, found, mine)

    @routes.delete("/studies/{study}/me")
    def delete_me(study: Id, caller: changer) -> Response:
        """Remove everything about oneself."""
        with desk.database.writing() as session:
            mine = participation.of_account(session, study, caller.account, locked=True)
            participation.delete_data(session, mine, mine.id, keep_account=caller.admin)
        return JSONResponse({}, headers=NEVER)


def described(session: Session, study: Study, mine: Participant) -> dict[str, Any]:
    """The study as its participant sees it."""
    session.flush()
    progress = own_progress(session, study, mine)

    def step(needed: object) -> str:
        return "needed" if needed else "done"

    return {
        "id": study.id,
        "name": study.name,
        "state": study.state,
        "instructions": study.instructions,
        "consent": study.consent,
        "must_listen": study.must_listen,
        "max_speed": study.max_speed,
        "time_limit_s": study.time_limit_s,
        "annotator": mine.id,
        "steps": {
            "consent": step(study.consent and mine.consented_at is None),
            "sound_check": step(study.sound_check and mine.sound_checked_at is None),
            "practice": step(progress.practice_to_do > 0),
        },
        "progress": asdict(progress),
        "pause_suggested": participation.pause_suggested(study, mine),
        "paused": mine.paused_at is not None,
        "submitted": mine.submitted_at is not None,
        "completion_code": mine.completion_code,
    }


def _shown(session: Session, study: Study, mine: Participant) -> Response:
    return JSONResponse(described(session, study, mine), headers=NEVER)
