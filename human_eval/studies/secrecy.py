"""Who may not see which right answers: those of an open study are hidden from everybody who takes part in it.

A reviewer is shown what is right, and so is whoever has answered a practice question. Nobody reviews what
an open study asks them, and nobody joins a study about what they have reviewed or practised on. Two
questions are about the same where they are about the same recording.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from human_eval.errors import ForbiddenError
from human_eval.storage.schema import Account, Item, Participant, Review, Study, VerificationSample

LIVE = ("open", "paused")


def studies_about(session: Session, account: str, recordings: Collection[str]) -> list[str]:
    """Names of the studies not yet closed that ask an account about one of these recordings.

    Parameters
    ----------
    session : Session
    account, recordings : str, collection of str
        Ids.
    """
    query = _studies_asking(account, Study.name).where(Item.recording_id.in_(list(recordings)))
    return list(session.scalars(query))


def recordings_in_live_studies(session: Session, account: str) -> set[str]:
    """The recordings that studies not yet closed ask an account about."""
    return set(session.scalars(_studies_asking(account, Item.recording_id)))


def _studies_asking(account: str, column: Any) -> Select[Any]:
    return (
        select(column)
        .distinct()
        .select_from(Participant)
        .join(Study, Study.id == Participant.study_id)
        .join(Item, Item.study_id == Study.id)
        .where(Participant.account_id == account, Study.state.in_(LIVE))
    )


def check_may_review(session: Session, account: str, recordings: Collection[str]) -> None:
    """See that none of these recordings is in an open study that the account takes part in.

    Raises
    ------
    ForbiddenError
    """
    names = studies_about(session, account, recordings)
    if names:
        raise ForbiddenError(
            f"You take part in the study “{names[0]}”, which asks about the same recordings. "
            "You can see this once that study is closed."
        )


def check_may_join(session: Session, study: Study, account: Account) -> None:
    """See that an account has not been shown the right answers of a study.

    Raises
    ------
    ForbiddenError
    """
    own = select(Item.recording_id).where(Item.study_id == study.id)
    reviewed = (
        select(Review.id)
        .join(VerificationSample, VerificationSample.id == Review.sample_id)
        .where(Review.reviewer_id == account.id, VerificationSample.recording_id.in_(own))
    )
    if session.scalars(reviewed.limit(1)).first() is not None:
        raise ForbiddenError(
            "You have reviewed recordings of this study and were shown the right answers, "
            "so you cannot take part in it."
        )
    others = _studies_asking(account.id, Study.name).where(Study.id != study.id)
    practised_here = own.where(Item.kind == "practice")
    asked_here = own.where(Item.kind != "practice")
    conflicting = others.where(
        (Item.recording_id.in_(practised_here) & (Item.kind != "practice"))
        | (Item.recording_id.in_(asked_here) & (Item.kind == "practice"))
    )
    other = session.scalars(conflicting.limit(1)).first()
    if other is not None:
        raise ForbiddenError(
            f"You take part in the study “{other}”, and one of the two studies shows in practice the right "
            "answers to what the other one asks. You can join once that study is closed."
        )


def caution_for_reviewers(session: Session) -> str | None:
    """Who must not get a reviewers' link, in a sentence; `None` where no study is open.

    One person with two accounts looks like two people: the administrator has to know.
    """
    names = list(session.scalars(select(Study.name).where(Study.state.in_(LIVE)).order_by(Study.name)))
    if not names:
        return None
    shown = ", ".join(f"“{name}”" for name in names)
    return (
        f"Reviewers see right answers. Give this link to nobody who takes part in {shown}, "
        "and have nobody who has used it take part there."
    )
