"""The audit log: every change of human evaluation's data, and every refused attempt."""

from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from human_eval.storage.identifiers import now
from human_eval.storage.schema import AuditEvent

COMMAND_LINE = "command line"
EVENTS_AT_ONCE = 500

Action = Literal[
    "answer",
    "bind account",
    "consent",
    "continue",
    "create study",
    "delete data",
    "delete draft",
    "exclude",
    "flag",
    "include",
    "join",
    "lease",
    "lease expired",
    "make account",
    "make invite",
    "new password",
    "open round",
    "pause",
    "publish results",
    "refuse answer",
    "refuse listening",
    "remove account",
    "review",
    "revoke invite",
    "sign in",
    "skip",
    "sound check",
    "study closed",
    "study open",
    "study paused",
    "submit",
    "verdict",
]


def record(
    session: Session,
    actor: str,
    action: Action,
    study: str | None = None,
    subject: str | None = None,
    **detail: Any,
) -> None:
    """Note who did what; on the disk with the change itself.

    Parameters
    ----------
    session : Session
        The transaction that makes the change.
    actor : str
        Opaque id of a participant or an account, or `COMMAND_LINE`. Never a name.
    action : str
        One of `Action`.
    study, subject : str, optional
        Ids of the study, and of what was changed.
    detail : object
        Whatever JSON knows.
    """
    session.add(
        AuditEvent(at=now(), actor=actor, action=action, study_id=study, subject=subject, detail=detail)
    )


def events(session: Session, study: str | None, after: int) -> list[AuditEvent]:
    """The log's next `EVENTS_AT_ONCE` events after an id; of one study, or all."""
    query = select(AuditEvent).where(AuditEvent.id > after).order_by(AuditEvent.id).limit(EVENTS_AT_ONCE)
    if study is not None:
        query = query.where(AuditEvent.study_id == study)
    return list(session.scalars(query))
