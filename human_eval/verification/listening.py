"""Reviewers' proof of listening: what a page says was played, credited as far as the clock allows.

It is judged as annotators' is, see `human_eval.annotation.coverage`. One reviewer has one clock: however many
samples, pages or slices are reported, what is credited is never longer than the time that has passed, and
time spent on one sample is not there for another.
"""

import math
from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from human_eval.annotation.coverage import Circumstances, add_span, judge, share
from human_eval.annotation.listening import SHARE_TOLERANCE, Report
from human_eval.errors import ConflictError
from human_eval.storage import audit
from human_eval.storage.identifiers import now
from human_eval.storage.schema import Account, Recording, Review, VerificationRound, VerificationSample

# Faster than this it is recorded and does not count.
MAX_SPEED = 2.0
# Of the page, at most: no honest one sends more.
MOST_REPORTS = 5000


def credit(session: Session, review: Review, duration_s: float, report: Report) -> list[tuple[int, str]]:
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
        Places of refused intervals, with the reason.

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
    began = max(review.leased_at, _heard_to(session, review.reviewer_id))
    known = Circumstances(
        duration_s=duration_s,
        given_at=review.leased_at,
        received_at=received,
        sent_at=report.sent_at,
        page_to=-math.inf,
        budget_s=received - began,
    )
    accepted, refused = judge(report.intervals, known)
    covered = [(start, end) for start, end in review.covered]
    for each in accepted:
        if not each.muted and each.speed <= MAX_SPEED:
            add_span(covered, each.start, each.end)
    spent = sum(each.wall_s for each in accepted)
    review.reports = [*review.reports, report.client_id]
    review.covered = [list(span) for span in covered]
    review.listened_s += spent
    review.heard_to = began + spent
    if refused:
        reasons = dict(Counter(reason for _, reason in refused))
        audit.record(session, review.reviewer_id, "refuse listening", subject=review.id, refused=reasons)
    return refused


def heard(session: Session, review: Review) -> float:
    """Share of the recording that counts as played, 0 to 1."""
    sample = session.get_one(VerificationSample, review.sample_id)
    return _share(review, session.get_one(Recording, sample.recording_id).duration_s)


def is_enough(share_heard: float, must_listen: float) -> bool:
    """Whether enough was heard for a verdict."""
    return share_heard >= must_listen - SHARE_TOLERANCE


def check_heard(
    session: Session, review: Review, opened: VerificationRound, sample: VerificationSample
) -> float:
    """See that enough of a sample was heard for a verdict.

    Returns
    -------
    float
        The share that was heard.

    Raises
    ------
    ConflictError
        If it was not.
    """
    found = _share(review, session.get_one(Recording, sample.recording_id).duration_s)
    if not is_enough(found, opened.must_listen):
        played = math.floor(100 * found)
        raise ConflictError(
            f"{played}% of the recording was heard; a verdict needs {opened.must_listen:.0%}."
        )
    return found


def _share(review: Review, duration_s: float) -> float:
    return share([(start, end) for start, end in review.covered], duration_s)


def _heard_to(session: Session, reviewer: str) -> float:
    """Up to when a reviewer's listening is credited, over all samples."""
    found = session.scalar(select(func.max(Review.heard_to)).where(Review.reviewer_id == reviewer))
    return -math.inf if found is None else found
