"""What goes out with every page: the shared style and theme script, early, and security headers."""

import hashlib
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.previews import MakePreview, with_preview
from web.static_files import SHARED, CompressedFiles, files_route

STATIC = files_route("/web", CompressedFiles(directory=SHARED))

# Gradio's pages need inline scripts and `Function`. The frame ancestors let a Space show the app.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self' https://huggingface.co https://*.huggingface.co https://*.hf.space",
    ]
)
# Pages that are not Gradio's and have all of this themselves.
OWN_PAGES = {"/docs/api"}
NO_PREVIEWS: Mapping[str, MakePreview] = MappingProxyType({})
# Gradio looks for it at the root of the host, where a proxy may have something else.
RELATIVE_MANIFEST = (b'href="/manifest.json"', b'href="./manifest.json"')
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
}


def to_root(path: str) -> str:
    """The way from a page's address to the app's first page, relative: a proxy may serve it under a path."""
    return "../" * (path.count("/") - 1) or "./"


def early_head(root: str = "./") -> bytes:
    """Make the tags of icon, style and script, two with a mark of their content against stale copies.

    Gradio draws a page after the first paint; what stands in the document itself comes before.

    Parameters
    ----------
    root : str
        The way to the app's first page.
    """
    style, script = (f"{root}web/{name}?{_mark(name)}" for name in ("style.css", "theme.js"))
    # A browser looks for an icon at the root of the host, where a proxy may have something else.
    icon = f'<link rel="icon" href="{root}favicon.ico">'
    return f'{icon}<link rel="stylesheet" href="{style}"><script src="{script}"></script>'.encode()


def plain_head(root: str) -> str:
    """The same for a page that is not Gradio's, with the style of text."""
    return (
        f'{early_head(root).decode()}<link rel="stylesheet" href="{root}web/plain.css?{_mark("plain.css")}">'
    )


@cache
def _mark(name: str) -> str:
    return hashlib.sha256((SHARED / name).read_bytes()).hexdigest()[:12]


class PageDocument:
    """ASGI middleware that settles what goes out with pages.

    It adds `SECURITY_HEADERS` to every response, and to Gradio's pages `early_head` and what a link to
    them says.

    Parameters
    ----------
    app : ASGIApp
    previews : mapping of str to callable
        By the pages' paths.
    root : str
        The public address or path that a proxy serves the app under.
    """

    def __init__(
        self, app: ASGIApp, previews: Mapping[str, MakePreview] = NO_PREVIEWS, root: str = ""
    ) -> None:
        self.app, self._previews, self._root = app, previews, root
        self.end_of_head = early_head() + b"</head>"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; change what comes back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        preview = self._previews.get(scope["path"].rstrip("/") or "/")
        held: Message | None = None  # an HTML response's start, until its length is known
        parts: list[bytes] = []

        async def send_page(message: Message) -> None:
            nonlocal held
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                is_page = headers.get("content-type", "").startswith("text/html")
                if is_page and scope["method"] == "GET" and scope["path"] not in OWN_PAGES:
                    held = message
                    return
            elif held is not None:
                parts.append(message.get("body", b""))
                if message.get("more_body"):
                    return
                body = b"".join(parts).replace(b"</head>", self.end_of_head, 1)
                body = body.replace(*RELATIVE_MANIFEST, 1)
                if preview is not None:
                    body = with_preview(body, scope, preview, self._root)
                MutableHeaders(scope=held)["content-length"] = str(len(body))
                await send(held)
                message = {"type": "http.response.body", "body": body}
            await send(message)

        await self.app(scope, receive, send_page)
