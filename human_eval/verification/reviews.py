"""What reviewers do in a round: they check one sample after the other, and a verdict follows from theirs.

A reviewer hears a share of the recording before a verdict, see `human_eval.verification.listening`.
"""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from human_eval.errors import ConflictError, HumanEvalError, UnknownError
from human_eval.storage import audit
from human_eval.storage.identifiers import new_id, now
from human_eval.storage.schema import Review, VerificationRound, VerificationSample
from human_eval.studies.secrecy import check_may_review, recordings_in_live_studies
from human_eval.verification.listening import check_coverage
from human_eval.verification.rounds import REVIEWERS, find_round

LEASE_S = 3600.0


def next_review(session: Session, round_id: str, reviewer_id: str) -> Review | None:
    """The review that a reviewer has begun, or one of another sample that still needs one.

    Returns
    -------
    Review or None
        `None` where there is nothing for this reviewer now.

    Raises
    ------
    UnknownError
        There is no such round.
    ConflictError
        It is decided.
    ForbiddenError
        All that is left is in an open study that this reviewer takes part in.
    """
    opened = find_round(session, round_id)
    if opened.state != "open":
        raise ConflictError("This round is decided already.")
    time, withheld = now(), []
    in_studies = recordings_in_live_studies(session, reviewer_id)
    samples = session.scalars(
        select(VerificationSample)
        .where(VerificationSample.round_id == round_id, VerificationSample.passed.is_(None))
        .order_by(VerificationSample.place)
    )
    for sample in samples:
        if sample.recording_id in in_studies:
            withheld.append(sample.recording_id)
            continue
        reviews = _reviews(session, sample.id)
        own = next((review for review in reviews if review.reviewer_id == reviewer_id), None)
        if own is not None and own.verdict is None:
            own.expires_at = time + LEASE_S
            return own
        taken = [review for review in reviews if review.verdict is not None or review.expires_at > time]
        if own is None and len(taken) < sample.needed:
            review = Review(
                id=new_id(),
                sample_id=sample.id,
                reviewer_id=reviewer_id,
                leased_at=time,
                expires_at=time + LEASE_S,
                comment="",
            )
            session.add(review)
            session.flush()
            return review
    if withheld:
        check_may_review(session, reviewer_id, withheld)
    return None


def round_of(session: Session, review: Review) -> VerificationRound:
    """The round that a review belongs to."""
    sample = session.get_one(VerificationSample, review.sample_id)
    return session.get_one(VerificationRound, sample.round_id)


def own_review(session: Session, review_id: str, reviewer_id: str) -> Review:
    """A review by its id.

    Raises
    ------
    UnknownError
        There is none, or it is somebody else's.
    """
    review = session.get(Review, review_id)
    if review is None or review.reviewer_id != reviewer_id:
        raise UnknownError("There is no such review.")
    return review


def save_verdict(
    session: Session,
    review: Review,
    *,
    client_id: str,
    body_sha256: str,
    checks: Mapping[str, bool],
    verdict: bool,
    comment: str,
) -> None:
    """Store a reviewer's verdict, and what follows from it.

    Raises
    ------
    HumanEvalError
        The checks are not those of the round, or contradict the verdict.
    ConflictError
        It is stored already with another content, or too little was played.
    ForbiddenError
        An open study asks this reviewer about the recording.
    """
    if review.client_id is not None:
        if (review.client_id, review.body_sha256) == (client_id, body_sha256):
            return
        raise ConflictError("You have already saved your decision on this sample.")
    sample = session.get_one(VerificationSample, review.sample_id)
    opened = session.get_one(VerificationRound, sample.round_id, with_for_update=True)
    if set(checks) != {point["name"] for point in opened.checklist}:
        raise HumanEvalError("Every point of the checklist needs a yes or a no.")
    if verdict != all(checks.values()):
        raise HumanEvalError("A sample passes when every point of the checklist does, and only then.")
    check_may_review(session, review.reviewer_id, [sample.recording_id])
    review.coverage = check_coverage(session, review, opened, sample)
    review.client_id, review.body_sha256 = client_id, body_sha256
    review.checks, review.verdict, review.comment = dict(checks), verdict, comment
    review.decided_at = now()
    session.flush()
    audit.record(session, review.reviewer_id, "review", subject=review.id, passed=verdict)
    _decide_sample(session, sample)
    _decide_round(session, opened)


def _decide_sample(session: Session, sample: VerificationSample) -> None:
    votes = [review.verdict for review in _reviews(session, sample.id) if review.verdict is not None]
    if len(votes) < REVIEWERS:
        return
    passed = sum(votes)
    if 2 * passed == len(votes):
        sample.needed = REVIEWERS + 1
    else:
        sample.passed = 2 * passed > len(votes)
    session.flush()


def _decide_round(session: Session, opened: VerificationRound) -> None:
    samples = _samples(session, opened.id)
    failed = [sample.sample_id for sample in samples if sample.passed is False]
    if any(sample.passed is None for sample in samples) or opened.state != "open":
        return
    opened.state = "failed" if failed else "passed"
    opened.decided_at = now()
    opened.reason = f"{len(samples) - len(failed)} of {len(samples)} drawn samples passed" + (
        f"; {', '.join(failed)} did not." if failed else "."
    )
    audit.record(session, "reviewers", "verdict", subject=opened.id, state=opened.state)
    session.flush()


def _samples(session: Session, round_id: str) -> list[VerificationSample]:
    where = VerificationSample.round_id == round_id
    return list(session.scalars(select(VerificationSample).where(where).order_by(VerificationSample.place)))


def _reviews(session: Session, sample_id: str) -> list[Review]:
    where = Review.sample_id == sample_id
    return list(session.scalars(select(Review).where(where).order_by(Review.leased_at)))
