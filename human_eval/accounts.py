"""People who sign in: local, invited, of Hugging Face, of Prolific; their sessions, and invites."""

import re
import secrets
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from human_eval.errors import ConflictError, HumanEvalError, SignInError, UnknownError
from human_eval.storage import audit
from human_eval.storage.database import SCRUB
from human_eval.storage.identifiers import digest, new_code, new_id, new_secret, now, read_code
from human_eval.storage.schema import Account, AccountSource, Invite, LoginSession, Review

# A session ends after this long without a request, and after that long in any case.
IDLE_S, LONGEST_SESSION_S = 12 * 3600.0, 30 * 86_400.0
# How exactly "seen" is kept: writing it at every request would cost a write each.
SEEN_EVERY_S = 600.0
SHORTEST_PASSWORD = 10
PROLIFIC_ID = re.compile(r"[0-9a-fA-F]{24}")
NO_PROLIFIC_ID = (
    "This link has no ids of Prolific (24 digits and letters a to f each): open the study from its page "
    "on Prolific."
)

_hasher = PasswordHasher()
# Checked where there is no such account, so that both take as long.
_NOBODY = _hasher.hash(secrets.token_hex(8))


@dataclass(frozen=True)
class Login:
    """A new session: what goes into the cookie, and what a page sends back with each change."""

    cookie: str
    csrf: str


def make_local(session: Session, name: str, password_hash: str) -> Account:
    """Make an account with a password, hashed by `hash_password` before the transaction began.

    Raises
    ------
    ConflictError
        If the name is taken.
    HumanEvalError
        If the name cannot be used.
    """
    _check_name(name)
    if session.scalars(select(Account.id).where(Account.name == name)).first():
        raise ConflictError("This name is taken.")
    account = Account(
        id=new_id(),
        source="local",
        name=name,
        external_id=name,
        secret_hash=password_hash,
        created_at=now(),
    )
    session.add(account)
    session.flush()
    audit.record(session, account.id, "make account", subject=account.id)
    return account


def set_password(session: Session, account: Account, password_hash: str) -> None:
    """Give an account another password; who is signed in with the old one no longer is."""
    account.secret_hash = password_hash
    session.execute(delete(LoginSession).where(LoginSession.account_id == account.id))
    audit.record(session, account.id, "new password", subject=account.id)


def hash_password(password: str) -> str:
    """The argon2id hash of a password.

    Raises
    ------
    HumanEvalError
        If it is too short.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise HumanEvalError(f"A password has at least {SHORTEST_PASSWORD} characters.")
    return _hasher.hash(password)


def check_password(session: Session, name: str, password: str) -> Account:
    """The local account with this name and password.

    Raises
    ------
    SignInError
        If there is none; it does not say which of the two is wrong.
    """
    account = session.scalars(select(Account).where(Account.name == name, Account.source == "local")).first()
    try:
        _hasher.verify(account.secret_hash if account and account.secret_hash else _NOBODY, password)
    except VerifyMismatchError:
        account = None
    if account is None or account.disabled_at is not None:
        raise SignInError("Name or password is wrong.")
    return account


def make_invited(session: Session) -> tuple[Account, str]:
    """An account without a name, and the secret that signs in to it on another device."""
    secret = new_code()
    account = Account(id=new_id(), source="invite", secret_hash=digest(secret), created_at=now())
    account.external_id = account.id
    session.add(account)
    session.flush()
    return account, secret


def by_way_back(session: Session, secret: str) -> Account:
    """The invited account that a secret opens.

    Raises
    ------
    SignInError
    """
    # As it was typed, too: earlier codes tell small letters from capitals.
    digests = [digest(each) for each in (secret.strip(), read_code(secret))]
    wanted = select(Account).where(Account.secret_hash.in_(digests), Account.source == "invite")
    account = session.scalars(wanted).first()
    if account is None or account.disabled_at is not None:
        raise SignInError("This return code is not known; check that it is complete.")
    return account


def of_prolific(session: Session, participant: str, prolific_session: str) -> Account:
    """The account of somebody from Prolific in one visit, made when it begins.

    Prolific makes an id for each visit, that is, of a person to a study; with the person's own, which is
    no secret, it brings the same person back. So nobody else can come in their place, nor keep them out
    by coming first, and their next study is a visit of its own.

    Raises
    ------
    HumanEvalError
        If these are no ids of Prolific.
    """
    if not all(map(PROLIFIC_ID.fullmatch, (participant, prolific_session))):
        raise HumanEvalError(NO_PROLIFIC_ID)
    return _external(session, "prolific", f"{participant}:{prolific_session}".lower())


def of_huggingface(session: Session, subject: str, name: str) -> Account:
    """The account of a user of Hugging Face, made at the first visit.

    Who it is is told by the subject alone: a name can be given up and taken by somebody else. An account
    keeps the name that it was made with. One that was made before subjects were kept belongs to the first
    who comes by its name, unless they joined Hugging Face only after it was made.
    """
    wanted = select(Account).where(Account.source == "huggingface")
    account = session.scalars(wanted.where(Account.subject == subject)).first()
    if account is None:
        namesake = session.scalars(wanted.where(Account.external_id == name)).first()
        if namesake is not None and namesake.subject is None and not _is_younger(subject, namesake):
            account = namesake
            account.subject = subject
            audit.record(session, account.id, "bind account", subject=account.id)
    if account is None:
        taken = session.scalars(wanted.where(Account.external_id == name)).first() is not None
        account = _external(session, "huggingface", f"{name} ({subject})" if taken else name)
        account.subject = subject
    if account.disabled_at is not None:
        raise SignInError("This account is closed.")
    return account


def _is_younger(subject: str, account: Account) -> bool:
    """Whether a user of Hugging Face came after an account was made.

    A subject is an ObjectId: 24 hexadecimal digits, the first eight of them the second it was made.
    """
    return bool(re.fullmatch(r"[0-9a-f]{24}", subject)) and int(subject[:8], 16) > account.created_at


def local_account(session: Session, name: str) -> Account | None:
    """The local account of this name."""
    return session.scalars(select(Account).where(Account.name == name, Account.source == "local")).first()


def find(session: Session, identifier: str) -> Account:
    """An account by its id.

    Raises
    ------
    UnknownError
    """
    account = session.get(Account, identifier)
    if account is None or account.source == "removed":
        raise UnknownError("There is no such account.")
    return account


def everybody(session: Session) -> list[Account]:
    """All accounts that are there, those made first before."""
    wanted = select(Account).where(Account.source != "removed").order_by(Account.created_at, Account.id)
    return list(session.scalars(wanted))


def remove(session: Session, account: Account, actor: str) -> None:
    """Remove an account for good: name, password hash, sign-ins.

    Verdicts of a reviewer stay, under an opaque id and without comments. What the person did in studies
    is not removed here; see `human_eval.annotation.participation.delete_person`.
    """
    audit.record(session, actor, "remove account", subject=account.id)
    session.info[SCRUB] = True
    session.execute(delete(LoginSession).where(LoginSession.account_id == account.id))
    session.execute(delete(Review).where(Review.reviewer_id == account.id, Review.verdict.is_(None)))
    given = session.scalars(select(Review).where(Review.reviewer_id == account.id)).all()
    if not given:
        session.delete(account)
        return
    for review in given:
        review.comment = ""
    account.source, account.external_id = "removed", account.id
    account.name = account.secret_hash = account.subject = None
    account.reviewer, account.disabled_at = False, now()


def _external(session: Session, source: AccountSource, external_id: str) -> Account:
    wanted = select(Account).where(Account.source == source, Account.external_id == external_id)
    account = session.scalars(wanted).first()
    if account is None:
        account = Account(id=new_id(), source=source, external_id=external_id, created_at=now())
        session.add(account)
        session.flush()
        audit.record(session, account.id, "make account", subject=account.id)
    if account.disabled_at is not None:
        raise SignInError("This account is closed.")
    return account


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


def invites(session: Session, study: str | None) -> list[Invite]:
    """The invites of a study, or with `None` those of reviewers; the oldest first."""
    wanted = select(Invite).where(Invite.study_id == study if study else Invite.study_id.is_(None))
    return list(session.scalars(wanted.order_by(Invite.created_at)))


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


def _check_name(name: str) -> None:
    if not name.strip() or name != name.strip() or not name.isprintable() or len(name) > 80:
        raise HumanEvalError("A name has 1 to 80 printable characters, and no space around them.")
