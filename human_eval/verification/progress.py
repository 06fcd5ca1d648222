"""How far the rounds of verification are."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from human_eval.storage.schema import Review, VerificationRound, VerificationSample
from human_eval.verification.rounds import REVIEWERS


@dataclass(frozen=True)
class RoundProgress:
    """A round and its counts.

    Attributes
    ----------
    round : VerificationRound
    drawn, reviewed : int
        Samples, and those that are decided.
    disagreements : int
        Samples that the first two reviewers did not agree on.
    """

    round: VerificationRound
    drawn: int
    reviewed: int
    disagreements: int


def rounds(session: Session) -> list[RoundProgress]:
    """All rounds, by dataset and subset, the newest of each first."""
    order = (VerificationRound.dataset, VerificationRound.subset, VerificationRound.number.desc())
    return [
        round_progress(session, each) for each in session.scalars(select(VerificationRound).order_by(*order))
    ]


def round_progress(session: Session, opened: VerificationRound) -> RoundProgress:
    """Count what was done in a round."""
    samples = list(
        session.scalars(select(VerificationSample).where(VerificationSample.round_id == opened.id))
    )
    votes: dict[str, Counter[bool]] = defaultdict(Counter)
    given = session.execute(
        select(Review.sample_id, Review.verdict)
        .join(VerificationSample, VerificationSample.id == Review.sample_id)
        .where(VerificationSample.round_id == opened.id, Review.verdict.is_not(None))
    )
    for sample_id, verdict in given:
        votes[sample_id][bool(verdict)] += 1
    return RoundProgress(
        round=opened,
        drawn=len(samples),
        reviewed=sum(each.passed is not None for each in samples),
        disagreements=sum(len(each) > 1 for each in votes.values() if each.total() >= REVIEWERS),
    )
