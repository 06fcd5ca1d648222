"""Answers, drafts, skips and flags of the items that were assigned to somebody."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from human_eval.annotation.assignment import free_slot, take_slot
from human_eval.annotation.listening import body_digest, coverage_of, is_unlocked
from human_eval.errors import ConflictError, HumanEvalError, UnknownError
from human_eval.storage import audit
from human_eval.storage.identifiers import new_id, now
from human_eval.storage.schema import Answer, Assignment, Flag, Item, Participant, Recording, Study

NOT_YOURS = "There is no such question of yours."
Fault = Literal["audio", "question", "options", "other"]


@dataclass(frozen=True)
class AssignmentContext:
    """An assignment with its study, participant, item and recording."""

    study: Study
    participant: Participant
    assignment: Assignment
    item: Item
    recording: Recording

    @property
    def changeable(self) -> bool:
        """Whether an answer may still be saved or changed."""
        return self.study.state in {"open", "paused"} and self.participant.submitted_at is None


@dataclass(frozen=True)
class NewAnswer:
    """An answer as it was sent; `choice` is a canonical option index."""

    client_id: str
    choice: int | None
    transcript: str | None
    confidence: int | None
    comment: str


def find_assignment(
    session: Session, account: str, assignment: str, *, locked: bool = False
) -> AssignmentContext:
    """An assignment of an account, with all that belongs to it.

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
    return AssignmentContext(*found)


def recording_of(session: Session, account: str, assignment: str) -> Recording:
    """The recording of an assignment of an account.

    Raises
    ------
    UnknownError
        As by `find_assignment`.
    """
    query = (
        select(Recording)
        .join(Item, Item.recording_id == Recording.id)
        .join(Assignment, Assignment.item_id == Item.id)
        .join(Participant, Participant.id == Assignment.participant_id)
        .where(Assignment.id == assignment, Participant.account_id == account)
    )
    found = session.scalars(query).first()
    if found is None:
        raise UnknownError(NOT_YOURS)
    return found


def context_of(
    session: Session, study: Study, participant: Participant, assignment: Assignment
) -> AssignmentContext:
    """An assignment that was just made, with all that belongs to it."""
    item = session.get_one(Item, assignment.item_id)
    return AssignmentContext(
        study, participant, assignment, item, session.get_one(Recording, item.recording_id)
    )


def current_answer(session: Session, assignment: str) -> Answer | None:
    """The newest answer of an assignment."""
    return session.scalars(select(Answer).where(Answer.assignment_id == assignment, Answer.current)).first()


def check_changeable(context: AssignmentContext) -> None:
    """See that answers may still be saved.

    Raises
    ------
    ConflictError
    """
    if context.study.state == "closed":
        raise ConflictError("The study is closed.")
    if not context.changeable:
        raise ConflictError("You have submitted your answers.")


def save_answer(session: Session, context: AssignmentContext, new_answer: NewAnswer) -> Answer:
    """Keep an answer as the assignment's newest. Sent again, it changes nothing.

    Returns
    -------
    Answer
        What was saved, by this or by the first request of this client id.

    Raises
    ------
    ConflictError
        If another answer has this client id, too little was played, or answers are final.
    HumanEvalError
        If it is no answer to this item.
    """
    assignment, digest = context.assignment, body_digest(asdict(new_answer))
    versions = session.scalars(
        select(Answer).where(Answer.assignment_id == assignment.id).order_by(Answer.revision)
    ).all()
    before = next((version for version in versions if version.client_id == new_answer.client_id), None)
    if before is not None:
        if before.body_sha256 != digest:
            raise ConflictError("Another answer was sent under the same id; load the page again.")
        return before
    check_changeable(context)
    _check_answers_the_item(context.item, new_answer)
    if not is_unlocked(context.study, assignment, context.recording.duration_s):
        needed = round(100 * context.study.must_listen)
        covered = int(100 * coverage_of(assignment, context.recording.duration_s))
        raise ConflictError(f"{covered}% of the recording was heard; you can answer once it is {needed}%.")
    at = now()
    if versions:
        session.execute(
            update(Answer).where(Answer.assignment_id == assignment.id, Answer.current).values(current=False)
        )
    elapsed = at - (assignment.opened_at or assignment.leased_at)
    limit = context.study.time_limit_s
    answer = Answer(
        id=new_id(),
        assignment_id=assignment.id,
        body_sha256=digest,
        revision=versions[-1].revision + 1 if versions else 1,
        current=True,
        coverage=coverage_of(assignment, context.recording.duration_s),
        elapsed_s=elapsed,
        over_time=limit is not None and elapsed > limit,
        saved_at=at,
        **asdict(new_answer),
    )
    session.add(answer)
    _hold_slot(session, context)
    assignment.state, assignment.skip_reason, assignment.draft = "answered", None, None
    audit.record(
        session, context.participant.id, "answer", context.study.id, assignment.id, revision=answer.revision
    )
    return answer


def skip(session: Session, context: AssignmentContext, reason: str) -> None:
    """Leave an item without an answer; its slot goes to somebody else.

    Raises
    ------
    ConflictError
        If it is answered, or answers are final.
    """
    check_changeable(context)
    assignment = context.assignment
    if assignment.state == "answered":
        raise ConflictError("The question is answered already.")
    if assignment.state != "skipped":
        if assignment.took_place:
            free_slot(session, assignment.item_id)
        assignment.state, assignment.took_place = "skipped", False
    assignment.skip_reason = reason
    audit.record(session, context.participant.id, "skip", context.study.id, assignment.id)


def save_draft(context: AssignmentContext, draft: dict[str, Any]) -> float:
    """Keep what is not yet an answer; the time it was kept at.

    Raises
    ------
    ConflictError
        If answers are final.
    """
    check_changeable(context)
    context.assignment.draft, context.assignment.draft_at = draft, now()
    return context.assignment.draft_at


def flag(session: Session, context: AssignmentContext, client_id: str, fault: Fault, comment: str) -> None:
    """Report a fault of an item. Sent again, it changes nothing.

    Raises
    ------
    ConflictError
        If another report has this client id.
    """
    digest = body_digest([fault, comment])
    before = session.scalars(
        select(Flag).where(Flag.assignment_id == context.assignment.id, Flag.client_id == client_id)
    ).first()
    if before is not None:
        if before.body_sha256 != digest:
            raise ConflictError("Another report was sent under the same id; load the page again.")
        return
    at = now()
    session.add(
        Flag(
            id=new_id(),
            assignment_id=context.assignment.id,
            client_id=client_id,
            body_sha256=digest,
            fault=fault,
            comment=comment,
            at=at,
        )
    )
    audit.record(
        session, context.participant.id, "flag", context.study.id, context.assignment.id, fault=fault
    )


def _hold_slot(session: Session, context: AssignmentContext) -> None:
    """An answer holds a slot; one that came after its lease had expired takes one only if one is left."""
    if context.item.kind == "main" and not context.assignment.took_place:
        context.assignment.took_place = take_slot(session, context.item.id)


def _check_answers_the_item(item: Item, new_answer: NewAnswer) -> None:
    if item.options:
        if new_answer.choice is None or new_answer.transcript is not None:
            raise HumanEvalError("This question is answered by choosing an option.")
        if not 0 <= new_answer.choice < len(item.options):
            raise HumanEvalError("This question has no such option.")
    elif new_answer.transcript is None or new_answer.choice is not None:
        raise HumanEvalError("This question is answered by a transcript.")
