"""Routes of the item in hand: what it is, listening, answers, sound."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse
from pydantic import Field
from sqlalchemy.orm import Session

from amarathon.tasks import TASKS
from human_eval.annotation import answering, own_items, participation
from human_eval.annotation.answering import Fault, Given, InHand, check_changeable, current_answer, in_hand
from human_eval.annotation.assignment import renew
from human_eval.annotation.coverage import Interval
from human_eval.annotation.feedback import Feedback, feedback
from human_eval.annotation.listening import Report, credit, heard, is_unlocked
from human_eval.api.dependencies import Changing, OpenDesk, SignedIn, new_router
from human_eval.api.requests import Body, Caller, ClientId, Id, LongText, Number, ShortText
from human_eval.api.schemas_annotation import (
    AnswerSaved,
    AnswerView,
    DraftKept,
    FeedbackView,
    ItemSkipped,
    ItemView,
    ListeningCredited,
    ListeningView,
    Nothing,
    OptionView,
    Outline,
    RefusedInterval,
    Sound,
)
from human_eval.assets import PREFIX
from human_eval.errors import ConflictError, HumanEvalError
from human_eval.service import Desk
from human_eval.storage import audit
from human_eval.storage.audit import Action
from human_eval.storage.identifiers import now
from human_eval.storage.schema import Answer
from web.media_types import MEDIA_TYPES, Coding

routes: APIRouter = new_router()

# A recording never changes under its address, and belongs to one person.
KEPT = {"Cache-Control": "private, max-age=86400, immutable"}
LONGEST_DRAFT = 60_000


class PlayedInterval(Body):
    """A stretch played in one go, at one speed, aloud or muted, in sight or hidden.

    `start` and `end` are seconds of the recording, `speed` its seconds a second, `at` the second of the
    page's clock at which it began. Shorter ones than 0.05 s are too short to hear.
    """

    start: Number
    end: Number
    speed: Number
    at: Number
    muted: bool = False
    hidden: bool = False


class ListeningReport(Body):
    """What was played since the last report.

    `page` names one load of the page, whose clock (``performance.now()``, in seconds) `at` and `sent_at`
    are read from. A report that found no connection is sent again as it was, before newer ones.
    """

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


@routes.get("/items/{item}")
def show(item: Id, desk: OpenDesk, caller: SignedIn) -> ItemView:
    """The item."""
    with desk.database.reading() as session:
        hand = in_hand(session, caller.account.id, item)
        return item_view(session, hand, current_answer(session, hand.assignment.id))


@routes.post("/items/{item}/open")
def open_item(item: Id, desk: OpenDesk, caller: Changing) -> ItemView:
    """The item is on the screen."""
    with desk.database.writing() as session:
        hand = _own(session, caller, item)
        if hand.assignment.opened_at is None:
            hand.assignment.opened_at = now()
        if hand.changeable:
            renew(session, hand.study, hand.assignment)
        return item_view(session, hand, current_answer(session, hand.assignment.id))


@routes.post("/items/{item}/listening")
def listen(item: Id, given: ListeningReport, desk: OpenDesk, caller: Changing) -> ListeningCredited:
    """Credit what was played, and keep the item one's own for longer.

    The page sends a report every few seconds, an empty one where nothing was played. What cannot have been
    heard in the time that has passed is refused stretch by stretch. Muted stretches, and those faster than
    the study's `max_speed`, are kept and do not count. The same `client_id` with the same body gives the
    same answer again and changes nothing; with another body it is refused.
    """
    intervals = [Interval(**each.model_dump()) for each in given.intervals]
    report = Report(given.client_id, given.page, given.sent_at, intervals)
    try:
        with desk.database.writing() as session:
            hand = _own(session, caller, item)
            check_changeable(hand)
            refused = credit(session, hand.study, hand.assignment, hand.recording.duration_s, report)
            renew(session, hand.study, hand.assignment)
            return ListeningCredited(
                listening=_listening(hand),
                expires_at=hand.assignment.expires_at,
                refused=[RefusedInterval(index=index, reason=reason) for index, reason in refused],
            )
    except ConflictError as error:
        _note_refusal(desk, caller, "refuse listening", item, error)
        raise


@routes.put("/items/{item}/draft")
def draft(item: Id, given: Draft, desk: OpenDesk, caller: Changing) -> DraftKept:
    """Keep a draft."""
    if len(str(given.draft)) > LONGEST_DRAFT:
        raise HumanEvalError("The draft is too long.")
    with desk.database.writing(urgent=True) as session:
        return DraftKept(draft_at=answering.save_draft(_own(session, caller, item), given.draft))


@routes.put("/items/{item}/answer", response_model_exclude_unset=True)
def answer(item: Id, given: GivenAnswer, desk: OpenDesk, caller: Changing) -> AnswerSaved:
    """Keep an answer; it is on the disk before this returns.

    Refused before enough was heard, and once answers are final. The same `client_id` with the same body
    gives the same answer again and changes nothing; with another body it is refused.
    """
    try:
        with desk.database.writing(urgent=True) as session:
            hand = _own(session, caller, item)
            saved = answering.save_answer(session, hand, Given(**given.model_dump()))
            learnt = feedback(hand.item, saved)
            return AnswerSaved(
                revision=saved.revision,
                saved_at=saved.saved_at,
                item=item_view(session, hand, saved),
                feedback=_feedback_view(learnt) if learnt else None,
            )
    except ConflictError as error:
        _note_refusal(desk, caller, "refuse answer", item, error)
        raise


@routes.post("/items/{item}/skip")
def skip_item(item: Id, given: Skip, desk: OpenDesk, caller: Changing) -> ItemSkipped:
    """Leave the item without an answer; one that is given later takes it back."""
    with desk.database.writing() as session:
        hand = _own(session, caller, item)
        answering.skip(session, hand, given.reason)
        return ItemSkipped(item=item_view(session, hand, current_answer(session, hand.assignment.id)))


@routes.post("/items/{item}/flag")
def flag_item(item: Id, given: FlagReport, desk: OpenDesk, caller: Changing) -> Nothing:
    """Report a fault of the item."""
    with desk.database.writing() as session:
        answering.flag(session, _own(session, caller, item), given.client_id, given.fault, given.comment)
    return Nothing()


@routes.get(
    "/items/{item}/audio.{coding}",
    response_class=FileResponse,
    responses={200: {"content": {kind: {} for kind in MEDIA_TYPES.values()}, "description": "The sound."}},
)
def audio(item: Id, coding: Coding, desk: OpenDesk, caller: SignedIn) -> Response:
    """The recording; Range requests are answered."""
    return _copy(desk, caller, item, coding, MEDIA_TYPES[coding])


@routes.get("/items/{item}/peaks", response_class=FileResponse, responses={200: {"model": Outline}})
def peaks(item: Id, desk: OpenDesk, caller: SignedIn) -> Response:
    """The recording's outline."""
    return _copy(desk, caller, item, "peaks", "application/json")


def _copy(
    desk: Desk, caller: Caller, item: str, kind: Coding | Literal["peaks"], media_type: str
) -> Response:
    with desk.database.reading() as session:
        recording = answering.recording_in_hand(session, caller.account.id, item)
    path = desk.copies.find(recording, kind)
    return FileResponse(path, media_type=media_type, headers=KEPT, stat_result=path.stat())


def item_view(session: Session, hand: InHand, said: Answer | None) -> ItemView:
    """An item as its annotator sees it: no right answer, no sample id, nobody else's work."""
    assignment, item = hand.assignment, hand.item
    address = f"{PREFIX}/items/{assignment.id}"
    left = None
    if hand.study.time_limit_s is not None:
        began = assignment.opened_at or now()
        left = max(0.0, hand.study.time_limit_s - (now() - began))
    return ItemView(
        id=assignment.id,
        place=assignment.place,
        number=own_items.number(session, assignment, item),
        task=item.task,
        task_name=TASKS[item.task].name,
        practice=item.kind == "practice",
        question=item.question,
        options=[
            OptionView(index=index, text=item.options[index]["text"]) for index in assignment.option_order
        ],
        duration_s=hand.recording.duration_s,
        audio=Sound(opus=f"{address}/audio.opus", mp3=f"{address}/audio.mp3"),
        peaks=f"{address}/peaks",
        state=assignment.state,  # type: ignore[arg-type]  # the table's column is a plain string
        expires_at=assignment.expires_at,
        seconds_left=left,
        listening=_listening(hand),
        draft=assignment.draft,
        answer=AnswerView.model_validate(said, from_attributes=True) if said else None,
        changeable=hand.changeable,
    )


def _own(session: Session, caller: Caller, item: str) -> InHand:
    """The item, locked for a change, and a sign of life of its annotator."""
    hand = in_hand(session, caller.account.id, item, locked=True)
    participation.note_activity(hand.participant)
    return hand


def _listening(hand: InHand) -> ListeningView:
    duration = hand.recording.duration_s
    return ListeningView(
        covered=hand.assignment.covered,
        share=heard(hand.assignment, duration),
        needed=hand.study.must_listen,
        unlocked=is_unlocked(hand.study, hand.assignment, duration),
    )


def _feedback_view(learnt: Feedback) -> FeedbackView:
    fields = asdict(learnt)
    if learnt.reference is None:
        del fields["difference"]
    return FeedbackView(**fields)


def _note_refusal(desk: Desk, caller: Caller, action: Action, item: str, error: ConflictError) -> None:
    with desk.database.writing() as session:
        audit.record(session, caller.account.id, action, None, item, reason=str(error))
