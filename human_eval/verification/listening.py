"""Reviewers' proof of listening: what a page reports as played, credited as far as the clock allows.

It is checked as annotators' is, see `human_eval.annotation.coverage`. One reviewer has one clock: however
many samples, pages or slices are reported, what is credited is never longer than the time that has
passed, and time spent on one sample is not there for another.
"""

import math
from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from human_eval.annotation.coverage import ReportContext, add_span, check_intervals, share
from human_eval.annotation.listening import SHARE_TOLERANCE, PlaybackReport
from human_eval.errors import ConflictError
from human_eval.storage import audit
from human_eval.storage.identifiers import now
from human_eval.storage.schema import Account, Recording, Review, VerificationRound, VerificationSample

# Faster than this it is recorded and does not count.
MAX_SPEED = 2.0
# Of the page, at most: no honest one sends more.
MOST_REPORTS = 5000


def credit(
    session: Session, review: Review, duration_s: float, report: PlaybackReport
) -> list[tuple[int, str]]:
    """Credit a report to a review. Sent again, it changes nothing.

    Parameters
    ----------
    session : Session
        A writing one.
    review : Review
    duration_s : float
        Of the recording.
    report : Report

    Returns
    -------
    list of (int, str)
        Indices of refused intervals, with the reason.

    Raises
    ------
    ConflictError
        If there were too many reports.
    """
    if not report.intervals or report.client_id in review.reports:
        return []
    if len(review.reports) >= MOST_REPORTS:
        raise ConflictError("Too many reports of listening came for this sample.")
    # What else the same reviewer reports waits until this transaction ends; then it is as that left it.
    session.execute(
        select(Account.id).where(Account.id == review.reviewer_id).with_for_update(key_share=True)
    )
    session.refresh(review)
    if report.client_id in review.reports:
        return []
    received = now()
    began = max(review.leased_at, _credited_to(session, review.reviewer_id))
    report_context = ReportContext(
        duration_s=duration_s,
        assigned_at=review.leased_at,
        received_at=received,
        sent_at=report.sent_at,
        page_to=-math.inf,
        budget_s=received - began,
    )
    accepted, refused = check_intervals(report.intervals, report_context)
    covered = [(start, end) for start, end in review.covered]
    for interval in accepted:
        if not interval.muted and interval.speed <= MAX_SPEED:
            add_span(covered, interval.start, interval.end)
    spent = sum(interval.wall_s for interval in accepted)
    review.reports = [*review.reports, report.client_id]
    review.covered = [list(span) for span in covered]
    review.listened_s += spent
    review.heard_to = began + spent
    if refused:
        reasons = dict(Counter(reason for _, reason in refused))
        audit.record(session, review.reviewer_id, "refuse listening", subject=review.id, refused=reasons)
    return refused


def coverage_of(session: Session, review: Review) -> float:
    """Share of the recording that counts as played, 0 to 1."""
    sample = session.get_one(VerificationSample, review.sample_id)
    return _share(review, session.get_one(Recording, sample.recording_id).duration_s)


def is_enough(coverage: float, must_listen: float) -> bool:
    """Whether enough was played for a verdict."""
    return coverage >= must_listen - SHARE_TOLERANCE


def check_coverage(
    session: Session, review: Review, opened: VerificationRound, sample: VerificationSample
) -> float:
    """See that enough of a recording was played for a verdict.

    Returns
    -------
    float
        The share that was played.

    Raises
    ------
    ConflictError
        If it was not.
    """
    coverage = _share(review, session.get_one(Recording, sample.recording_id).duration_s)
    if not is_enough(coverage, opened.must_listen):
        percent = math.floor(100 * coverage)
        raise ConflictError(
            f"{percent}% of the recording was heard; you can save once it is {opened.must_listen:.0%}."
        )
    return coverage


def _share(review: Review, duration_s: float) -> float:
    return share([(start, end) for start, end in review.covered], duration_s)


def _credited_to(session: Session, reviewer: str) -> float:
    """Up to when a reviewer's listening is credited, over all samples."""
    latest = session.scalar(select(func.max(Review.heard_to)).where(Review.reviewer_id == reviewer))
    return -math.inf if latest is None else latest
