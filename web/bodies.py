"""ASGI middleware that ends requests whose body is too large or too slow."""

import asyncio
import time

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.limits import Limits
from web.refusals import refusal

TOO_LARGE = (413, "The request is too large.")
TOO_SLOW = (408, "The request came too slowly; send it again.")
# What is large; these routes count as it comes in, see `live_demo.api`, `live_demo.programs` and
# `leaderboard.submissions.routes`.
LARGE = {("POST", "/v1/demo/recordings"), ("POST", "/v1/submissions"), ("POST", "/gradio_api/upload")}


class BodyLimits:
    """See the module.

    Parameters
    ----------
    app : ASGIApp
    limits : Limits
    """

    def __init__(self, app: ASGIApp, limits: Limits):
        self._app, self._limits = app, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on as long as its body keeps to the limits."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(scope, receive, send, self._limits)
        if body.states_too_large():
            await body.refuse(TOO_LARGE)
            return
        try:
            await self._app(scope, body.receive, body.send)
        except ClientDisconnect:
            if body.fault is None:
                raise
        if body.fault is not None:
            await body.refuse(body.fault)


class _Body:
    """One request's body, and the answer to it where that is a refusal."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, limits: Limits):
        self._scope, self._receive, self._send, self._limits = scope, receive, send, limits
        self._most = None if (scope["method"], scope["path"]) in LARGE else limits.body_bytes
        self._size, self._waited, self._whole, self._begun = 0, 0.0, False, False
        self.fault: tuple[int, str] | None = None

    def states_too_large(self) -> bool:
        """Whether the header states more than may come."""
        length = Headers(scope=self._scope).get("content-length", "")
        return self._most is not None and length.isdecimal() and int(length[:20]) > self._most

    async def receive(self) -> Message:
        """The next part; the app sees a client that left where the limits are passed."""
        if self.fault is not None:
            return {"type": "http.disconnect"}
        if self._whole:
            return await self._receive()
        allowed = self._limits.body_s + self._size / self._limits.body_rate - self._waited
        began = time.monotonic()
        try:
            message = await asyncio.wait_for(self._receive(), max(allowed, 0))
        except TimeoutError:
            self.fault = TOO_SLOW
            return {"type": "http.disconnect"}
        # Only what the client kept us waiting counts, not what the app did in between.
        self._waited += time.monotonic() - began
        self._size += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._most is not None and self._size > self._most:
            self.fault = TOO_LARGE
            return {"type": "http.disconnect"}
        return message

    async def send(self, message: Message) -> None:
        """Pass the app's answer on, unless the body was refused."""
        if self.fault is None or self._begun:
            self._begun = True
            await self._send(message)

    async def refuse(self, fault: tuple[int, str]) -> None:
        """Answer with the refusal and close: the rest of the body is never read."""
        if self._begun:
            return
        await refusal(*fault, Connection="close")(self._scope, self._receive, self._send)
