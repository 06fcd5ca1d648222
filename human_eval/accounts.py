"""Accounts of people who sign in: local, invited, of Hugging Face, of Prolific."""

import re
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from human_eval.errors import ConflictError, HumanEvalError, SignInError, UnknownError
from human_eval.storage import audit
from human_eval.storage.database import SCRUB
from human_eval.storage.identifiers import digest, new_code, new_id, now, read_code
from human_eval.storage.schema import Account, AccountSource, LoginSession, Review

SHORTEST_PASSWORD = 10
PROLIFIC_ID = re.compile(r"[0-9a-fA-F]{24}")
NO_PROLIFIC_ID = (
    "This link has no ids of Prolific (24 digits and letters a to f each): open the study from its page "
    "on Prolific."
)

_hasher = PasswordHasher()
# Checked where there is no such account, so that both take as long.
_HASH_OF_NOBODY = _hasher.hash(secrets.token_hex(8))


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
        _hasher.verify(account.secret_hash if account and account.secret_hash else _HASH_OF_NOBODY, password)
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


def by_return_code(session: Session, secret: str) -> Account:
    """The invited account that a secret opens.

    Raises
    ------
    SignInError
    """
    # As it was typed, too: earlier codes tell small letters from capitals.
    digests = [digest(code) for code in (secret.strip(), read_code(secret))]
    query = select(Account).where(Account.secret_hash.in_(digests), Account.source == "invite")
    account = session.scalars(query).first()
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

    The subject alone identifies a user: a name can be given up and taken by somebody else. An account
    keeps the name that it was made with. One that was made before subjects were kept belongs to the first
    who comes by its name, unless they joined Hugging Face only after it was made.
    """
    query = select(Account).where(Account.source == "huggingface")
    account = session.scalars(query.where(Account.subject == subject)).first()
    if account is None:
        namesake = session.scalars(query.where(Account.external_id == name)).first()
        if namesake is not None and namesake.subject is None and not _is_younger(subject, namesake):
            account = namesake
            account.subject = subject
            audit.record(session, account.id, "bind account", subject=account.id)
    if account is None:
        taken = session.scalars(query.where(Account.external_id == name)).first() is not None
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


def all_accounts(session: Session) -> list[Account]:
    """All accounts but removed ones, the oldest first."""
    query = select(Account).where(Account.source != "removed").order_by(Account.created_at, Account.id)
    return list(session.scalars(query))


def remove(session: Session, account: Account, actor: str) -> None:
    """Remove an account for good: name, password hash, sign-ins.

    Verdicts of a reviewer stay, under an opaque id and without comments. What the person did in studies
    is not removed here; see `human_eval.annotation.participation.delete_person`.
    """
    audit.record(session, actor, "remove account", subject=account.id)
    session.info[SCRUB] = True
    session.execute(delete(LoginSession).where(LoginSession.account_id == account.id))
    session.execute(delete(Review).where(Review.reviewer_id == account.id, Review.verdict.is_(None)))
    reviews = session.scalars(select(Review).where(Review.reviewer_id == account.id)).all()
    if not reviews:
        session.delete(account)
        return
    for review in reviews:
        review.comment = ""
    account.source, account.external_id = "removed", account.id
    account.name = account.secret_hash = account.subject = None
    account.reviewer, account.disabled_at = False, now()


def _external(session: Session, source: AccountSource, external_id: str) -> Account:
    query = select(Account).where(Account.source == source, Account.external_id == external_id)
    account = session.scalars(query).first()
    if account is None:
        account = Account(id=new_id(), source=source, external_id=external_id, created_at=now())
        session.add(account)
        session.flush()
        audit.record(session, account.id, "make account", subject=account.id)
    if account.disabled_at is not None:
        raise SignInError("This account is closed.")
    return account


def _check_name(name: str) -> None:
    if not name.strip() or name != name.strip() or not name.isprintable() or len(name) > 80:
        raise HumanEvalError("A name has 1 to 80 printable characters, and no space around them.")
