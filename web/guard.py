"""What stands around the whole app, Gradio's own middleware included: every request meets it first."""

import asyncio
import logging
import re
from collections.abc import Sequence

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from amarathon.settings import Settings
from web.bodies import BodyLimits
from web.cross_origin import PublicReading
from web.gradio_routes import API, Events, GradioRoutes
from web.hosts import AddressAs, IsProxy, OwnHost, RootPath, network_of, plain_address
from web.limits import Limits
from web.not_found import NotFound
from web.notes import UNKNOWN, notes_of
from web.refusals import refusal

_log = logging.getLogger(__name__)
FAULT = "This program has a fault; what was asked was not done."


def guard(
    app: ASGIApp,
    settings: Settings,
    is_proxy: IsProxy,
    limits: Limits,
    events: Events,
    public: Sequence[re.Pattern[str]] = (),
) -> ASGIApp:
    """Put the app behind its limits.

    Parameters
    ----------
    app : ASGIApp
        Gradio's.
    settings : Settings
    is_proxy : callable
        See `OwnHost`.
    limits : Limits
    events : callable
        See `GradioRoutes`.
    public : sequence of re.Pattern
        See `PublicReading`.
    """
    app = GradioRoutes(Answers(app), events)
    app = PublicReading(NotFound(app), public)
    app = BodyLimits(app, limits)
    app = RootPath(app, settings.root_path or "")
    app = AddressAs(app, network_of)
    app = ProxyHeadersMiddleware(app, list(settings.proxies))  # type: ignore[arg-type, assignment]
    app = OwnHost(app, settings, is_proxy)
    return AddressAs(app, plain_address)


class Answers:
    """ASGI middleware that settles how everything is answered.

    - Pages of other sites read nothing: Gradio allows that to all that comes from this machine. What is
      public is opened around this, see `PublicReading`.
    - HEAD is answered wherever GET is, without the body.
    - A fault of the program is one sentence to the visitor. Its traceback is logged once, so that
      nobody fills the disk by asking for it again and again.
    """

    def __init__(self, app: ASGIApp):
        self._app = app
        self._known: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and settle the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        head_only = scope["method"] == "HEAD" and not scope["path"].startswith(API)
        begun = False

        async def settle(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                if message["status"] == 500 and not begun:
                    return  # of Starlette, which raises what happened after it
                begun = True
                headers = [pair for pair in message["headers"] if not _of_other_sites(pair[0])]
                message = {**message, "headers": headers}
            elif not begun:
                return
            elif head_only and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        try:
            await self._app({**scope, "method": "GET"} if head_only else scope, receive, settle)
        # The last point where anything can be caught: the fault is logged, and the visitor gets a sentence.
        except (ClientDisconnect, asyncio.CancelledError):
            raise
        except Exception as error:  # noqa: BLE001
            self._note(scope, error)
        if not begun:
            await refusal(500, FAULT)(scope, receive, send)

    def _note(self, scope: Scope, error: Exception) -> None:
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        position = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
        notes = notes_of(scope)
        notes.fault = type(error).__name__
        path = scope["path"] if notes.route == UNKNOWN else notes.route
        request = f"{scope['method']} {path[:200]!r}"
        kind = f"{type(error).__name__} at {position}"
        if kind in self._known:
            _log.error("%s: %s, as before.", request, kind)
            return
        self._known.add(kind)
        _log.error("%s: %s", request, kind, exc_info=error)


def _of_other_sites(name: bytes) -> bool:
    return name.lower().startswith(b"access-control-")
