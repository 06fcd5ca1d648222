"""Routes of an assigned item: its question and audio, listening, answers."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse
from pydantic import Field
from sqlalchemy.orm import Session

from amarathon.tasks import TASKS
from human_eval.annotation import answering, own_items, participation
from human_eval.annotation.answering import (
    AssignmentContext,
    Fault,
    NewAnswer,
    check_changeable,
    current_answer,
    find_assignment,
)
from human_eval.annotation.assignment import renew
from human_eval.annotation.feedback import Feedback, feedback
from human_eval.annotation.listening import coverage_of, credit, is_unlocked
from human_eval.api.dependencies import Changing, ServiceDep, SignedIn, new_router
from human_eval.api.listening import PlaybackBody
from human_eval.api.requests import Body, Caller, ClientId, Id, LongText, ShortText
from human_eval.api.schemas.annotation import (
    AnswerSaved,
    AnswerView,
    AudioLinks,
    DraftKept,
    FeedbackView,
    ItemSkipped,
    ItemView,
    ListeningCredited,
    OptionView,
)
from human_eval.api.schemas.base import Done
from human_eval.api.schemas.listening import ListeningView, RefusedInterval
from human_eval.assets import PREFIX
from human_eval.errors import ConflictError, HumanEvalError
from human_eval.service import Service
from human_eval.storage import audit
from human_eval.storage.audit import Action
from human_eval.storage.identifiers import now
from human_eval.storage.schema import Answer
from web.audio_copies import CopyKind, WaveformPeaks
from web.media_types import MEDIA_TYPES, Coding

routes: APIRouter = new_router()

# A recording never changes under its address, and belongs to one person.
KEPT = {"Cache-Control": "private, max-age=86400, immutable"}
LONGEST_DRAFT = 60_000


class DraftBody(Body):
    """What is not yet an answer."""

    draft: dict[str, Any]


class AnswerBody(Body):
    """An answer."""

    client_id: ClientId
    choice: Annotated[int, Field(ge=0, le=100)] | None = None
    transcript: LongText | None = None
    confidence: Annotated[int, Field(ge=1, le=5)] | None = None
    comment: LongText = ""


class SkipBody(Body):
    """Why there is no answer."""

    reason: Annotated[ShortText, Field(min_length=1)]


class FlagBody(Body):
    """A fault of the item."""

    client_id: ClientId
    fault: Fault
    comment: LongText = ""


@routes.get("/items/{item}")
def show(item: Id, service: ServiceDep, caller: SignedIn) -> ItemView:
    """The item."""
    with service.database.reading() as session:
        context = find_assignment(session, caller.account.id, item)
        return item_view(session, context, current_answer(session, context.assignment.id))


@routes.post("/items/{item}/open")
def open_item(item: Id, service: ServiceDep, caller: Changing) -> ItemView:
    """The item is on the screen."""
    with service.database.writing() as session:
        context = _own(session, caller, item)
        if context.assignment.opened_at is None:
            context.assignment.opened_at = now()
        if context.changeable:
            renew(session, context.study, context.assignment)
        return item_view(session, context, current_answer(session, context.assignment.id))


@routes.post("/items/{item}/listening")
def listen(item: Id, body: PlaybackBody, service: ServiceDep, caller: Changing) -> ListeningCredited:
    """Credit what was played, and keep the item one's own for longer.

    The page sends a report every few seconds, an empty one where nothing was played. Intervals that cannot
    have been played in the time that has passed are refused. Muted intervals, and those faster than the
    study's `max_speed`, are kept and do not count. The same `client_id` with the same body gives the
    same answer again and changes nothing; with another body it is refused.
    """
    report = body.report()
    try:
        with service.database.writing() as session:
            context = _own(session, caller, item)
            check_changeable(context)
            refused = credit(session, context.study, context.assignment, context.recording.duration_s, report)
            renew(session, context.study, context.assignment)
            return ListeningCredited(
                listening=_listening(context),
                expires_at=context.assignment.expires_at,
                refused=[RefusedInterval(index=index, reason=reason) for index, reason in refused],
            )
    except ConflictError as error:
        _note_refusal(service, caller, "refuse listening", item, error)
        raise


@routes.put("/items/{item}/draft")
def draft(item: Id, body: DraftBody, service: ServiceDep, caller: Changing) -> DraftKept:
    """Keep a draft."""
    if len(str(body.draft)) > LONGEST_DRAFT:
        raise HumanEvalError("The draft is too long.")
    with service.database.writing(urgent=True) as session:
        return DraftKept(draft_at=answering.save_draft(_own(session, caller, item), body.draft))


@routes.put("/items/{item}/answer", response_model_exclude_unset=True)
def answer(item: Id, body: AnswerBody, service: ServiceDep, caller: Changing) -> AnswerSaved:
    """Keep an answer; it is stored on the disk before this returns.

    Refused before enough was played, and once answers are final. The same `client_id` with the same body
    gives the same answer again and changes nothing; with another body it is refused.
    """
    try:
        with service.database.writing(urgent=True) as session:
            context = _own(session, caller, item)
            saved = answering.save_answer(session, context, NewAnswer(**body.model_dump()))
            found = feedback(context.item, saved)
            return AnswerSaved(
                revision=saved.revision,
                saved_at=saved.saved_at,
                item=item_view(session, context, saved),
                feedback=_feedback_view(found) if found else None,
            )
    except ConflictError as error:
        _note_refusal(service, caller, "refuse answer", item, error)
        raise


@routes.post("/items/{item}/skip")
def skip_item(item: Id, body: SkipBody, service: ServiceDep, caller: Changing) -> ItemSkipped:
    """Leave the item without an answer; one that is given later takes it back."""
    with service.database.writing() as session:
        context = _own(session, caller, item)
        answering.skip(session, context, body.reason)
        return ItemSkipped(item=item_view(session, context, current_answer(session, context.assignment.id)))


@routes.post("/items/{item}/flag")
def flag_item(item: Id, body: FlagBody, service: ServiceDep, caller: Changing) -> Done:
    """Report a fault of the item."""
    with service.database.writing() as session:
        answering.flag(session, _own(session, caller, item), body.client_id, body.fault, body.comment)
    return Done()


@routes.get(
    "/items/{item}/audio.{coding}",
    response_class=FileResponse,
    responses={200: {"content": {kind: {} for kind in MEDIA_TYPES.values()}, "description": "The audio."}},
)
def audio(item: Id, coding: Coding, service: ServiceDep, caller: SignedIn) -> Response:
    """The recording; Range requests are answered."""
    return _audio_file(service, caller, item, coding, MEDIA_TYPES[coding])


@routes.get("/items/{item}/peaks", response_class=FileResponse, responses={200: {"model": WaveformPeaks}})
def peaks(item: Id, service: ServiceDep, caller: SignedIn) -> Response:
    """The peaks of the recording's waveform."""
    return _audio_file(service, caller, item, "peaks", "application/json")


def _audio_file(service: Service, caller: Caller, item: str, kind: CopyKind, media_type: str) -> Response:
    with service.database.reading() as session:
        recording = answering.recording_of(session, caller.account.id, item)
    path = service.audio_cache.find(Path(recording.path), recording.sha256, kind)
    return FileResponse(path, media_type=media_type, headers=KEPT, stat_result=path.stat())


def item_view(session: Session, context: AssignmentContext, current: Answer | None) -> ItemView:
    """An item as its annotator sees it: no right answer, no sample id, nobody else's work."""
    assignment, item = context.assignment, context.item
    address = f"{PREFIX}/items/{assignment.id}"
    left = None
    if context.study.time_limit_s is not None:
        began = assignment.opened_at or now()
        left = max(0.0, context.study.time_limit_s - (now() - began))
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
        duration_s=context.recording.duration_s,
        audio=AudioLinks(opus=f"{address}/audio.opus", mp3=f"{address}/audio.mp3"),
        peaks=f"{address}/peaks",
        state=assignment.state,  # type: ignore[arg-type]  # the table's column is a plain string
        expires_at=assignment.expires_at,
        seconds_left=left,
        listening=_listening(context),
        draft=assignment.draft,
        answer=AnswerView.model_validate(current, from_attributes=True) if current else None,
        changeable=context.changeable,
    )


def _own(session: Session, caller: Caller, item: str) -> AssignmentContext:
    """The assignment, locked for a change; its annotator is noted as active."""
    context = find_assignment(session, caller.account.id, item, locked=True)
    participation.note_activity(context.participant)
    return context


def _listening(context: AssignmentContext) -> ListeningView:
    duration = context.recording.duration_s
    return ListeningView(
        covered=context.assignment.covered,
        share=coverage_of(context.assignment, duration),
        needed=context.study.must_listen,
        unlocked=is_unlocked(context.study, context.assignment, duration),
    )


def _feedback_view(feedback: Feedback) -> FeedbackView:
    fields = asdict(feedback)
    if feedback.reference is None:
        del fields["difference"]
    return FeedbackView(**fields)


def _note_refusal(service: Service, caller: Caller, action: Action, item: str, error: ConflictError) -> None:
    with service.database.writing() as session:
        audit.record(session, caller.account.id, action, None, item, reason=str(error))
