"""What goes out with every page: the shared style and theme script, early, and security headers."""

import hashlib

from starlette.datastructures import MutableHeaders
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.static_files import SHARED, files_route

STATIC = files_route("/web", StaticFiles(directory=SHARED))

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
# Gradio looks for it at the root of the host, where a proxy may have something else.
RELATIVE_MANIFEST = (b'href="/manifest.json"', b'href="./manifest.json"')
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
}


def early_head() -> bytes:
    """Make the tags of icon, style and script, two with a mark of their content against stale copies.

    Gradio draws a page after the first paint; what stands in the document itself comes before.
    """
    style, script = (
        f"./web/{name}?{hashlib.sha256((SHARED / name).read_bytes()).hexdigest()[:12]}"
        for name in ("style.css", "theme.js")
    )
    # A browser looks for an icon at the root of the host, where a proxy may have something else.
    icon = '<link rel="icon" href="./favicon.ico">'
    return f'{icon}<link rel="stylesheet" href="{style}"><script src="{script}"></script>'.encode()


class PageDocument:
    """ASGI middleware that adds `SECURITY_HEADERS` to every response, `early_head` to HTML pages."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.end_of_head = early_head() + b"</head>"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; change what comes back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        held: Message | None = None  # an HTML response's start, until its length is known
        parts: list[bytes] = []

        async def send_page(message: Message) -> None:
            nonlocal held
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                if headers.get("content-type", "").startswith("text/html") and scope["method"] == "GET":
                    held = message
                    return
            elif held is not None:
                parts.append(message.get("body", b""))
                if message.get("more_body"):
                    return
                body = b"".join(parts).replace(b"</head>", self.end_of_head, 1)
                body = body.replace(*RELATIVE_MANIFEST, 1)
                MutableHeaders(scope=held)["content-length"] = str(len(body))
                await send(held)
                message = {"type": "http.response.body", "body": body}
            await send(message)

        await self.app(scope, receive, send_page)
