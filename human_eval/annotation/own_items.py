"""What somebody was given in a study, in their own words: to go back to."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from human_eval.storage.schema import Answer, Assignment, Item, Participant


@dataclass(frozen=True)
class OwnItem:
    """One item.

    Attributes
    ----------
    id, task, question, state : str
    place : int
        Among all that were given.
    number : int
        Among practice, or among the questions that count.
    said : str or None
        The answer in words, or why it was skipped.
    practice : bool
    opened : bool
        It was on the screen; not where it was only given out ahead.
    """

    id: str
    place: int
    number: int
    task: str
    question: str
    said: str | None
    state: str
    practice: bool
    opened: bool


def of_participant(session: Session, participant: Participant) -> list[OwnItem]:
    """All items of a participant, in the order in which they were given."""
    rows = session.execute(
        select(Assignment, Item, Answer)
        .join(Item, Item.id == Assignment.item_id)
        .outerjoin(Answer, (Answer.assignment_id == Assignment.id) & Answer.current)
        .where(Assignment.participant_id == participant.id)
        .order_by(Assignment.place)
    )
    found: list[OwnItem] = []
    count = {True: 0, False: 0}
    for assignment, item, answer in rows:
        practice = item.kind == "practice"
        count[practice] += 1
        found.append(
            OwnItem(
                id=assignment.id,
                place=assignment.place,
                number=count[practice],
                task=item.task,
                question=item.question,
                said=_said(assignment, item, answer),
                state=assignment.state,
                practice=practice,
                opened=assignment.opened_at is not None,
            )
        )
    return found


def number(session: Session, assignment: Assignment, item: Item) -> int:
    """The number of one item, as in `of_participant`."""
    practice = item.kind == "practice"
    before = (
        select(func.count())
        .select_from(Assignment)
        .join(Item, Item.id == Assignment.item_id)
        .where(
            Assignment.participant_id == assignment.participant_id,
            Assignment.place <= assignment.place,
            (Item.kind == "practice") == practice,
        )
    )
    return session.scalar(before) or 1


def _said(assignment: Assignment, item: Item, answer: Answer | None) -> str | None:
    if assignment.state == "skipped":
        return assignment.skip_reason
    if answer is None:
        return None
    return answer.transcript if answer.choice is None else str(item.options[answer.choice]["text"])
