"""The evidence of a round's verdict: every drawn sample, who looked at it, and what was found wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from amarathon.files import file_sha256
from amarathon.tasks.sample import Sample
from human_eval.errors import ConflictError, UnknownError
from human_eval.storage.schema import Recording, Review, VerificationRound, VerificationSample
from human_eval.studies.secrecy import check_may_review


@dataclass(frozen=True)
class Vote:
    """A reviewer's verdict on a sample.

    Attributes
    ----------
    reviewer : int
        A number within the round, by who began first.
    passed : bool
    faults : list of str
        The points of the checklist that failed, as they were worded.
    comment : str
    heard : float or None
        Share of the recording that was played, 0 to 1; `None` from before it was measured.
    decided_at : float
    """

    reviewer: int
    passed: bool
    faults: list[str]
    comment: str
    heard: float | None
    decided_at: float


@dataclass(frozen=True)
class JudgedSample:
    """A drawn sample with its votes, in the order of time."""

    sample: str
    question: str
    passed: bool
    votes: list[Vote]


def history(session: Session, round_id: str, reader: str) -> tuple[VerificationRound, list[JudgedSample]]:
    """A decided round and its evidence, in the order of the draw.

    Parameters
    ----------
    session : Session
    round_id : str
    reader : str
        The account that asks. What reviewers wrote may reveal right answers.

    Raises
    ------
    ForbiddenError
        An open study asks the reader about one of its recordings.
    UnknownError
        There is no such round.
    ConflictError
        It is open: reviewers judge without knowing each other's verdicts.
    """
    decided = session.get(VerificationRound, round_id)
    if decided is None:
        raise UnknownError("There is no such round.")
    if decided.state == "open":
        raise ConflictError("What reviewers found is shown once the round is decided.")
    recordings = select(VerificationSample.recording_id).where(VerificationSample.round_id == round_id)
    check_may_review(session, reader, session.scalars(recordings).all())
    found = session.execute(
        select(VerificationSample, Review)
        .join(Review, Review.sample_id == VerificationSample.id)
        .where(VerificationSample.round_id == round_id, Review.verdict.is_not(None))
        .order_by(VerificationSample.place, Review.decided_at)
    ).all()
    first_seen = sorted(found, key=lambda row: row.Review.leased_at)
    reviewers = dict.fromkeys(row.Review.reviewer_id for row in first_seen)
    numbers = {reviewer: number for number, reviewer in enumerate(reviewers, start=1)}
    points = {point["name"]: point["text"] for point in decided.checklist}
    judged: dict[str, JudgedSample] = {}
    for sample, review in found:
        entry = JudgedSample(sample.sample_id, sample.question, bool(sample.passed), [])
        judged.setdefault(sample.id, entry).votes.append(_vote(review, numbers[review.reviewer_id], points))
    return decided, list(judged.values())


def reviewed_samples(
    session: Session, rounds: Sequence[VerificationRound], samples: Sequence[Sample]
) -> set[str]:
    """Ids of the samples that somebody has reviewed as they are.

    A subset that is built again may use an id again for another recording or another question: that one
    nobody has reviewed.
    """
    reviewed = session.execute(
        select(VerificationSample, Recording.sha256)
        .join(Recording, Recording.id == VerificationSample.recording_id)
        .where(
            VerificationSample.round_id.in_([earlier.id for earlier in rounds]),
            select(Review.id).where(Review.sample_id == VerificationSample.id).exists(),
        )
    ).all()
    by_id = {sample.id: sample for sample in samples}
    return {
        row.sample_id
        for row, sha256 in reviewed
        if row.sample_id in by_id and _is_same(row, sha256, by_id[row.sample_id])
    }


def _is_same(row: VerificationSample, sha256: str, sample: Sample) -> bool:
    options = [{"text": option.text, "label": option.label} for option in sample.options]
    content = (sample.question, options, sample.answer, sample.reference)
    if (row.question, row.options, row.answer, row.reference) != content:
        return False
    if sample.audio.sha256 is None and sample.audio.path is None:
        return True  # nothing shows that it is another recording
    return sha256 == (sample.audio.sha256 or file_sha256(sample.audio.path))


def _vote(review: Review, number: int, points: dict[str, str]) -> Vote:
    checks = review.checks or {}
    faults = [text for name, text in points.items() if not checks[name]]
    return Vote(
        number, bool(review.verdict), faults, review.comment, review.coverage, review.decided_at or 0.0
    )
