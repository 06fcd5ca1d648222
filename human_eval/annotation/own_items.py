"""The items that were assigned to somebody in a study, with their answers: to go back to."""

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
        Number among all that were assigned.
    number : int
        Among practice, or among the questions that count.
    said : str or None
        The answer in words, or why it was skipped.
    practice : bool
    opened : bool
        It was on the screen; not where it was only prefetched.
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
    """All items of a participant, in the order in which they were assigned."""
    rows = session.execute(
        select(Assignment, Item, Answer)
        .join(Item, Item.id == Assignment.item_id)
        .outerjoin(Answer, (Answer.assignment_id == Assignment.id) & Answer.current)
        .where(Assignment.participant_id == participant.id)
        .order_by(Assignment.place)
    )
    items: list[OwnItem] = []
    count = {True: 0, False: 0}
    for assignment, item, answer in rows:
        practice = item.kind == "practice"
        count[practice] += 1
        items.append(
            OwnItem(
                id=assignment.id,
                place=assignment.place,
                number=count[practice],
                task=item.task,
                question=item.question,
                said=_answer_text(assignment, item, answer),
                state=assignment.state,
                practice=practice,
                opened=assignment.opened_at is not None,
            )
        )
    return items


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


def _answer_text(assignment: Assignment, item: Item, answer: Answer | None) -> str | None:
    if assignment.state == "skipped":
        return assignment.skip_reason
    if answer is None:
        return None
    return answer.transcript if answer.choice is None else str(item.options[answer.choice]["text"])
