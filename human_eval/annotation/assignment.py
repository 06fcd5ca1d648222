"""Who gets which question next: leases that expire, are renewed, and go back to the pool.

An item has as many slots as people are to answer it. A lease takes one with a guarded update, so that no
more are ever taken than there are, however many ask at once. A lease that expires gives its slot back;
whoever had it keeps what was listened to and drafted, and may still answer.
"""

import math
import random
from typing import NamedTuple

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from human_eval.errors import ConflictError
from human_eval.storage import audit
from human_eval.storage.identifiers import new_id, now
from human_eval.storage.schema import Assignment, Item, Participant, Study

# Looked at for one lease: enough that people who ask at once find different ones.
CANDIDATES = 64
# The current item, and one to be prefetched.
LEASES_AT_ONCE = 2


class _Candidate(NamedTuple):
    """An item that might be assigned; read whole only when it is."""

    id: str
    free: int
    kind: str


def next_assignment(
    session: Session, study: Study, participant: Participant, *, ahead: bool = False
) -> Assignment | None:
    """The participant's current assignment, or a new one.

    Parameters
    ----------
    session : Session
        A writing one, with the participant's row locked.
    study : Study
    participant : Participant
    ahead : bool
        Give the one after the current one, which stays.

    Returns
    -------
    Assignment or None
        None where nothing is left to be assigned; see `others_hold_leases`.

    Raises
    ------
    ConflictError
        If the study is not open, or the participant has submitted.
    """
    if study.state != "open":
        raise ConflictError(f"The study is {study.state}.")
    if participant.submitted_at is not None:
        raise ConflictError("You have submitted your answers.")
    return_expired(session, study.id)
    unanswered = session.scalars(
        select(Assignment)
        .where(Assignment.participant_id == participant.id, Assignment.state.in_(("leased", "returned")))
        .order_by(Assignment.place)
    ).all()
    leases = [assignment for assignment in unanswered if assignment.state == "leased"]
    if len(leases) > int(ahead):
        return leases[int(ahead)]
    if len(leases) >= LEASES_AT_ONCE:
        return None
    returned = [assignment for assignment in unanswered if assignment.state == "returned"]
    for assignment in returned:
        renew(session, study, assignment)
        if assignment.state == "leased":
            return assignment
    return _lease(session, study, participant)


def return_expired(session: Session, study: str) -> None:
    """Give the slots of expired leases back to the pool."""
    expired = session.execute(
        update(Assignment)
        .where(Assignment.study_id == study, Assignment.state == "leased", Assignment.expires_at < now())
        .values(state="returned", took_place=False)
        .returning(Assignment.id, Assignment.item_id, Assignment.participant_id)
        .execution_options(synchronize_session=False)  # none of them is loaded
    ).all()
    for assignment, item, participant in sorted(expired, key=lambda row: row[1]):
        free_slot(session, item)
        audit.record(session, participant, "lease expired", study, assignment)


def take_slot(session: Session, item: str) -> bool:
    """Take a slot of a main item, if one is left."""
    taken = session.execute(update(Item).where(Item.id == item, Item.free > 0).values(free=Item.free - 1))
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def free_slot(session: Session, item: str) -> None:
    """Give a slot of a main item back."""
    session.execute(update(Item).where(Item.id == item, Item.kind == "main").values(free=Item.free + 1))


def renew(session: Session, study: Study, assignment: Assignment) -> None:
    """Prolong a lease while its tab lives; one that was returned takes a slot again if one is left."""
    if assignment.state == "returned" and _is_main(session, assignment):
        assignment.took_place = take_slot(session, assignment.item_id)
        if not assignment.took_place:
            return
    if assignment.state in {"leased", "returned"}:
        assignment.state = "leased"
        assignment.expires_at = now() + study.lease_s


def others_hold_leases(session: Session, study: str, participant: str) -> bool:
    """Whether a lease of somebody else may yet come back to this participant."""
    mine = select(Assignment.item_id).where(Assignment.participant_id == participant)
    leased = exists().where(
        Assignment.study_id == study,
        Assignment.state == "leased",
        Assignment.took_place,
        Assignment.item_id.not_in(mine),
    )
    return bool(session.scalar(select(leased)))


def option_order(seed: int, sample: str, count: int, *, fixed: bool) -> list[int]:
    """The canonical option indices in the order shown: random by annotator and sample, always the same."""
    order = list(range(count))
    return order if fixed else random.Random(f"{seed}/{sample}").sample(order, count)


def _lease(session: Session, study: Study, participant: Participant) -> Assignment | None:
    chosen, took_slot = _choose(session, study, participant)
    if chosen is None:
        return None
    item = session.get_one(Item, chosen.id)
    order = option_order(participant.seed, item.sample_id, len(item.options), fixed=item.fixed_order)
    assignment = Assignment(
        id=new_id(),
        study_id=study.id,
        item_id=item.id,
        participant_id=participant.id,
        place=_assigned(session, participant) + 1,
        state="leased",
        took_place=took_slot,
        option_order=order,
        leased_at=now(),
        expires_at=now() + study.lease_s,
        covered=[],
    )
    session.add(assignment)
    session.flush()
    audit.record(session, participant.id, "lease", study.id, assignment.id, item=item.id)
    return assignment


def _choose(session: Session, study: Study, participant: Participant) -> tuple[_Candidate | None, bool]:
    """The next item and whether a slot of it was taken: practice, then main with gold checks among them."""
    gold = _unseen(session, study, participant, ("practice", "gold"))
    if gold and gold[0].kind == "practice":
        return gold[0], False
    if gold:
        chance = random.Random(f"{participant.seed}/gold/{_assigned(session, participant)}")
        if chance.random() < _gold_rate(session, study, participant, len(gold)):
            return chance.choice(gold), False
    candidates = _unseen(session, study, participant, ("main",))
    # Those with the most free slots first, so that all samples are answered evenly; among equals a random
    # one, so that no two people see the same order.
    random.Random(f"{participant.seed}/{len(candidates)}/{now()}").shuffle(candidates)
    for item in sorted(candidates, key=lambda candidate: -candidate.free):
        if take_slot(session, item.id):
            return item, True
    return (gold[0], False) if gold else (None, False)


def _gold_rate(session: Session, study: Study, participant: Participant, gold: int) -> float:
    """How likely the next item is a gold check, so that nobody can find them out.

    One comes after `gold_every` other questions on average, and more often where all of them would
    otherwise be left for the end, which would give them away. What is left is estimated: everybody who is
    still at it gets the same share of the free slots.
    """
    seen = exists().where(Assignment.item_id == Item.id, Assignment.participant_id == participant.id)
    unseen, free_slots = session.execute(
        select(func.count(), func.coalesce(func.sum(Item.free), 0)).where(
            Item.study_id == study.id, Item.kind == "main", Item.free > 0, ~seen
        )
    ).one()
    people = session.scalar(
        select(func.count()).where(Participant.study_id == study.id, Participant.submitted_at.is_(None))
    )
    left = min(unseen, math.ceil(free_slots / max(1, people or 0)))
    return max(1 / (study.gold_every + 1), gold / (gold + left))


def _unseen(
    session: Session, study: Study, participant: Participant, kinds: tuple[str, ...]
) -> list[_Candidate]:
    """Items that were not assigned to somebody: practice before gold, the most free slots first."""
    seen = exists().where(Assignment.item_id == Item.id, Assignment.participant_id == participant.id)
    query = (
        select(Item.id, Item.free, Item.kind)
        .where(Item.study_id == study.id, Item.kind.in_(kinds), ~seen)
        .order_by(Item.kind.desc(), Item.free.desc(), Item.place)
        .limit(CANDIDATES)
    )
    if "main" in kinds:
        query = query.where(Item.free > 0)
    return [_Candidate(*row) for row in session.execute(query).all()]


def _assigned(session: Session, participant: Participant) -> int:
    """How many items were assigned to somebody."""
    query = select(func.count()).where(Assignment.participant_id == participant.id)
    return session.scalar(query) or 0


def _is_main(session: Session, assignment: Assignment) -> bool:
    return session.scalar(select(Item.kind).where(Item.id == assignment.item_id)) == "main"
