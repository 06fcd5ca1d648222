"""What passes through the server, counted: how many requests, how long until they are answered, what failed.

Only a route's template is kept (``/v1/human/items/{item}/answer``), never an address as it was asked for,
who asked, or what was said.
"""

import logging
import re
import time
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.datastructures import Headers
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.hosts import FORWARDED, plain_address
from web.notes import NOTES, UNKNOWN, Notes, notes_of

METHODS = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}
# Seconds: a JSON answer takes milliseconds, one that waits for a writer or a decoder up to a minute.
BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)

_log = logging.getLogger("web.requests")


class RequestCounts:
    """The counters of requests.

    Parameters
    ----------
    registry : CollectorRegistry
        Where they are registered.
    """

    def __init__(self, registry: CollectorRegistry):
        self.requests = Counter(
            "amarathon_requests",
            "Requests that were answered.",
            ["method", "route", "status"],
            registry=registry,
        )
        self.seconds = Histogram(
            "amarathon_request_duration_seconds",
            "Seconds from a request's head until its answer begins.",
            ["route"],
            registry=registry,
            buckets=BOUNDS_S,
        )
        self.errors = Counter(
            "amarathon_errors",
            "Requests that failed: a refusal is told in a sentence, a fault is the program's.",
            ["outcome", "kind"],
            registry=registry,
        )

    def add(self, method: str, status: int, seconds: float, notes: Notes) -> None:
        """Count one request."""
        method = method if method in METHODS else UNKNOWN
        self.requests.labels(method, notes.route, str(status)).inc()
        self.seconds.labels(notes.route).observe(seconds)
        for outcome, kind in (("refusal", notes.refusal), ("fault", notes.fault)):
            if kind is not None:
                self.errors.labels(outcome, kind).inc()
        facts = {"method": method, "route": notes.route, "status": status, "seconds": round(seconds, 4)}
        _log.info("A request was answered.", extra=facts)


class Counted:
    """ASGI middleware around everything that counts requests.

    Parameters
    ----------
    app : ASGIApp
    counts : RequestCounts
    """

    def __init__(self, app: ASGIApp, counts: RequestCounts):
        self._app, self._counts = app, counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and count it when its answer begins."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, notes = time.perf_counter(), Notes(from_here=_is_from_here(scope))

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                elapsed = time.perf_counter() - began
                self._counts.add(scope["method"], message["status"], elapsed, notes)
            await send(message)

        await self._app({**scope, NOTES: notes}, receive, send_counted)


class RouteNamed:
    """ASGI middleware directly around the router, which writes down the route that it found."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                notes_of(scope).route = _template(scope)
            await send(message)

        try:
            await self._app(scope, receive, send_named)
        finally:
            notes_of(scope).route = _template(scope)


def _template(scope: Scope) -> str:
    """The whole template of the route; FastAPI gives that of an included router's without the prefix."""
    found = getattr(scope.get("route"), "path", None)
    if found is None:
        return UNKNOWN
    path, own = scope["path"], _pattern(found)
    starts = (place for place, letter in enumerate(path) if letter == "/")
    return next((path[:place] + found for place in starts if own.fullmatch(path[place:])), UNKNOWN)


@cache
def _pattern(template: str) -> re.Pattern[str]:
    return compile_path(template)[0]


def _is_from_here(scope: Scope) -> bool:
    client, headers = scope.get("client"), Headers(scope=scope)
    forwarded = any(name in headers for name in FORWARDED)
    return client is not None and not forwarded and plain_address(client[0]) in {"127.0.0.1", "::1"}
