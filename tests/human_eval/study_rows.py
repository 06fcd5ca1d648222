"""A small study in a database of its own, for what is made from answers."""

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from human_eval.storage.schema import (
    Account,
    Answer,
    Assignment,
    Base,
    ExclusionDecision,
    Item,
    Participant,
    Recording,
    Study,
)

OPTIONS = [{"text": text, "label": text.lower()} for text in ("Rock", "Jazz", "Folk", "Soul")]


def empty_database():
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    return Session(engine)


def add_study(session, people=("ann", "bob"), samples=4):
    """Everybody answers everything rightly, in an order of options of their own."""
    study = {"overlap": 2, "must_listen": 0.8, "max_speed": 1.5, "gold_every": 0, "lease_s": 60.0}
    texts = {"instructions": "", "consent": "", "joining": [], "spec": {}, "sound_check": True}
    session.add(
        Study(
            id="study", name="First", state="closed", dataset="mini", dataset_sha256="ab" * 32, seed=7,
            pause_after_s=1200.0, created_at=0.0, **study, **texts,
        )
    )  # fmt: skip
    for number in range(samples):
        session.add(recording(number))
        session.add(item(number))
    session.flush()
    for person in people:
        session.add(
            Account(id=f"account-{person}", source="local", name=f"{person}@example.org", created_at=0.0)
        )
        session.flush()
        session.add(
            Participant(id=person, study_id="study", account_id=f"account-{person}", seed=1, joined_at=0.0)
        )
        session.flush()
        for number in range(samples):
            add_answer(session, person, number, choice=number % 4)
    return session


def recording(number):
    return Recording(
        id=f"r{number}", path=f"/secret/{number}.wav", name=f"{number}.wav", sha256=f"{number:064d}",
        pcm_sha256=None, duration_s=100.0,
    )  # fmt: skip


def item(number, kind="main"):
    return Item(
        id=f"i{number}", study_id="study", kind=kind, place=number, sample_id=f"s{number}", task="MC",
        question="Which genre?", options=OPTIONS, fixed_order=False, answer=number % 4, reference=None,
        sources=[], slices={}, recording_id=f"r{number}", free=0,
    )  # fmt: skip


def add_answer(session, person, number, choice, state="answered", **changes):
    order = [3, 1, 0, 2] if person == "bob" else [0, 1, 2, 3]
    session.add(
        Assignment(
            id=f"{person}-{number}", study_id="study", item_id=f"i{number}", participant_id=person,
            place=number,
            state=state, took_place=True, option_order=order, leased_at=0.0, expires_at=60.0, covered=[],
            skip_reason="no sound" if state == "skipped" else None,
        )
    )  # fmt: skip
    session.flush()
    if state == "skipped":
        return
    fields = {"confidence": 4, "comment": "I am Ann.", "coverage": 0.9, "elapsed_s": 110.0} | changes
    session.add(
        Answer(
            id=f"answer-{person}-{number}", assignment_id=f"{person}-{number}", client_id="c",
            body_sha256="0",
            revision=1, current=True, choice=choice, transcript=None, over_time=False, saved_at=1.0, **fields,
        )
    )  # fmt: skip
    session.flush()


def exclude(session, person, number=None, excluded=True, at=1.0):
    session.add(
        ExclusionDecision(
            id=f"x{at}", study_id="study", participant_id=person, excluded=excluded, reason="", at=at,
            assignment_id=None if number is None else f"{person}-{number}", decided_by="admin",
        )
    )  # fmt: skip
    session.flush()
