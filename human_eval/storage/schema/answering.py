"""Tables of annotation: which item was assigned to whom, what was played, what was answered."""

from typing import Any, Literal

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from human_eval.storage.schema.base import Base, Id, refers_to

# returned: its lease ended and its slot went back to the pool
AssignmentState = Literal["leased", "answered", "skipped", "returned"]


class Assignment(Base):
    """An item assigned to a participant: a lease at first, then an answer.

    `place` counts a participant's assignments. `option_order` is the canonical option indices in the order
    shown. `took_place` is whether it holds one of its item's slots; a late answer that found none left does
    not. `covered` holds the played spans of the recording, joined, as ``[start, end]`` in seconds.
    """

    __tablename__ = "assignments"
    __table_args__ = (
        UniqueConstraint("participant_id", "item_id"),
        Index("ix_assignments_state_expires_at", "state", "expires_at"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    study_id: Mapped[str] = mapped_column(refers_to("studies.id"), index=True)
    item_id: Mapped[str] = mapped_column(refers_to("items.id"), index=True)
    participant_id: Mapped[str] = mapped_column(refers_to("participants.id"))
    place: Mapped[int]
    state: Mapped[str] = mapped_column(String(9))
    took_place: Mapped[bool]
    option_order: Mapped[list[Any]]
    leased_at: Mapped[float]
    expires_at: Mapped[float]
    opened_at: Mapped[float | None]
    skip_reason: Mapped[str | None]
    draft: Mapped[dict[str, Any] | None]
    draft_at: Mapped[float | None]
    covered: Mapped[list[Any]]
    listened_s: Mapped[float] = mapped_column(default=0.0)
    fast_s: Mapped[float] = mapped_column(default=0.0)
    slow_s: Mapped[float] = mapped_column(default=0.0)
    muted_s: Mapped[float] = mapped_column(default=0.0)
    hidden_s: Mapped[float] = mapped_column(default=0.0)


class ListeningReport(Base):
    """What a page reported as played, as far as it was accepted; `began_at` and `ended_at` are server time.

    `page_id` names one load of the page, `page_offset` is server time less its clock when the report
    came, and `page_to` the page's time up to which listening is credited.
    """

    __tablename__ = "listening_reports"
    __table_args__ = (
        UniqueConstraint("assignment_id", "client_id"),
        # With the time, so that the latest of a page is found without reading its reports.
        Index("ix_listening_reports_participant_page_time", "participant_id", "page_id", "page_to"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    assignment_id: Mapped[str] = mapped_column(refers_to("assignments.id"))
    participant_id: Mapped[str] = mapped_column(refers_to("participants.id"))
    client_id: Mapped[str] = mapped_column(String(64))
    body_sha256: Mapped[str] = mapped_column(String(64))
    page_id: Mapped[str] = mapped_column(String(64))
    page_offset: Mapped[float]
    page_to: Mapped[float]
    received_at: Mapped[float]
    began_at: Mapped[float]
    ended_at: Mapped[float]
    intervals: Mapped[list[Any]]


class Answer(Base):
    """One saved version of an answer; the newest of an assignment has `current`.

    `choice` is a canonical option index. `coverage` is the share played when it was saved.
    """

    __tablename__ = "answers"
    __table_args__ = (
        UniqueConstraint("assignment_id", "client_id"),
        UniqueConstraint("assignment_id", "revision"),
    )
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    assignment_id: Mapped[str] = mapped_column(refers_to("assignments.id"))
    client_id: Mapped[str] = mapped_column(String(64))
    body_sha256: Mapped[str] = mapped_column(String(64))
    revision: Mapped[int]
    current: Mapped[bool]
    choice: Mapped[int | None]
    transcript: Mapped[str | None]
    confidence: Mapped[int | None]
    comment: Mapped[str]
    coverage: Mapped[float]
    elapsed_s: Mapped[float]
    over_time: Mapped[bool]
    saved_at: Mapped[float]


class Flag(Base):
    """A fault of an item that somebody reported."""

    __tablename__ = "flags"
    __table_args__ = (UniqueConstraint("assignment_id", "client_id"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    assignment_id: Mapped[str] = mapped_column(refers_to("assignments.id"))
    client_id: Mapped[str] = mapped_column(String(64))
    body_sha256: Mapped[str] = mapped_column(String(64))
    fault: Mapped[str] = mapped_column(String(40))
    comment: Mapped[str]
    at: Mapped[float]


class ExclusionDecision(Base):
    """A decision to leave a participant, or one answer, out of the results; the newest one counts."""

    __tablename__ = "exclusions"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    study_id: Mapped[str] = mapped_column(refers_to("studies.id"), index=True)
    participant_id: Mapped[str] = mapped_column(refers_to("participants.id"))
    assignment_id: Mapped[str | None] = mapped_column(refers_to("assignments.id"))
    excluded: Mapped[bool]
    reason: Mapped[str]
    decided_by: Mapped[str] = mapped_column(String(40))
    at: Mapped[float]
