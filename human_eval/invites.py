"""Invites: links by which people join a study, or become reviewers."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from human_eval.errors import SignInError, UnknownError
from human_eval.storage import audit
from human_eval.storage.identifiers import digest, new_id, new_secret, now
from human_eval.storage.schema import Invite


def make_invite(
    session: Session, study: str | None, label: str, uses: int, days: float | None, actor: str
) -> tuple[Invite, str]:
    """An invite and its secret, which is not kept."""
    secret, at = new_secret(), now()
    invite = Invite(
        id=new_id(),
        study_id=study,
        token_hash=digest(secret),
        label=label,
        uses_left=uses,
        created_at=at,
        expires_at=None if days is None else at + days * 86_400,
    )
    session.add(invite)
    audit.record(session, actor, "make invite", study, invite.id, uses=uses)
    return invite, secret


def use_invite(session: Session, secret: str) -> Invite:
    """Take one use of an invite.

    Raises
    ------
    SignInError
        If there is none, it is used up, or it has ended.
    """
    invite = find_invite(session, secret)
    taken = session.execute(
        update(Invite)
        .where(Invite.id == invite.id, Invite.uses_left > 0)
        .values(uses_left=Invite.uses_left - 1)
    )
    if not taken.rowcount:  # type: ignore[attr-defined]
        raise SignInError("This invitation has been used up; ask for another one.")
    return invite


def find_invite(session: Session, secret: str) -> Invite:
    """The invite that a secret opens.

    Raises
    ------
    SignInError
        If there is none, or it has ended.
    """
    invite = session.scalars(select(Invite).where(Invite.token_hash == digest(secret))).first()
    ended = invite and (invite.revoked_at or (invite.expires_at is not None and invite.expires_at < now()))
    if invite is None or ended:
        raise SignInError("This invitation is not valid any more; ask for another one.")
    return invite


def list_invites(session: Session, study: str | None) -> list[Invite]:
    """The invites of a study, or with `None` those of reviewers; the oldest first."""
    query = select(Invite).where(Invite.study_id == study if study else Invite.study_id.is_(None))
    return list(session.scalars(query.order_by(Invite.created_at)))


def revoke_invite(session: Session, identifier: str, actor: str) -> None:
    """End an invite.

    Raises
    ------
    UnknownError
    """
    invite = session.get(Invite, identifier)
    if invite is None:
        raise UnknownError("There is no such invite.")
    invite.revoked_at = now()
    audit.record(session, actor, "revoke invite", invite.study_id, invite.id)
