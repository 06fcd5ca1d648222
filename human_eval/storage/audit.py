"""The audit log: every change of human evaluation's data, and every refused attempt."""

from typing import Any

from sqlalchemy.orm import Session

from human_eval.storage.identifiers import now
from human_eval.storage.schema import AuditEvent

COMMAND_LINE = "command line"


def record(
    session: Session,
    actor: str,
    action: str,
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
        E.g. ``"answer"``.
    study, subject : str, optional
        Ids of the study, and of what was changed.
    detail : object
        Whatever JSON knows.
    """
    session.add(
        AuditEvent(at=now(), actor=actor, action=action, study_id=study, subject=subject, detail=detail)
    )
