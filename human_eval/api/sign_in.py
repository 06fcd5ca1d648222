"""Routes by which people come in: invites, passwords, Prolific's links, a way back."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import model_validator
from sqlalchemy import select
from sqlalchemy.orm import Session

from human_eval import accounts
from human_eval.annotation import participation
from human_eval.api.requests import COOKIE, NEVER, Access, Body, Caller, Secret, ShortText
from human_eval.errors import ConflictError, ForbiddenError, SignInError
from human_eval.service import Desk
from human_eval.storage.schema import Account, Participant, Study
from human_eval.studies import study as studies


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
    """The secret of an invited account."""

    secret: Secret


def add_routes(routes: APIRouter, desk: Desk, access: Access) -> None:
    """Add the routes of the entrance."""
    anybody = Annotated[Caller | None, Depends(access.anybody)]
    entering = [Depends(access.entering)]

    @routes.get("/session")
    def session_of(caller: anybody) -> Response:
        """Who is signed in, and what there is for them."""
        with desk.database.reading() as session:
            account, csrf = (caller.account, caller.csrf) if caller else (None, None)
            return JSONResponse(described(desk, session, account, csrf), headers=NEVER)

    @routes.post("/sign-in", dependencies=entering)
    def sign_in(request: Request, given: SignIn) -> Response:
        """Sign in by name and password."""
        with access.entrance.password(request, given.name), desk.database.reading() as session:
            # Hashing takes a tenth of a second: not while others wait to write.
            account = accounts.check_password(session, given.name, given.password)
        with desk.database.writing() as session:
            return welcome(desk, session, request, account)

    @routes.post("/accounts", dependencies=entering)
    def make_account(request: Request, given: NewAccount) -> Response:
        """Make a local account and join a study."""
        if desk.settings.admin == given.name:
            raise ConflictError("This name is taken.")
        access.entrance.count_account(request)
        _check_entry(desk, given)
        with access.entrance.hashing():
            hashed = accounts.hash_password(given.password)
        with desk.database.writing() as session:
            if given.invite is not None:
                invite = accounts.use_invite(session, given.invite)
                study = invite.study_id
            else:
                invite, study = None, given.study
            account = accounts.make_local(session, given.name, hashed)
            account.reviewer = invite is not None and invite.study_id is None
            if study is not None:
                found = studies.find(session, study)
                if invite is None:
                    check_way(found, "account")
                participation.join(session, found, account)
            return welcome(desk, session, request, account)

    @routes.post("/join", dependencies=entering)
    def join(request: Request, given: Join, caller: anybody) -> Response:
        """Join a study, as who is signed in or as somebody new."""
        with desk.database.writing() as session:
            if given.invite is not None:
                return _join_by_invite(desk, session, request, given.invite, caller)
            study = studies.find(session, str(given.study))
            return _join_study(desk, session, request, study, given.prolific, caller)

    @routes.post("/way-back", dependencies=entering)
    def way_back(request: Request, given: WayBack) -> Response:
        """Sign in on another device."""
        with desk.database.writing() as session:
            return welcome(desk, session, request, accounts.by_way_back(session, given.secret))

    @routes.post("/sign-out")
    def sign_out(caller: Annotated[Caller, Depends(access.changing)]) -> Response:
        """End the session."""
        with desk.database.writing() as session:
            accounts.close_session(session, caller.cookie)
        response = JSONResponse({}, headers=NEVER)
        response.delete_cookie(COOKIE, path="/")
        return response


def _check_entry(desk: Desk, given: NewAccount) -> None:
    """See that an account would let anybody in before its password costs anything; it is checked again."""
    with desk.database.reading() as session:
        if given.invite is not None:
            if not accounts.find_invite(session, given.invite).uses_left:
                raise SignInError("This invite is used up; ask for another one.")
        else:
            check_way(studies.find(session, str(given.study)), "account")


def _join_by_invite(
    desk: Desk, session: Session, request: Request, secret: str, caller: Caller | None
) -> Response:
    invite = accounts.find_invite(session, secret)
    account = session.get_one(Account, caller.account.id) if caller else None
    if account is not None and invite.study_id is not None:
        joined = select(Participant.id).where(
            Participant.study_id == invite.study_id, Participant.account_id == account.id
        )
        if session.scalars(joined).first():  # the link was opened again
            return welcome(desk, session, request, account, study=invite.study_id, way_back=None)
    accounts.use_invite(session, secret)
    way_back = None
    if account is None:
        account, way_back = accounts.make_invited(session)
    if invite.study_id is None:
        account.reviewer = True
    else:
        study = studies.find(session, invite.study_id)
        check_way(study, "invite")
        participation.join(session, study, account)
    return welcome(desk, session, request, account, study=invite.study_id, way_back=way_back)


def _join_study(
    desk: Desk,
    session: Session,
    request: Request,
    study: Study,
    prolific: Prolific | None,
    caller: Caller | None,
) -> Response:
    if prolific is not None:
        check_way(study, "prolific")
        account = accounts.of_prolific(session, prolific.participant, prolific.session)
        participation.join(session, study, account, {"study": prolific.study, "session": prolific.session})
    elif caller is None:
        raise SignInError("Sign in first.")
    else:
        account = session.get_one(Account, caller.account.id)
        check_way(study, "huggingface" if account.source == "huggingface" else "account")
        if account.source not in {"local", "huggingface"}:
            raise ForbiddenError("You cannot join this study in this way.")
        participation.join(session, study, account)
    return welcome(desk, session, request, account, study=study.id, way_back=None)


def check_way(study: Study, way: str) -> None:
    """See that a study is joined in this way.

    Raises
    ------
    ForbiddenError
    """
    if way not in study.joining:
        raise ForbiddenError("You cannot join this study in this way.")


def welcome(desk: Desk, session: Session, request: Request, account: Account, **joined: Any) -> JSONResponse:
    """Sign an account in and say who it is; with `joined`, beneath what was joined."""
    session.flush()
    login = accounts.open_session(session, account)
    content = described(desk, session, account, login.csrf)
    response = JSONResponse(joined | {"session": content} if joined else content, headers=NEVER)
    set_cookie(desk, request, response, login.cookie)
    return response


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


def described(desk: Desk, session: Session, account: Account | None, csrf: str | None) -> dict[str, Any]:
    """The session as a page sees it."""
    known: dict[str, Any] | None = None
    mine: set[str] = set()
    if account is not None:
        known = {
            "name": account.name or (account.external_id if account.source == "huggingface" else None),
            "admin": desk.is_admin(account),
            "reviewer": account.reviewer,
        }
        joined = select(Participant.study_id).where(Participant.account_id == account.id)
        mine = set(session.scalars(joined))
    way = {"local": "account", "huggingface": "huggingface"}.get(account.source) if account else "account"
    shown = [
        {"id": study.id, "name": study.name, "state": study.state, "joined": study.id in mine}
        for study in session.scalars(select(Study).where(Study.state != "draft").order_by(Study.created_at))
        if study.id in mine or (study.state == "open" and way in study.joining)
    ]
    ways = {"huggingface": desk.settings.oauth_client_id is not None}
    return {"account": known, "csrf": csrf, "ways": ways, "studies": shown}
