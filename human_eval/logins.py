"""Login sessions: who is signed in, by a cookie, and for how long."""

from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from human_eval.storage import audit
from human_eval.storage.identifiers import digest, new_secret, now
from human_eval.storage.schema import Account, LoginSession

# A session ends after this long without a request, and after that long in any case.
IDLE_S, LONGEST_SESSION_S = 12 * 3600.0, 30 * 86_400.0
# How exactly "seen" is kept: writing it at every request would cost a write each.
SEEN_EVERY_S = 600.0


@dataclass(frozen=True)
class Login:
    """A new session: what goes into the cookie, and what a page sends back with each change."""

    cookie: str
    csrf: str


def open_session(session: Session, account: Account) -> Login:
    """Sign an account in."""
    login, at = Login(new_secret(), new_secret()), now()
    session.execute(delete(LoginSession).where(LoginSession.expires_at < at))
    session.add(
        LoginSession(
            id=digest(login.cookie),
            account_id=account.id,
            csrf=login.csrf,
            created_at=at,
            seen_at=at,
            expires_at=at + LONGEST_SESSION_S,
        )
    )
    audit.record(session, account.id, "sign in", subject=account.id, by=account.source)
    return login


def find_session(session: Session, cookie: str) -> tuple[LoginSession, Account] | None:
    """The living session of a cookie, with its account."""
    found = session.execute(
        select(LoginSession, Account)
        .join(Account, Account.id == LoginSession.account_id)
        .where(LoginSession.id == digest(cookie), Account.disabled_at.is_(None))
    ).first()
    if found is None or now() >= min(found[0].expires_at, found[0].seen_at + IDLE_S):
        return None
    return found[0], found[1]


def note_seen(session: Session, login: LoginSession) -> None:
    """Let a session live on."""
    session.execute(update(LoginSession).where(LoginSession.id == login.id).values(seen_at=now()))


def close_session(session: Session, cookie: str) -> None:
    """Sign out."""
    session.execute(delete(LoginSession).where(LoginSession.id == digest(cookie)))
