"""Who gets which question next: leases that expire, are renewed, and go back to the pool.

An item has as many places as people are wanted for it. A lease takes one with a guarded update, so that
no more are ever given out than there are, however many ask at once. A lease that expires gives its place
back; whoever held it keeps what was listened to and drafted, and may still answer.
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
# The item in hand, and one to be prefetched.
HELD_AT_ONCE = 2


class _Candidate(NamedTuple):
    """An item that might be given; read whole only when it is."""

    id: str
    free: int
    kind: str


def next_assignment(
    session: Session, study: Study, participant: Participant, *, ahead: bool = False
) -> Assignment | None:
    """The assignment in hand, or a new one.

    Parameters
    ----------
    session : Session
        A writing one, with the participant's row locked.
    study : Study
    participant : Participant
    ahead : bool
        Give the one after the one in hand, which stays.

    Returns
    -------
    Assignment or None
        None where nothing is left to be given out; see `others_hold_some`.

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
    held = [each for each in unanswered if each.state == "leased"]
    if len(held) > int(ahead):
        return held[int(ahead)]
    if len(held) >= HELD_AT_ONCE:
        return None
    for assignment in (each for each in unanswered if each.state == "returned"):
        renew(session, study, assignment)
        if assignment.state == "leased":
            return assignment
    return _lease(session, study, participant)


def return_expired(session: Session, study: str) -> None:
    """Give the places of expired leases back to the pool."""
    expired = session.execute(
        update(Assignment)
        .where(Assignment.study_id == study, Assignment.state == "leased", Assignment.expires_at < now())
        .values(state="returned", took_place=False)
        .returning(Assignment.id, Assignment.item_id, Assignment.participant_id)
        .execution_options(synchronize_session=False)  # none of them is loaded
    ).all()
    for assignment, item, participant in sorted(expired, key=lambda row: row[1]):
        free_place(session, item)
        audit.record(session, participant, "lease expired", study, assignment)


def take_place(session: Session, item: str) -> bool:
    """Take a place of a main item, if one is left."""
    taken = session.execute(update(Item).where(Item.id == item, Item.free > 0).values(free=Item.free - 1))
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def free_place(session: Session, item: str) -> None:
    """Give a place of a main item back."""
    session.execute(update(Item).where(Item.id == item, Item.kind == "main").values(free=Item.free + 1))


def renew(session: Session, study: Study, assignment: Assignment) -> None:
    """Prolong a lease while its tab lives; one that was returned takes a place again if one is left."""
    if assignment.state == "returned" and _is_main(session, assignment):
        assignment.took_place = take_place(session, assignment.item_id)
        if not assignment.took_place:
            return
    if assignment.state in {"leased", "returned"}:
        assignment.state = "leased"
        assignment.expires_at = now() + study.lease_s


def others_hold_some(session: Session, study: str, participant: str) -> bool:
    """Whether a lease of somebody else may yet come back to this participant."""
    mine = select(Assignment.item_id).where(Assignment.participant_id == participant)
    held = exists().where(
        Assignment.study_id == study,
        Assignment.state == "leased",
        Assignment.took_place,
        Assignment.item_id.not_in(mine),
    )
    return bool(session.scalar(select(held)))


def option_order(seed: int, sample: str, count: int, *, fixed: bool) -> list[int]:
    """The canonical option index shown at each place: random by annotator and sample, always the same."""
    order = list(range(count))
    return order if fixed else random.Random(f"{seed}/{sample}").sample(order, count)


def _lease(session: Session, study: Study, participant: Participant) -> Assignment | None:
    chosen, took_place = _choose(session, study, participant)
    if chosen is None:
        return None
    item = session.get_one(Item, chosen.id)
    order = option_order(participant.seed, item.sample_id, len(item.options), fixed=item.fixed_order)
    assignment = Assignment(
        id=new_id(),
        study_id=study.id,
        item_id=item.id,
        participant_id=participant.id,
        place=_given(session, participant) + 1,
        state="leased",
        took_place=took_place,
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
    """The next item and whether a place of it was taken: practice, then main with gold checks among them."""
    gold = _unseen(session, study, participant, ("practice", "gold"))
    if gold and gold[0].kind == "practice":
        return gold[0], False
    if gold:
        chance = random.Random(f"{participant.seed}/gold/{_given(session, participant)}")
        if chance.random() < _gold_rate(session, study, participant, len(gold)):
            return chance.choice(gold), False
    candidates = _unseen(session, study, participant, ("main",))
    # Those with the most free places first, so that all samples are answered evenly; among equals a
    # random one, so that no two people go the same way.
    random.Random(f"{participant.seed}/{len(candidates)}/{now()}").shuffle(candidates)
    for item in sorted(candidates, key=lambda each: -each.free):
        if take_place(session, item.id):
            return item, True
    return (gold[0], False) if gold else (None, False)


def _gold_rate(session: Session, study: Study, participant: Participant, gold: int) -> float:
    """How likely the next item is a gold check, so that nobody can tell where they are.

    One comes after `gold_every` other questions on average, and more often where all of them would
    otherwise be left for the end, which would give them away. What is left is estimated: everybody who is
    still at it gets the same share of the free places.
    """
    seen = exists().where(Assignment.item_id == Item.id, Assignment.participant_id == participant.id)
    unseen, places = session.execute(
        select(func.count(), func.coalesce(func.sum(Item.free), 0)).where(
            Item.study_id == study.id, Item.kind == "main", Item.free > 0, ~seen
        )
    ).one()
    people = session.scalar(
        select(func.count()).where(Participant.study_id == study.id, Participant.submitted_at.is_(None))
    )
    left = min(unseen, math.ceil(places / max(1, people or 0)))
    return max(1 / (study.gold_every + 1), gold / (gold + left))


def _unseen(
    session: Session, study: Study, participant: Participant, kinds: tuple[str, ...]
) -> list[_Candidate]:
    """Items that were not given to somebody: practice before gold, the most free places first."""
    seen = exists().where(Assignment.item_id == Item.id, Assignment.participant_id == participant.id)
    wanted = (
        select(Item.id, Item.free, Item.kind)
        .where(Item.study_id == study.id, Item.kind.in_(kinds), ~seen)
        .order_by(Item.kind.desc(), Item.free.desc(), Item.place)
        .limit(CANDIDATES)
    )
    if "main" in kinds:
        wanted = wanted.where(Item.free > 0)
    return [_Candidate(*row) for row in session.execute(wanted).all()]


def _given(session: Session, participant: Participant) -> int:
    """How many items somebody was given."""
    given = select(func.count()).where(Assignment.participant_id == participant.id)
    return session.scalar(given) or 0


def _is_main(session: Session, assignment: Assignment) -> bool:
    return session.scalar(select(Item.kind).where(Item.id == assignment.item_id)) == "main"
