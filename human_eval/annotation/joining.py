"""Ways into a study: an invitation, Prolific's link, an account of one's own; and which studies one sees."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from human_eval import accounts, invites
from human_eval.annotation import participation
from human_eval.errors import ConflictError, ForbiddenError, HumanEvalError, SignInError
from human_eval.lookalikes import look_alike
from human_eval.storage.schema import Account, Participant, Study
from human_eval.studies import study as studies

# The way by which an account of each source can join an open study without an invite.
WAYS = {"local": "account", "huggingface": "huggingface"}
ANOTHER_WAY = "This study cannot be joined in this way; ask whoever runs it for a link."


@dataclass(frozen=True)
class Joined:
    """Who joined, and what.

    Attributes
    ----------
    account : Account
    study : str or None
        None for a reviewer.
    return_code : str or None
        Signs an invited person in on another device; known only now.
    """

    account: Account
    study: str | None
    return_code: str | None = None


@dataclass(frozen=True)
class Visit:
    """What Prolific adds to its link: ``PROLIFIC_PID``, ``STUDY_ID`` and ``SESSION_ID``."""

    participant: str
    study: str
    session: str


@dataclass(frozen=True)
class Offered:
    """A study that somebody sees."""

    id: str
    name: str
    state: str
    joined: bool


def by_invite(session: Session, secret: str, account: Account | None) -> Joined:
    """Join by an invitation, with the account signed in or a new one.

    Raises
    ------
    SignInError
        If the invitation is not valid.
    ForbiddenError, ConflictError
        If the study is not joined in this way, or takes nobody.
    """
    invite = invites.find_invite(session, secret)
    if account is not None and invite.study_id in _joined(session, account):  # opened again
        return Joined(account, invite.study_id)
    invites.use_invite(session, secret)
    return_code = None
    if account is None:
        account, return_code = accounts.make_invited(session)
    if invite.study_id is None:
        account.reviewer = True
    else:
        study = studies.find(session, invite.study_id)
        check_way(study, "invite")
        participation.join(session, study, account)
    return Joined(account, invite.study_id, return_code)


def by_prolific(session: Session, study: Study, visit: Visit) -> Joined:
    """Join by Prolific's link.

    Raises
    ------
    HumanEvalError
        If the ids are none of Prolific's.
    ForbiddenError, ConflictError
        If the study is not joined in this way, or takes nobody.
    """
    check_way(study, "prolific")
    if not accounts.PROLIFIC_ID.fullmatch(visit.study):
        raise HumanEvalError(accounts.NO_PROLIFIC_ID)
    account = accounts.of_prolific(session, visit.participant, visit.session)
    participation.join(session, study, account, {"study": visit.study, "session": visit.session})
    return Joined(account, study.id)


def as_account(session: Session, study: Study, account: Account) -> Joined:
    """Join with the account signed in.

    Raises
    ------
    ForbiddenError, ConflictError
        If the study is not joined in this way, or takes nobody.
    """
    if account.source not in WAYS:
        raise ForbiddenError(ANOTHER_WAY)
    check_way(study, WAYS[account.source])
    participation.join(session, study, account)
    return Joined(account, study.id)


def make_account(
    session: Session, name: str, password_hash: str, *, study: str | None, invite: str | None
) -> Account:
    """Make a local account, for a study that takes accounts or by an invitation.

    Raises
    ------
    ConflictError
        If the name is taken, or the study takes nobody.
    SignInError
        If the invitation is not valid.
    ForbiddenError
        If the study takes no accounts.
    """
    used = invites.use_invite(session, invite) if invite is not None else None
    account = accounts.make_local(session, name, password_hash)
    account.reviewer = used is not None and used.study_id is None
    study_id = used.study_id if used is not None else study
    if study_id is not None:
        joined = studies.find(session, study_id)
        if used is None:
            check_way(joined, "account")
        participation.join(session, joined, account)
    return account


def check_name(name: str, admin: str | None) -> None:
    """See that a name cannot be taken for the administrator's.

    Parameters
    ----------
    name : str
    admin : str or None
        As ``AMARATHON_ADMIN`` has it.

    Raises
    ------
    ConflictError
    """
    if not admin:
        return
    if name == admin:
        raise ConflictError("This name is taken.")
    if look_alike(name, admin) or look_alike(name, admin.rpartition(":")[2]):
        raise ConflictError("This name looks like that of somebody here; choose another one.")


def check_entry(session: Session, *, study: str | None, invite: str | None) -> None:
    """See that a new account could join.

    Raises
    ------
    SignInError
        If the invitation is not valid, or used up.
    ForbiddenError
        If the study is not joined in this way.
    """
    if invite is None:
        check_way(studies.find(session, str(study)), WAYS["local"])
    elif not invites.find_invite(session, invite).uses_left:
        raise SignInError("This invitation has been used up; ask for another one.")


def check_way(study: Study, way: str) -> None:
    """See that a study is joined in this way.

    Raises
    ------
    ForbiddenError
    """
    if way not in study.joining:
        raise ForbiddenError(ANOTHER_WAY)


def offered(session: Session, account: Account | None) -> list[Offered]:
    """The studies that somebody takes part in, and those they can join by themselves."""
    if account is None:
        own, way = set(), "account"
    else:
        own, way = _joined(session, account), WAYS.get(account.source, "")
    published = session.scalars(select(Study).where(Study.state != "draft").order_by(Study.created_at))
    return [
        Offered(study.id, study.name, study.state, study.id in own)
        for study in published
        if study.id in own or (study.state == "open" and way in study.joining)
    ]


def account_of(session: Session, identifier: str | None) -> Account:
    """The account of somebody who has to be signed in.

    Raises
    ------
    SignInError
    """
    account = session.get(Account, identifier) if identifier else None
    if account is None:
        raise SignInError("Sign in first.")
    return account


def _joined(session: Session, account: Account) -> set[str]:
    return set(session.scalars(select(Participant.study_id).where(Participant.account_id == account.id)))
