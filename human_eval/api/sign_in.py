"""Routes by which people come in: invitations, passwords, Prolific's links, return codes."""

from dataclasses import asdict

from fastapi import APIRouter, Depends, Request, Response
from pydantic import model_validator
from sqlalchemy.orm import Session

from human_eval import accounts
from human_eval.annotation import joining
from human_eval.api.dependencies import Anybody, Changing, OpenDesk, OpenService, entering, new_router
from human_eval.api.requests import COOKIE, Body, Secret, ShortText
from human_eval.api.schemas_annotation import (
    AccountView,
    JoinedView,
    Nothing,
    SessionView,
    SignInWays,
    StudyOffered,
)
from human_eval.service import Desk
from human_eval.storage.schema import Account
from human_eval.studies import study as studies

routes: APIRouter = new_router()
ENTERING = [Depends(entering)]


class SignIn(Body):
    """A name and a password."""

    name: ShortText
    password: Secret


class NewAccount(Body):
    """A new local account, for an open study or by an invite."""

    name: ShortText
    password: Secret
    study: Secret | None = None
    invite: Secret | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "NewAccount":
        if (self.study is None) == (self.invite is None):
            raise ValueError("give a study or an invite")
        return self


class Prolific(Body):
    """What Prolific adds to its link: ``PROLIFIC_PID``, ``STUDY_ID``, ``SESSION_ID``."""

    participant: Secret
    study: Secret
    session: Secret


class Join(Body):
    """A way to join."""

    invite: Secret | None = None
    study: Secret | None = None
    prolific: Prolific | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "Join":
        if (self.invite is None) == (self.study is None):
            raise ValueError("give a study or an invite")
        return self


class WayBack(Body):
    """The return code of an invited person."""

    secret: Secret


@routes.get("/session")
def session_of(desk: OpenDesk, caller: Anybody) -> SessionView:
    """Who is signed in, and what there is for them."""
    with desk.database.reading() as session:
        if caller is None:
            return described(desk, session, None, None)
        return described(desk, session, caller.account, caller.csrf)


@routes.post("/sign-in", dependencies=ENTERING)
def sign_in(request: Request, response: Response, given: SignIn, service: OpenService) -> SessionView:
    """Sign in by name and password."""
    desk = service.desk
    with service.access.entrance.password(request, given.name), desk.database.reading() as session:
        # Hashing takes a tenth of a second: not while others wait to write.
        account = accounts.check_password(session, given.name, given.password)
    with desk.database.writing() as session:
        return welcome(desk, session, request, response, account)


@routes.post("/accounts", dependencies=ENTERING)
def make_account(
    request: Request, response: Response, given: NewAccount, service: OpenService
) -> SessionView:
    """Make a local account and join a study."""
    desk = service.desk
    joining.check_name(given.name, desk.settings.admin)
    service.access.entrance.count_account(request)
    with desk.database.reading() as session:
        # Before the password costs anything; it is checked again.
        joining.check_entry(session, study=given.study, invite=given.invite)
    with service.access.entrance.hashing():
        hashed = accounts.hash_password(given.password)
    with desk.database.writing() as session:
        account = joining.make_account(session, given.name, hashed, study=given.study, invite=given.invite)
        return welcome(desk, session, request, response, account)


@routes.post("/join", dependencies=ENTERING)
def join(request: Request, response: Response, given: Join, desk: OpenDesk, caller: Anybody) -> JoinedView:
    """Join a study, as who is signed in or as somebody new."""
    identifier = caller.account.id if caller else None
    with desk.database.writing() as session:
        if given.invite is not None:
            account = joining.account_of(session, identifier) if identifier else None
            joined = joining.by_invite(session, given.invite, account)
        elif given.prolific is not None:
            study = studies.find(session, str(given.study))
            joined = joining.by_prolific(session, study, joining.Visit(**given.prolific.model_dump()))
        else:
            study = studies.find(session, str(given.study))
            joined = joining.as_account(session, study, joining.account_of(session, identifier))
        now_in = welcome(desk, session, request, response, joined.account)
        return JoinedView(study=joined.study, way_back=joined.return_code, session=now_in)


@routes.post("/way-back", dependencies=ENTERING)
def way_back(request: Request, response: Response, given: WayBack, desk: OpenDesk) -> SessionView:
    """Sign in on another device."""
    with desk.database.writing() as session:
        account = accounts.by_way_back(session, given.secret)
        return welcome(desk, session, request, response, account)


@routes.post("/sign-out")
def sign_out(response: Response, desk: OpenDesk, caller: Changing) -> Nothing:
    """End the session."""
    with desk.database.writing() as session:
        accounts.close_session(session, caller.cookie)
    response.delete_cookie(COOKIE, path="/")
    return Nothing()


def welcome(
    desk: Desk, session: Session, request: Request, response: Response, account: Account
) -> SessionView:
    """Sign an account in and say who it is."""
    session.flush()
    login = accounts.open_session(session, account)
    set_cookie(desk, request, response, login.cookie)
    return described(desk, session, account, login.csrf)


def set_cookie(desk: Desk, request: Request, response: Response, cookie: str) -> None:
    """Give the session's cookie to the browser."""
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=int(accounts.LONGEST_SESSION_S),
        path="/",
        httponly=True,
        samesite="lax",
        secure=desk.settings.space_host is not None or request.url.scheme == "https",
    )


def described(desk: Desk, session: Session, account: Account | None, csrf: str | None) -> SessionView:
    """The session as a page sees it."""
    known = None
    if account is not None:
        name = account.name or (account.external_id if account.source == "huggingface" else None)
        known = AccountView(name=name, admin=desk.is_admin(account), reviewer=account.reviewer)
    return SessionView(
        account=known,
        csrf=csrf,
        ways=SignInWays(huggingface=desk.settings.oauth_client_id is not None),
        studies=[StudyOffered(**asdict(each)) for each in joining.offered(session, account)],
    )
