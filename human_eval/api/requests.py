"""What every route shares: refusals as sentences, limits, who asks, and that a change was meant."""

import secrets
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Path, Request, Response
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.exc import IntegrityError
from starlette.concurrency import run_in_threadpool

from human_eval import accounts
from human_eval.api.limits import EntranceLimits, address_of
from human_eval.errors import ConflictError, ForbiddenError, SignInError, TooLargeError, TooManyError
from human_eval.service import Desk
from human_eval.storage.identifiers import now
from human_eval.storage.schema import Account, LoginSession
from web.routes import Handler, SentenceRoute

COOKIE = "amarathon_session"
CSRF_HEADER = "X-CSRF-Token"
# A long transcript is a tenth of this; a study that names thousands of samples is the largest body.
LARGEST_BODY = 1 << 20
Number = Annotated[float, Field(ge=-1e12, le=1e12)]
# Within a minute. People behind one address may be many; passwords are counted by `api.limits`.
CHANGES, ENTRANCES = (RateLimitItemPerMinute(number) for number in (240, 600))


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("a text has no zero characters")
    return text


Storable = AfterValidator(_storable)
ShortText = Annotated[str, StringConstraints(max_length=200), Storable]
LongText = Annotated[str, StringConstraints(max_length=50_000), Storable]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=200), Storable]
ClientId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,64}$")]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


class Body(BaseModel):
    """Base of what pages send: nothing else than what is declared, and only finite numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class _LimitedRequest(Request):
    async def stream(self) -> AsyncGenerator[bytes, None]:
        size = 0
        async for chunk in super().stream():
            size += len(chunk)
            if size > LARGEST_BODY:
                raise TooLargeError("The request is too large.")
            yield chunk


class BoundedRoute(SentenceRoute):
    """A route whose bodies are limited, and whose answers nobody keeps."""

    async def respond(self, request: Request, handle: Handler) -> Response:
        """See `SentenceRoute`."""
        limited = _LimitedRequest(request.scope, request.receive)
        await limited.body()
        try:
            response = await handle(limited)
        except IntegrityError as error:
            raise ConflictError("The same request came twice at the same moment; try again.") from error
        response.headers.setdefault("Cache-Control", "no-store")
        return response


@dataclass(frozen=True)
class Caller:
    """Who asks.

    Attributes
    ----------
    account : Account
    cookie, csrf : str
    admin : bool
    """

    account: Account
    cookie: str
    csrf: str
    admin: bool


class Access:
    """Dependencies of routes: who asks, and whether they may.

    Parameters
    ----------
    desk : Desk
    """

    def __init__(self, desk: Desk):
        self._desk = desk
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self.entrance = EntranceLimits()

    async def anybody(self, request: Request) -> Caller | None:
        """Who is signed in, if anybody."""
        cookie = request.cookies.get(COOKIE)
        if not cookie:
            return None
        # A file is read sooner than a thread is found for it; a server may take its time.
        nearby = self._desk.database.is_sqlite
        found = self._find(cookie) if nearby else await run_in_threadpool(self._find, cookie)
        if found is None:
            return None
        login, account = found
        if now() - login.seen_at > accounts.SEEN_EVERY_S:
            await run_in_threadpool(self._note_seen, login)
        return Caller(account, cookie, login.csrf, self._desk.is_admin(account))

    def _find(self, cookie: str) -> tuple[LoginSession, Account] | None:
        with self._desk.database.reading() as session:
            return accounts.find_session(session, cookie)

    def _note_seen(self, login: LoginSession) -> None:
        with self._desk.database.writing() as session:
            accounts.note_seen(session, login)

    async def signed_in(self, request: Request) -> Caller:
        """Who is signed in."""
        caller = await self.anybody(request)
        if caller is None:
            raise SignInError("Sign in first; your session may have ended.")
        return caller

    async def changing(self, request: Request) -> Caller:
        """Who is signed in, for a request that changes something."""
        caller = await self.signed_in(request)
        self._check_origin(request)
        token = request.headers.get(CSRF_HEADER, "")
        if not secrets.compare_digest(token.encode(), caller.csrf.encode()):
            raise ForbiddenError("The request does not come from this page; load it again.")
        self.limit(CHANGES, caller.account.id)
        return caller

    async def entering(self, request: Request) -> None:
        """A request that signs in. Its own header cannot be sent from elsewhere without being asked for."""
        self._check_origin(request)
        if CSRF_HEADER not in request.headers:
            raise ForbiddenError("The request does not come from this page; load it again.")
        self.limit(ENTRANCES, address_of(request))

    async def administrator(self, request: Request) -> Caller:
        """The administrator, who only reads."""
        return _only_admin(await self.signed_in(request))

    async def administering(self, request: Request) -> Caller:
        """The administrator, for a request that changes something."""
        return _only_admin(await self.changing(request))

    async def reviewer(self, request: Request) -> Caller:
        """A reviewer or the administrator, who only reads."""
        return _only_reviewer(await self.signed_in(request))

    async def reviewing(self, request: Request) -> Caller:
        """A reviewer or the administrator, for a request that changes something."""
        return _only_reviewer(await self.changing(request))

    def limit(self, rate: RateLimitItemPerMinute, who: str) -> None:
        """Count a request.

        Raises
        ------
        TooManyError
        """
        if not self._limiter.hit(rate, who):
            raise TooManyError("Too many requests; wait a minute.")

    def _check_origin(self, request: Request) -> None:
        site = request.headers.get("sec-fetch-site")
        origin = request.headers.get("origin")
        if site is not None:
            own = site in {"same-origin", "none"}
        else:
            hosts = {request.headers.get("host"), self._desk.settings.space_host}
            own = origin is None or urlsplit(origin).netloc in hosts
        if not own:
            raise ForbiddenError("The request comes from another site.")


def _only_admin(caller: Caller) -> Caller:
    if not caller.admin:
        raise ForbiddenError("This is the administrator's.")
    return caller


def _only_reviewer(caller: Caller) -> Caller:
    if not (caller.admin or caller.account.reviewer):
        raise ForbiddenError("This is for reviewers.")
    return caller
