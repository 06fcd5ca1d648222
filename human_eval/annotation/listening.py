"""Listening reports: what a page says was played, credited as far as it is possible.

A person has one budget of time. Each of their items can only have been played since it was assigned, so
of all items that were assigned since some moment, no more can have been played than the time since then,
in whatever study, session or tab. As `Assignment.listened_s` sums what is credited, a report costs the
same however many came before.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from human_eval.annotation.coverage import (
    PlayedInterval,
    ReportContext,
    add_span,
    check_intervals,
    page_clock_after,
    share,
)
from human_eval.errors import ConflictError
from human_eval.storage import audit
from human_eval.storage.identifiers import new_id, now
from human_eval.storage.schema import Account, Assignment, ListeningReport, Participant, Study

# What rounding may take from a fully played recording.
SHARE_TOLERANCE = 0.005


@dataclass(frozen=True)
class PlaybackReport:
    """What a page reports that it played.

    Attributes
    ----------
    client_id, page : str
    sent_at : float
        Seconds of the page's clock.
    intervals : sequence of PlayedInterval
    """

    client_id: str
    page: str
    sent_at: float
    intervals: Sequence[PlayedInterval]

    @cached_property
    def digest(self) -> str:
        """What distinguishes a report sent again from another one. Compute it before a transaction begins."""
        return body_digest(asdict(self))


def body_digest(body: object) -> str:
    """SHA-256 of a request's body, whatever the order of its fields."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def credit(
    session: Session, study: Study, assignment: Assignment, duration_s: float, report: PlaybackReport
) -> list[tuple[int, str]]:
    """Credit a report to an assignment. Sent again, it changes nothing.

    Parameters
    ----------
    session : Session
        A writing one, with the participant's row locked.
    study : Study
    assignment : Assignment
    duration_s : float
        Of the recording.
    report : Report

    Returns
    -------
    list of (int, str)
        Indices of refused intervals, with the reason; they are in the audit log too.

    Raises
    ------
    ConflictError
        If there is another report by this client id.
    """
    if not report.intervals or _is_repeat(session, assignment, report):
        return []
    received = now()
    page_to = _page_to(session, assignment.participant_id, report.page)
    report_context = ReportContext(
        duration_s=duration_s,
        assigned_at=assignment.leased_at,
        received_at=received,
        sent_at=report.sent_at,
        page_to=page_to,
        budget_s=_budget(session, assignment, received),
    )
    accepted, refused = check_intervals(report.intervals, report_context)
    if refused:
        _note_refused(session, study, assignment, refused)
    if not accepted:
        return refused
    covered = [(start, end) for start, end in assignment.covered]
    for interval in accepted:
        page_to = page_clock_after(page_to, interval)
        _add_times(assignment, interval)
        if not interval.muted and interval.speed <= study.max_speed:
            add_span(covered, interval.start, interval.end)
    assignment.covered = [list(span) for span in covered]
    offset = received - report.sent_at
    session.add(
        ListeningReport(
            id=new_id(),
            assignment_id=assignment.id,
            participant_id=assignment.participant_id,
            client_id=report.client_id,
            body_sha256=report.digest,
            page_id=report.page,
            page_offset=offset,
            page_to=page_to,
            received_at=received,
            began_at=min(interval.at for interval in accepted) + offset,
            ended_at=max(interval.at + interval.wall_s for interval in accepted) + offset,
            intervals=[asdict(interval) for interval in accepted],
        )
    )
    if assignment.opened_at is None:
        assignment.opened_at = max(assignment.leased_at, accepted[0].at + offset)
    return refused


def coverage_of(assignment: Assignment, duration_s: float) -> float:
    """Share of the recording that counts as played, 0 to 1."""
    return share([(start, end) for start, end in assignment.covered], duration_s)


def is_unlocked(study: Study, assignment: Assignment, duration_s: float) -> bool:
    """Whether enough was played for an answer."""
    return coverage_of(assignment, duration_s) >= study.must_listen - SHARE_TOLERANCE


def _is_repeat(session: Session, assignment: Assignment, report: PlaybackReport) -> bool:
    before = session.scalars(
        select(ListeningReport.body_sha256).where(
            ListeningReport.assignment_id == assignment.id, ListeningReport.client_id == report.client_id
        )
    ).first()
    if before is not None and before != report.digest:
        raise ConflictError("Another report was sent under the same id; load the page again.")
    return before is not None


def _page_to(session: Session, participant: str, page: str) -> float:
    """Up to where a page's clock is taken; minus infinity for a new page. An index answers it."""
    latest = session.scalar(
        select(func.max(ListeningReport.page_to)).where(
            ListeningReport.participant_id == participant, ListeningReport.page_id == page
        )
    )
    return float("-inf") if latest is None else latest


def _budget(session: Session, assignment: Assignment, received: float) -> float:
    """Seconds that somebody can have listened to an item and that are not credited to any item yet."""
    account = session.scalars(
        select(Participant.account_id).where(Participant.id == assignment.participant_id)
    ).one()
    # What else the same person does, in another study too, waits until this transaction ends.
    session.execute(select(Account.id).where(Account.id == account).with_for_update(key_share=True))
    since = (
        select(
            Assignment.leased_at,
            # Of what was assigned at this moment or later; equal moments are one.
            func.sum(Assignment.listened_s).over(order_by=Assignment.leased_at.desc()).label("credited"),
        )
        .join(Participant, Participant.id == Assignment.participant_id)
        .where(Participant.account_id == account)
        .subquery()
    )
    # Of what was assigned before this item, too: played in the same time, it leaves less.
    left = select(func.min(received - since.c.leased_at - since.c.credited)).where(
        since.c.leased_at <= assignment.leased_at
    )
    return float(session.scalars(left).one())  # the item itself is among them


def _note_refused(
    session: Session, study: Study, assignment: Assignment, refused: list[tuple[int, str]]
) -> None:
    reasons = dict(Counter(reason for _, reason in refused))
    who = assignment.participant_id
    audit.record(session, who, "refuse listening", study.id, assignment.id, refused=reasons)


def _add_times(assignment: Assignment, interval: PlayedInterval) -> None:
    wall = interval.wall_s
    assignment.listened_s += wall
    assignment.fast_s += wall if interval.speed > 1 else 0.0
    assignment.slow_s += wall if interval.speed < 1 else 0.0
    assignment.muted_s += wall if interval.muted else 0.0
    assignment.hidden_s += wall if interval.hidden else 0.0
