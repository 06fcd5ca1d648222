"""Decisions to leave a participant, or one answer, out of the results; each with its reason, none undone."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from human_eval.errors import HumanEvalError
from human_eval.storage import audit
from human_eval.storage.identifiers import new_id, now
from human_eval.storage.schema import Assignment, ExclusionDecision, Participant


def decide(
    session: Session, person: Participant, item: str | None, *, excluded: bool, reason: str, actor: str
) -> None:
    """Leave a participant or one of their answers out, or take them in again.

    Parameters
    ----------
    session : Session
    person : Participant
    item : str or None
        Id of an assignment; `None` for everything of the participant.
    excluded : bool
    reason : str
    actor : str
        Who decides.

    Raises
    ------
    HumanEvalError
        If the participant has no such item.
    """
    if item is not None:
        assignment = session.get(Assignment, item)
        if assignment is None or assignment.participant_id != person.id:
            raise HumanEvalError("This participant has no such item.")
    session.add(
        ExclusionDecision(
            id=new_id(),
            study_id=person.study_id,
            participant_id=person.id,
            assignment_id=item,
            excluded=excluded,
            reason=reason,
            decided_by=actor,
            at=now(),
        )
    )
    action: audit.Action = "exclude" if excluded else "include"
    audit.record(session, actor, action, person.study_id, item or person.id, reason=reason)


def newest(session: Session, study_id: str) -> dict[tuple[str, str | None], bool]:
    """The newest decision about each participant (with `None`) and each answer."""
    decisions = session.scalars(
        select(ExclusionDecision).where(ExclusionDecision.study_id == study_id).order_by(ExclusionDecision.at)
    )
    return {(decision.participant_id, decision.assignment_id): decision.excluded for decision in decisions}
