"""Which of Gradio's own routes there are: those that its pages ask for, and no other.

Gradio brings uploads, file access, an API of its own and tools for development. The pages here use
its queue and its scripts, programs the endpoints that a face declares public; everything else is shut, and
what the queue takes is checked before Gradio sees it, which answers oddities with an exception.
"""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.refusals import refusal

API = "/gradio_api/"
JOIN, DATA, CANCEL = f"{API}queue/join", f"{API}queue/data", f"{API}cancel"
CALL = re.compile(f"{API}call/([a-z_]{{1,40}})")
SESSION = re.compile(r"[A-Za-z0-9_-]{1,64}")
# With the method of the request. Gradio asks for the start-up events itself, at launch.
OPEN = [
    ("POST", re.compile(JOIN)),
    ("GET", re.compile(DATA)),
    ("GET", re.compile(f"{API}heartbeat/{SESSION.pattern}")),
    ("GET", re.compile(f"{API}startup-events")),
    ("GET", re.compile(f"{API}theme.css")),
    ("GET", re.compile("/docs/api")),  # the app's own, see `web.api_page`
    # What programs ask for: what there is, a call, its answer, its end. The demo takes their files itself.
    ("GET", re.compile("/config/?")),
    ("GET", re.compile(f"{API}info")),
    ("POST", CALL),
    ("GET", re.compile(f"{CALL.pattern}/{SESSION.pattern}")),
    ("POST", re.compile(CANCEL)),
    ("POST", re.compile(f"{API}upload")),
    # The Model Context Protocol over HTTP, where its package is installed.
    *((method, re.compile(f"{API}mcp/?")) for method in ("GET", "POST", "DELETE")),
]
SHUT = re.compile(
    r"/gradio_api(/.*)?|/(login|logout|token|config|info|monitoring|runs|pwa_icon|deep_link|docs|redoc)(/.*)?"
)
# A router's `$` passes over a line's end and `.` stops at it, so that two patterns read such a path
# differently; and no address here has a control character.
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# Bytes. What a file system takes for a name, and for a path below the folders of Gradio's files, whose
# routes fail over longer ones.
LONGEST_SEGMENT, LONGEST_PATH = 255, 1024
# From one address; a comparison is one event. They wait in Gradio's memory until somebody asks for them.
JOINS = RateLimitItemPerMinute(240)
MOST_ARGUMENTS = 20
Events = Callable[[], Mapping[int, bool]]


# What an upload is answered with, here by the demo: 32 digits for the recording and 32 for its maker.
TICKET = re.compile(r"[0-9a-f]{32}-[0-9a-f]{32}")


def _file_as_text(argument: Any) -> Any:
    """A file that a client has sent, by what its upload was answered with.

    Gradio fetches what a file's path names, from the disk or from another site; it never sees one.
    """
    if not isinstance(argument, dict):
        return argument
    path = argument.get("path")
    if not isinstance(path, str) or not TICKET.fullmatch(path):
        raise ValueError("no file was sent under this name")
    return path


Scalar = str | int | float | bool | None
Argument = Annotated[Scalar | list[Scalar], BeforeValidator(_file_as_text)]


class QueueJoin(BaseModel):
    """What a page sends for an event: which one, of which tab, and what its component says of it.

    Programs send arguments as well.
    """

    model_config = ConfigDict(extra="ignore")

    data: Annotated[list[Argument], Field(max_length=MOST_ARGUMENTS)]
    fn_index: Annotated[int, Field(ge=0, le=1000)]
    session_hash: Annotated[str, Field(pattern=f"^{SESSION.pattern}$")]
    trigger_id: Annotated[int, Field(ge=0, le=100_000)] | None = None
    event_data: dict[str, Annotated[str, Field(max_length=200)]] | None = None


class NamedCall(BaseModel):
    """What a program sends that calls an endpoint by its name."""

    model_config = ConfigDict(extra="ignore")

    data: Annotated[list[Argument], Field(max_length=MOST_ARGUMENTS)]


class Cancelling(BaseModel):
    """What a program sends that waits no longer."""

    model_config = ConfigDict(extra="ignore")

    session_hash: Annotated[str, Field(pattern=f"^{SESSION.pattern}$")]
    fn_index: Annotated[int, Field(ge=0, le=1000)]
    event_id: Annotated[str, Field(pattern=f"^{SESSION.pattern}$")]


class GradioRoutes:
    """ASGI middleware in front of Gradio.

    Parameters
    ----------
    app : ASGIApp
    events : callable
        Gives for each event whether programs may call it, with arguments; known once the pages are built.
    """

    def __init__(self, app: ASGIApp, events: Events):
        self._app, self._events = app, events
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what a page may ask for."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path, method = scope["path"], scope["method"]
        if not _is_possible(path) or _is_shut(method, path):
            await refusal(404, "There is nothing here.")(scope, receive, send)
        elif path == JOIN:
            await self._checked(QueueJoin, scope, receive, send)
        elif path == CANCEL:
            await self._checked(Cancelling, scope, receive, send)
        elif method == "POST" and CALL.fullmatch(path):
            await self._checked(NamedCall, scope, receive, send)
        elif path == DATA and not SESSION.fullmatch(dict(parse_qsl(_query(scope))).get("session_hash", "")):
            await refusal(422, "There is no such session.")(scope, receive, send)
        else:
            await self._app(_without_deep_link(scope), receive, send)

    async def _checked(self, kind: type[BaseModel], scope: Scope, receive: Receive, send: Send) -> None:
        """Check a body, then hand it on in the words that were checked."""
        try:
            event = kind.model_validate_json(await Request(scope, receive).body())
        except ClientDisconnect:
            return
        except ValidationError:
            await refusal(422, "The event is not understood.")(scope, receive, send)
            return
        client = scope.get("client")
        if not self._limiter.hit(JOINS, client[0] if client else ""):
            await refusal(429, "Too many requests; wait a minute.", **{"Retry-After": "60"})(
                scope, receive, send
            )
            return
        if isinstance(event, QueueJoin) and not self._is_event(event):
            await refusal(404, "There is no such event.")(scope, receive, send)
            return
        body = event.model_dump_json().encode()
        kept = [pair for pair in scope["headers"] if pair[0] not in {b"content-length", b"content-type"}]
        rewritten = [(b"content-length", str(len(body)).encode()), (b"content-type", b"application/json")]
        handed = False

        async def receive_checked() -> Message:
            nonlocal handed
            if handed:
                return await receive()
            handed = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app({**scope, "headers": [*kept, *rewritten]}, receive_checked, send)

    def _is_event(self, event: QueueJoin) -> bool:
        """Whether there is such an event, and it takes what it is sent."""
        events = self._events()
        return event.fn_index in events and (events[event.fn_index] or not event.data)


def _is_possible(path: str) -> bool:
    """Whether anything here may go by this path."""
    encoded = path.encode(errors="surrogatepass")
    longest = max(map(len, encoded.split(b"/")))
    return not CONTROL.search(path) and len(encoded) <= LONGEST_PATH and longest <= LONGEST_SEGMENT


def _is_shut(method: str, path: str) -> bool:
    """Whether this is a route of Gradio that no page asks for."""
    is_open = any(method == way and route.fullmatch(path) for way, route in OPEN)
    return SHUT.fullmatch(path) is not None and not is_open


def _query(scope: Scope) -> str:
    return str(scope["query_string"].decode("latin-1"))


def _without_deep_link(scope: Scope) -> Scope:
    """Gradio fails over some saved states that a page's address may name; there are none here."""
    if b"deep_link" not in scope["query_string"] and b"%" not in scope["query_string"]:
        return scope
    pairs = parse_qsl(_query(scope), keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if name != "deep_link"]
    return scope if len(kept) == len(pairs) else {**scope, "query_string": urlencode(kept).encode()}
