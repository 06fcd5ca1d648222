"""Routes of signing in and joining: invitations, passwords, Prolific's links, return codes."""

from dataclasses import asdict

from fastapi import APIRouter, Depends, Request, Response
from pydantic import model_validator
from sqlalchemy.orm import Session

from human_eval import accounts, logins
from human_eval.annotation import joining
from human_eval.api.dependencies import Anybody, ApiStateDep, Changing, ServiceDep, entering, new_router
from human_eval.api.requests import COOKIE, Body, Secret, ShortText
from human_eval.api.schemas.base import Done
from human_eval.api.schemas.sign_in import AccountView, JoinedView, SessionView, SignInWays, StudyOffered
from human_eval.service import Service
from human_eval.storage.schema import Account
from human_eval.studies import study as studies

routes: APIRouter = new_router()
ENTERING = [Depends(entering)]


class SignInBody(Body):
    """A name and a password."""

    name: ShortText
    password: Secret


class NewAccountBody(Body):
    """A new local account, for an open study or by an invite."""

    name: ShortText
    password: Secret
    study: Secret | None = None
    invite: Secret | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "NewAccountBody":
        if (self.study is None) == (self.invite is None):
            raise ValueError("give a study or an invite")
        return self


class ProlificBody(Body):
    """What Prolific adds to its link: ``PROLIFIC_PID``, ``STUDY_ID``, ``SESSION_ID``."""

    participant: Secret
    study: Secret
    session: Secret


class JoinBody(Body):
    """A way to join."""

    invite: Secret | None = None
    study: Secret | None = None
    prolific: ProlificBody | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "JoinBody":
        if (self.invite is None) == (self.study is None):
            raise ValueError("give a study or an invite")
        return self


class ReturnCodeBody(Body):
    """The return code of an invited person."""

    secret: Secret


@routes.get("/session")
def session_of(service: ServiceDep, caller: Anybody) -> SessionView:
    """Who is signed in, and what there is for them."""
    with service.database.reading() as session:
        if caller is None:
            return described(service, session, None, None)
        return described(service, session, caller.account, caller.csrf)


@routes.post("/sign-in", dependencies=ENTERING)
def sign_in(request: Request, response: Response, body: SignInBody, api: ApiStateDep) -> SessionView:
    """Sign in by name and password."""
    service = api.service
    with api.access.entrance.password(request, body.name), service.database.reading() as session:
        # Hashing takes a tenth of a second: not while others wait to write.
        account = accounts.check_password(session, body.name, body.password)
    with service.database.writing() as session:
        return welcome(service, session, request, response, account)


@routes.post("/accounts", dependencies=ENTERING)
def make_account(request: Request, response: Response, body: NewAccountBody, api: ApiStateDep) -> SessionView:
    """Make a local account and join a study."""
    service = api.service
    joining.check_name(body.name, service.settings.admin)
    api.access.entrance.count_account(request)
    with service.database.reading() as session:
        # Before the password costs anything; it is checked again.
        joining.check_entry(session, study=body.study, invite=body.invite)
    with api.access.entrance.hashing():
        hashed = accounts.hash_password(body.password)
    with service.database.writing() as session:
        account = joining.make_account(session, body.name, hashed, study=body.study, invite=body.invite)
        return welcome(service, session, request, response, account)


@routes.post("/join", dependencies=ENTERING)
def join(
    request: Request, response: Response, body: JoinBody, service: ServiceDep, caller: Anybody
) -> JoinedView:
    """Join a study, as who is signed in or as somebody new."""
    identifier = caller.account.id if caller else None
    with service.database.writing() as session:
        if body.invite is not None:
            account = joining.account_of(session, identifier) if identifier else None
            joined = joining.by_invite(session, body.invite, account)
        elif body.prolific is not None:
            study = studies.find(session, str(body.study))
            joined = joining.by_prolific(session, study, joining.Visit(**body.prolific.model_dump()))
        else:
            study = studies.find(session, str(body.study))
            joined = joining.as_account(session, study, joining.account_of(session, identifier))
        view = welcome(service, session, request, response, joined.account)
        return JoinedView(study=joined.study, way_back=joined.return_code, session=view)


@routes.post("/way-back", dependencies=ENTERING)
def use_return_code(
    request: Request, response: Response, body: ReturnCodeBody, service: ServiceDep
) -> SessionView:
    """Sign in on another device."""
    with service.database.writing() as session:
        account = accounts.by_return_code(session, body.secret)
        return welcome(service, session, request, response, account)


@routes.post("/sign-out")
def sign_out(response: Response, service: ServiceDep, caller: Changing) -> Done:
    """End the session."""
    with service.database.writing() as session:
        logins.close_session(session, caller.cookie)
    response.delete_cookie(COOKIE, path="/")
    return Done()


def welcome(
    service: Service, session: Session, request: Request, response: Response, account: Account
) -> SessionView:
    """Sign an account in."""
    session.flush()
    login = logins.open_session(session, account)
    set_cookie(service, request, response, login.cookie)
    return described(service, session, account, login.csrf)


def set_cookie(service: Service, request: Request, response: Response, cookie: str) -> None:
    """Give the session's cookie to the browser."""
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=int(logins.LONGEST_SESSION_S),
        path="/",
        httponly=True,
        samesite="lax",
        secure=service.settings.space_host is not None or request.url.scheme == "https",
    )


def described(service: Service, session: Session, account: Account | None, csrf: str | None) -> SessionView:
    """The session as a page sees it."""
    view = None
    if account is not None:
        name = account.name or (account.external_id if account.source == "huggingface" else None)
        view = AccountView(name=name, admin=service.is_admin(account), reviewer=account.reviewer)
    return SessionView(
        account=view,
        csrf=csrf,
        ways=SignInWays(huggingface=service.settings.oauth_client_id is not None),
        studies=[StudyOffered(**asdict(study)) for study in joining.offered(session, account)],
    )
