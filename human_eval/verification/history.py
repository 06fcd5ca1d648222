"""The evidence of a round's verdict: every drawn sample, who looked at it, and what was found wrong."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from human_eval.errors import ConflictError, UnknownError
from human_eval.storage.schema import Review, VerificationRound, VerificationSample


@dataclass(frozen=True)
class Vote:
    """What a reviewer said of a sample.

    Attributes
    ----------
    reviewer : int
        A number within the round, by who was given a sample first.
    passed : bool
    faults : list of str
        The points of the checklist that failed, as they were worded.
    comment : str
    decided_at : float
    """

    reviewer: int
    passed: bool
    faults: list[str]
    comment: str
    decided_at: float


@dataclass(frozen=True)
class JudgedSample:
    """A drawn sample with its votes, in the order in which they were given."""

    sample: str
    question: str
    passed: bool
    votes: list[Vote]


def history(session: Session, round_id: str) -> tuple[VerificationRound, list[JudgedSample]]:
    """A decided round and its evidence, in the order of the draw.

    Raises
    ------
    UnknownError
        There is no such round.
    ConflictError
        It is open: reviewers judge without knowing each other's verdicts.
    """
    decided = session.get(VerificationRound, round_id)
    if decided is None:
        raise UnknownError("There is no such round.")
    if decided.state == "open":
        raise ConflictError("What reviewers found is shown once the round has its verdict.")
    found = session.execute(
        select(VerificationSample, Review)
        .join(Review, Review.sample_id == VerificationSample.id)
        .where(VerificationSample.round_id == round_id, Review.verdict.is_not(None))
        .order_by(VerificationSample.place, Review.decided_at)
    ).all()
    first_seen = sorted(found, key=lambda row: row.Review.leased_at)
    numbers = {
        name: place + 1
        for place, name in enumerate(dict.fromkeys(row.Review.reviewer_id for row in first_seen))
    }
    points = {point["name"]: point["text"] for point in decided.checklist}
    judged: dict[str, JudgedSample] = {}
    for sample, review in found:
        entry = JudgedSample(sample.sample_id, sample.question, bool(sample.passed), [])
        judged.setdefault(sample.id, entry).votes.append(_vote(review, numbers[review.reviewer_id], points))
    return decided, list(judged.values())


def _vote(review: Review, number: int, points: dict[str, str]) -> Vote:
    checks = review.checks or {}
    faults = [text for name, text in points.items() if not checks[name]]
    return Vote(number, bool(review.verdict), faults, review.comment, review.decided_at or 0.0)
