"""Listening reports: what a page says was played, credited as far as it is possible."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from human_eval.annotation.coverage import TOLERANCE_S, Circumstances, Interval, join, judge, share, taken_to
from human_eval.errors import ConflictError
from human_eval.storage import audit
from human_eval.storage.identifiers import new_id, now
from human_eval.storage.schema import Assignment, ListeningReport, Study

# What rounding may take from a fully played recording.
SHARE_TOLERANCE = 0.005


@dataclass(frozen=True)
class Report:
    """What a page sends.

    Attributes
    ----------
    client_id, page : str
    sent_at : float
        Seconds of the page's clock.
    intervals : sequence of Interval
    """

    client_id: str
    page: str
    sent_at: float
    intervals: Sequence[Interval]

    def digest(self) -> str:
        """What tells a report sent again from another one."""
        return body_digest(asdict(self))


def body_digest(body: object) -> str:
    """SHA-256 of a request's body, whatever the order of its fields."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def credit(
    session: Session, study: Study, assignment: Assignment, duration_s: float, report: Report
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
        Places of refused intervals, with the reason; they are in the audit log too.

    Raises
    ------
    ConflictError
        If there is another report by this client id.
    """
    if not report.intervals or _is_repeat(session, assignment, report):
        return []
    received = now()
    page_to, offset = _page(session, assignment.participant_id, report.page)
    offset = min(offset, received - report.sent_at)
    known = Circumstances(
        duration_s=duration_s,
        given_at=assignment.leased_at,
        received_at=received,
        sent_at=report.sent_at,
        page_to=page_to,
        page_offset=offset,
        taken=_taken(session, assignment, report.page),
        credited_s=assignment.listened_s,
    )
    accepted, refused = judge(report.intervals, known)
    if refused:
        who = assignment.participant_id
        audit.record(session, who, "refuse listening", study.id, assignment.id, refused=refused)
    if not accepted:
        return refused
    for each in accepted:
        page_to = taken_to(page_to, each)
        _add(assignment, study, each)
    session.add(
        ListeningReport(
            id=new_id(),
            assignment_id=assignment.id,
            participant_id=assignment.participant_id,
            client_id=report.client_id,
            body_sha256=report.digest(),
            page_id=report.page,
            page_offset=offset,
            page_to=page_to,
            received_at=received,
            began_at=min(each.at for each in accepted) + offset,
            ended_at=max(each.at + each.wall_s for each in accepted) + offset,
            intervals=[asdict(each) for each in accepted],
        )
    )
    if assignment.opened_at is None:
        assignment.opened_at = max(assignment.leased_at, accepted[0].at + offset)
    return refused


def heard(assignment: Assignment, duration_s: float) -> float:
    """Share of the recording that counts as played, 0 to 1."""
    return share([(start, end) for start, end in assignment.covered], duration_s)


def is_unlocked(study: Study, assignment: Assignment, duration_s: float) -> bool:
    """Whether enough was played for an answer."""
    return heard(assignment, duration_s) >= study.must_listen - SHARE_TOLERANCE


def _is_repeat(session: Session, assignment: Assignment, report: Report) -> bool:
    before = session.scalars(
        select(ListeningReport.body_sha256).where(
            ListeningReport.assignment_id == assignment.id, ListeningReport.client_id == report.client_id
        )
    ).first()
    if before is not None and before != report.digest():
        raise ConflictError("Another report was sent by this client id.")
    return before is not None


def _page(session: Session, participant: str, page: str) -> tuple[float, float]:
    """Up to where a page's clock is taken, and its smallest offset; infinities for a new page."""
    latest, offset = session.execute(
        select(func.max(ListeningReport.page_to), func.min(ListeningReport.page_offset)).where(
            ListeningReport.participant_id == participant, ListeningReport.page_id == page
        )
    ).one()
    return (float("-inf") if latest is None else latest), (float("inf") if offset is None else offset)


def _taken(session: Session, assignment: Assignment, page: str) -> list[tuple[float, float]]:
    """When the participant listened on other pages since the item was given out."""
    reports = session.scalars(
        select(ListeningReport).where(
            ListeningReport.participant_id == assignment.participant_id,
            ListeningReport.ended_at > assignment.leased_at - TOLERANCE_S,
            ListeningReport.page_id != page,
        )
    )
    spans = []
    for each in reports:
        for interval in (Interval(**fields) for fields in each.intervals):
            began = interval.at + each.page_offset
            spans.append((began, began + interval.wall_s))
    return list(join(spans))


def _add(assignment: Assignment, study: Study, interval: Interval) -> None:
    wall = interval.wall_s
    assignment.listened_s += wall
    assignment.fast_s += wall if interval.speed > 1 else 0.0
    assignment.slow_s += wall if interval.speed < 1 else 0.0
    assignment.muted_s += wall if interval.muted else 0.0
    assignment.hidden_s += wall if interval.hidden else 0.0
    if not interval.muted and interval.speed <= study.max_speed:
        spans = [(start, end) for start, end in assignment.covered]
        assignment.covered = [list(span) for span in join([*spans, (interval.start, interval.end)])]
