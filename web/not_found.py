"""What is not there: a readable page for a browser, a sentence in JSON for a program."""

from html import escape

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.document import SECURITY_HEADERS, plain_head, to_root
from web.refusals import refusal
from web.routes import NO_STORE

SENTENCE = "There is nothing here."
# Below these, programs ask.
OF_PROGRAMS = ("/v1/", "/gradio_api/")


class NotFound:
    """ASGI middleware that answers with status 404 as who asks can read it.

    Parameters
    ----------
    app : ASGIApp
    """

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; change an answer that says that nothing is there."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        reads_pages = wants_page(scope)
        missing = False

        async def send_found(message: Message) -> None:
            nonlocal missing
            if message["type"] == "http.response.start":
                # A route's own sentence says more than this.
                own = Headers(raw=message["headers"]).get("cache-control") == NO_STORE["Cache-Control"]
                missing = message["status"] == 404 and (reads_pages or not own)
            if not missing:
                await send(message)

        await self._app(scope, receive, send_found)
        if missing:
            answer = _page(scope["path"]) if reads_pages else refusal(404, SENTENCE)
            await answer(scope, receive, send)


def wants_page(scope: Scope) -> bool:
    """Whether a browser asks for a page."""
    accepted = Headers(scope=scope).get("accept", "")
    of_program = scope["path"].startswith(OF_PROGRAMS)
    return scope["method"] in {"GET", "HEAD"} and "text/html" in accepted and not of_program


def _page(path: str) -> HTMLResponse:
    root = to_root(path)
    content = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Not found · AudioMarathon</title>{plain_head(root)}</head>"
        '<body class="plain-page"><main><h1>There is nothing here</h1>'
        f"<p>No page has the address <code>{escape(path[:200])}</code>.</p>"
        f'<p><a href="{root}">The leaderboard</a> · <a href="{root}demo">Demo</a> · '
        f'<a href="{root}docs/api">API</a></p></main></body></html>'
    )
    return HTMLResponse(content, 404, SECURITY_HEADERS | NO_STORE)
