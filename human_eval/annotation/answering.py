"""Answers, drafts, skips and flags of the item in hand."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from human_eval.annotation.assignment import free_place, take_place
from human_eval.annotation.listening import body_digest, heard, is_unlocked
from human_eval.errors import ConflictError, HumanEvalError, UnknownError
from human_eval.storage import audit
from human_eval.storage.identifiers import new_id, now
from human_eval.storage.schema import Answer, Assignment, Flag, Item, Participant, Recording, Study

NOT_YOURS = "There is no such question of yours."
Fault = Literal["audio", "question", "options", "other"]


@dataclass(frozen=True)
class InHand:
    """An item in somebody's hand, with all that belongs to it."""

    study: Study
    participant: Participant
    assignment: Assignment
    item: Item
    recording: Recording

    @property
    def changeable(self) -> bool:
        """Whether an answer may still be given or changed."""
        return self.study.state in {"open", "paused"} and self.participant.submitted_at is None


@dataclass(frozen=True)
class Given:
    """An answer as it was sent; `choice` is a canonical option index."""

    client_id: str
    choice: int | None
    transcript: str | None
    confidence: int | None
    comment: str


def in_hand(session: Session, account: str, assignment: str, *, locked: bool = False) -> InHand:
    """Find an assignment of an account's.

    Parameters
    ----------
    locked : bool
        Let what the same person does at the same time wait until this transaction ends.

    Raises
    ------
    UnknownError
        If there is none by this id, or it is somebody else's: the two look the same.
    """
    mine = (Assignment.id == assignment, Participant.account_id == account)
    if locked and session.get_bind().dialect.name != "sqlite":  # whose one writer this is
        # Alone, so that it locks the person's row and no other.
        owner = select(Participant.id).join(Assignment, Assignment.participant_id == Participant.id)
        session.scalars(owner.where(*mine).with_for_update(key_share=True, of=Participant)).first()
    found = session.execute(
        select(Study, Participant, Assignment, Item, Recording)
        .select_from(Assignment)
        .join(Participant, Participant.id == Assignment.participant_id)
        .join(Study, Study.id == Assignment.study_id)
        .join(Item, Item.id == Assignment.item_id)
        .join(Recording, Recording.id == Item.recording_id)
        .where(*mine)
    ).first()
    if found is None:
        raise UnknownError(NOT_YOURS)
    return InHand(*found)


def recording_in_hand(session: Session, account: str, assignment: str) -> Recording:
    """The recording of an assignment of an account's.

    Raises
    ------
    UnknownError
        As by `in_hand`.
    """
    wanted = (
        select(Recording)
        .join(Item, Item.recording_id == Recording.id)
        .join(Assignment, Assignment.item_id == Item.id)
        .join(Participant, Participant.id == Assignment.participant_id)
        .where(Assignment.id == assignment, Participant.account_id == account)
    )
    found = session.scalars(wanted).first()
    if found is None:
        raise UnknownError(NOT_YOURS)
    return found


def hand_of(session: Session, study: Study, participant: Participant, assignment: Assignment) -> InHand:
    """An assignment that was just given, with all that belongs to it."""
    item = session.get_one(Item, assignment.item_id)
    return InHand(study, participant, assignment, item, session.get_one(Recording, item.recording_id))


def current_answer(session: Session, assignment: str) -> Answer | None:
    """The newest answer of an assignment."""
    return session.scalars(select(Answer).where(Answer.assignment_id == assignment, Answer.current)).first()


def check_changeable(hand: InHand) -> None:
    """See that answers may still be given.

    Raises
    ------
    ConflictError
    """
    if hand.study.state == "closed":
        raise ConflictError("The study is closed.")
    if not hand.changeable:
        raise ConflictError("You have submitted your answers.")


def save_answer(session: Session, hand: InHand, given: Given) -> Answer:
    """Keep an answer as the assignment's newest. Sent again, it changes nothing.

    Returns
    -------
    Answer
        What was saved, by this or by the first request of this client id.

    Raises
    ------
    ConflictError
        If another answer has this client id, too little was heard, or answers are final.
    HumanEvalError
        If it is no answer to this item.
    """
    assignment, body = hand.assignment, body_digest(asdict(given))
    versions = session.scalars(
        select(Answer).where(Answer.assignment_id == assignment.id).order_by(Answer.revision)
    ).all()
    before = next((each for each in versions if each.client_id == given.client_id), None)
    if before is not None:
        if before.body_sha256 != body:
            raise ConflictError("Another answer was sent under the same id; load the page again.")
        return before
    check_changeable(hand)
    _check_answers_the_item(hand.item, given)
    if not is_unlocked(hand.study, assignment, hand.recording.duration_s):
        needed = round(100 * hand.study.must_listen)
        played = int(100 * heard(assignment, hand.recording.duration_s))
        raise ConflictError(f"{played}% of the recording was heard; an answer is taken from {needed}% on.")
    at = now()
    if versions:
        session.execute(
            update(Answer).where(Answer.assignment_id == assignment.id, Answer.current).values(current=False)
        )
    elapsed = at - (assignment.opened_at or assignment.leased_at)
    limit = hand.study.time_limit_s
    answer = Answer(
        id=new_id(),
        assignment_id=assignment.id,
        body_sha256=body,
        revision=versions[-1].revision + 1 if versions else 1,
        current=True,
        coverage=heard(assignment, hand.recording.duration_s),
        elapsed_s=elapsed,
        over_time=limit is not None and elapsed > limit,
        saved_at=at,
        **asdict(given),
    )
    session.add(answer)
    _hold_place(session, hand)
    assignment.state, assignment.skip_reason, assignment.draft = "answered", None, None
    audit.record(
        session, hand.participant.id, "answer", hand.study.id, assignment.id, revision=answer.revision
    )
    return answer


def skip(session: Session, hand: InHand, reason: str) -> None:
    """Leave an item without an answer; its place goes to somebody else.

    Raises
    ------
    ConflictError
        If it is answered, or answers are final.
    """
    check_changeable(hand)
    assignment = hand.assignment
    if assignment.state == "answered":
        raise ConflictError("The question is answered already.")
    if assignment.state != "skipped":
        if assignment.took_place:
            free_place(session, assignment.item_id)
        assignment.state, assignment.took_place = "skipped", False
    assignment.skip_reason = reason
    audit.record(session, hand.participant.id, "skip", hand.study.id, assignment.id)


def save_draft(hand: InHand, draft: dict[str, Any]) -> float:
    """Keep what is not yet an answer; the time it was kept at.

    Raises
    ------
    ConflictError
        If answers are final.
    """
    check_changeable(hand)
    hand.assignment.draft, hand.assignment.draft_at = draft, now()
    return hand.assignment.draft_at


def flag(session: Session, hand: InHand, client_id: str, fault: Fault, comment: str) -> None:
    """Report a fault of an item. Sent again, it changes nothing.

    Raises
    ------
    ConflictError
        If another report has this client id.
    """
    body = body_digest([fault, comment])
    before = session.scalars(
        select(Flag).where(Flag.assignment_id == hand.assignment.id, Flag.client_id == client_id)
    ).first()
    if before is not None:
        if before.body_sha256 != body:
            raise ConflictError("Another report was sent by this client id.")
        return
    at = now()
    session.add(
        Flag(
            id=new_id(),
            assignment_id=hand.assignment.id,
            client_id=client_id,
            body_sha256=body,
            fault=fault,
            comment=comment,
            at=at,
        )
    )
    audit.record(session, hand.participant.id, "flag", hand.study.id, hand.assignment.id, fault=fault)


def _hold_place(session: Session, hand: InHand) -> None:
    """An answer holds a place; one that came after its lease had gone takes one only if one is left."""
    if hand.item.kind == "main" and not hand.assignment.took_place:
        hand.assignment.took_place = take_place(session, hand.item.id)


def _check_answers_the_item(item: Item, given: Given) -> None:
    if item.options:
        if given.choice is None or given.transcript is not None:
            raise HumanEvalError("This question is answered by choosing an option.")
        if not 0 <= given.choice < len(item.options):
            raise HumanEvalError("This question has no such option.")
    elif given.transcript is None or given.choice is not None:
        raise HumanEvalError("This question is answered by a transcript.")
