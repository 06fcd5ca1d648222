"""Routes of the item in hand: what it is, listening, answers, sound."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Response
from fastapi.responses import FileResponse, JSONResponse
from pydantic import Field
from sqlalchemy.orm import Session

from amarathon.tasks import TASKS
from human_eval.annotation import participation
from human_eval.annotation.answering import (
    Fault,
    Given,
    InHand,
    check_changeable,
    current_answer,
    flag,
    in_hand,
    recording_in_hand,
    save_answer,
    save_draft,
    skip,
)
from human_eval.annotation.assignment import renew
from human_eval.annotation.coverage import Interval
from human_eval.annotation.listening import Report, credit, heard, is_unlocked
from human_eval.api.requests import NEVER, Access, Body, Caller, ClientId, Id, LongText, ShortText
from human_eval.assets import PREFIX
from human_eval.errors import ConflictError, HumanEvalError
from human_eval.recordings import MEDIA_TYPES, Coding
from human_eval.service import Desk
from human_eval.storage import audit
from human_eval.storage.identifiers import now
from human_eval.storage.schema import Answer

# A recording never changes under its address, and belongs to one person.
KEPT = {"Cache-Control": "private, max-age=86400, immutable"}
LONGEST_DRAFT = 60_000
Number = Annotated[float, Field(ge=-1e12, le=1e12)]


class PlayedInterval(Body):
    """See `human_eval.annotation.coverage.Interval`."""

    start: Number
    end: Number
    speed: Number
    at: Number
    muted: bool = False
    hidden: bool = False


class ListeningReport(Body):
    """What was played since the last report."""

    client_id: ClientId
    page: ClientId
    sent_at: Number
    intervals: Annotated[list[PlayedInterval], Field(max_length=1000)]


class Draft(Body):
    """What is not yet an answer."""

    draft: dict[str, Any]


class GivenAnswer(Body):
    """An answer."""

    client_id: ClientId
    choice: Annotated[int, Field(ge=0, le=100)] | None = None
    transcript: LongText | None = None
    confidence: Annotated[int, Field(ge=1, le=5)] | None = None
    comment: LongText = ""


class Skip(Body):
    """Why there is no answer."""

    reason: Annotated[ShortText, Field(min_length=1)]


class FlagReport(Body):
    """A fault of the item."""

    client_id: ClientId
    fault: Fault
    comment: LongText = ""


def add_routes(routes: APIRouter, desk: Desk, access: Access) -> None:
    """Add the routes of the item in hand."""
    _add_answering(routes, desk, access)
    _add_sound(routes, desk, access)


def _add_answering(routes: APIRouter, desk: Desk, access: Access) -> None:
    reader = Annotated[Caller, Depends(access.signed_in)]
    changer = Annotated[Caller, Depends(access.changing)]

    @routes.get("/items/{item}")
    def show(item: Id, caller: reader) -> Response:
        """The item."""
        with desk.database.reading() as session:
            hand = in_hand(session, caller.account.id, item)
            said = current_answer(session, hand.assignment.id)
        return _shown(hand, said)

    @routes.post("/items/{item}/open")
    def open_item(item: Id, caller: changer) -> Response:
        """The item is on the screen."""
        with desk.database.writing() as session:
            hand = _own(session, caller, item)
            if hand.assignment.opened_at is None:
                hand.assignment.opened_at = now()
            if hand.changeable:
                renew(session, hand.study, hand.assignment)
            said = current_answer(session, hand.assignment.id)
        return _shown(hand, said)

    @routes.post("/items/{item}/listening")
    def listen(item: Id, given: ListeningReport, caller: changer) -> Response:
        """Credit what was played, and renew the lease."""
        intervals = [Interval(**each.model_dump()) for each in given.intervals]
        report = Report(given.client_id, given.page, given.sent_at, intervals)
        try:
            with desk.database.writing() as session:
                hand = _own(session, caller, item)
                check_changeable(hand)
                refused = credit(session, hand.study, hand.assignment, hand.recording.duration_s, report)
                renew(session, hand.study, hand.assignment)
                content = {
                    "listening": _listening(hand),
                    "expires_at": hand.assignment.expires_at,
                    "refused": [{"index": index, "reason": reason} for index, reason in refused],
                }
        except ConflictError as error:
            _note_refusal(desk, caller, "refuse listening", item, error)
            raise
        return JSONResponse(content, headers=NEVER)

    @routes.put("/items/{item}/draft")
    def draft(item: Id, given: Draft, caller: changer) -> Response:
        """Keep a draft."""
        if len(str(given.draft)) > LONGEST_DRAFT:
            raise HumanEvalError("The draft is too long.")
        with desk.database.writing(urgent=True) as session:
            kept_at = save_draft(_own(session, caller, item), given.draft)
        return JSONResponse({"draft_at": kept_at}, headers=NEVER)

    @routes.put("/items/{item}/answer")
    def answer(item: Id, given: GivenAnswer, caller: changer) -> Response:
        """Keep an answer; it is on the disk before this returns."""
        try:
            with desk.database.writing(urgent=True) as session:
                hand = _own(session, caller, item)
                saved = save_answer(session, hand, Given(**given.model_dump()))
                content = {
                    "revision": saved.revision,
                    "saved_at": saved.saved_at,
                    "item": item_as_shown(hand, saved),
                    "feedback": _feedback(hand, saved.choice),
                }
        except ConflictError as error:
            _note_refusal(desk, caller, "refuse answer", item, error)
            raise
        return JSONResponse(content, headers=NEVER)

    @routes.post("/items/{item}/skip")
    def skip_item(item: Id, given: Skip, caller: changer) -> Response:
        """Leave the item without an answer."""
        with desk.database.writing() as session:
            hand = _own(session, caller, item)
            skip(session, hand, given.reason)
            content = {"item": item_as_shown(hand, current_answer(session, hand.assignment.id))}
            return JSONResponse(content, headers=NEVER)

    @routes.post("/items/{item}/flag")
    def flag_item(item: Id, given: FlagReport, caller: changer) -> Response:
        """Report a fault of the item."""
        with desk.database.writing() as session:
            flag(session, _own(session, caller, item), given.client_id, given.fault, given.comment)
        return JSONResponse({}, headers=NEVER)


def _add_sound(routes: APIRouter, desk: Desk, access: Access) -> None:
    reader = Annotated[Caller, Depends(access.signed_in)]

    @routes.get("/items/{item}/audio.{coding}")
    def audio(item: Id, coding: Coding, caller: reader) -> Response:
        """The recording; Range requests are answered."""
        return copy(item, coding, caller, MEDIA_TYPES[coding])

    @routes.get("/items/{item}/peaks")
    def peaks(item: Id, caller: reader) -> Response:
        """The recording's outline."""
        return copy(item, "peaks", caller, "application/json")

    def copy(item: str, kind: Coding | Literal["peaks"], caller: Caller, media_type: str) -> Response:
        with desk.database.reading() as session:
            recording = recording_in_hand(session, caller.account.id, item)
        path = desk.copies.find(recording, kind)
        return FileResponse(path, media_type=media_type, headers=KEPT, stat_result=path.stat())


def item_as_shown(hand: InHand, said: Answer | None) -> dict[str, Any]:
    """An item as its annotator sees it: no right answer, no sample id, nobody else's work."""
    assignment, item = hand.assignment, hand.item
    address = f"{PREFIX}/items/{assignment.id}"
    left = None
    if hand.study.time_limit_s is not None:
        began = assignment.opened_at or now()
        left = max(0.0, hand.study.time_limit_s - (now() - began))
    fields = {"choice", "transcript", "confidence", "comment", "revision"}
    return {
        "id": assignment.id,
        "place": assignment.place,
        "task": item.task,
        "task_name": TASKS[item.task].name,
        "practice": item.kind == "practice",
        "question": item.question,
        "options": [
            {"index": index, "text": item.options[index]["text"]} for index in assignment.option_order
        ],
        "duration_s": hand.recording.duration_s,
        "audio": {"opus": f"{address}/audio.opus", "mp3": f"{address}/audio.mp3"},
        "peaks": f"{address}/peaks",
        "state": assignment.state,
        "expires_at": assignment.expires_at,
        "seconds_left": left,
        "listening": _listening(hand),
        "draft": assignment.draft,
        "answer": {name: getattr(said, name) for name in sorted(fields)} if said else None,
        "changeable": hand.changeable,
    }


def _own(session: Session, caller: Caller, item: str) -> InHand:
    """The item, locked for a change, and a sign of life of its annotator."""
    hand = in_hand(session, caller.account.id, item, locked=True)
    participation.note_activity(hand.participant)
    return hand


def _listening(hand: InHand) -> dict[str, Any]:
    duration = hand.recording.duration_s
    return {
        "covered": hand.assignment.covered,
        "share": heard(hand.assignment, duration),
        "needed": hand.study.must_listen,
        "unlocked": is_unlocked(hand.study, hand.assignment, duration),
    }


def _feedback(hand: InHand, choice: int | None) -> dict[str, Any] | None:
    """What would have been right: on practice only."""
    item = hand.item
    if item.kind != "practice":
        return None
    correct = None if item.answer is None else choice == item.answer
    return {"correct": correct, "choice": item.answer, "reference": item.reference}


def _note_refusal(desk: Desk, caller: Caller, action: str, item: str, error: ConflictError) -> None:
    with desk.database.writing() as session:
        audit.record(session, caller.account.id, action, None, item, reason=str(error))


def _shown(hand: InHand, said: Answer | None) -> Response:
    return JSONResponse(item_as_shown(hand, said), headers=NEVER)
