"""A reverse proxy as people put one in front of the app: it strips the path that it serves, or keeps it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import httpx
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from tests.serving import PATIENCE_S
from tests.web.conftest import listening

METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]
# What is between two neighbours only (RFC 9110, section 7.6.1); httpx and uvicorn write their own.
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer"}


@contextmanager
def proxied(target: str, prefix: str, *, strips: bool) -> Iterator[str]:
    """Serve `target` under a path of its own; gives the address.

    Parameters
    ----------
    target : str
        Address of the app.
    prefix : str
        E.g. ``/am``.
    strips : bool
        Whether the app sees the path without it, as with ``proxy_pass http://host:port/;``.
    """
    client = httpx.AsyncClient(base_url=target, timeout=PATIENCE_S, limits=httpx.Limits(max_connections=None))

    async def forward(request: Request) -> Response:
        path = request.url.path
        if not path.startswith(prefix + "/"):
            return Response(status_code=404)
        headers = [(name, value) for name, value in request.headers.items() if name not in HOP_BY_HOP]
        host, address = request.headers["host"], request.client.host if request.client else ""
        headers += [("x-forwarded-host", host), ("x-forwarded-proto", "http"), ("x-forwarded-for", address)]
        asked = client.build_request(
            request.method,
            httpx.URL(path=path.removeprefix(prefix) if strips else path, query=request.url.query.encode()),
            headers=headers,
            content=request.stream() if "content-length" in request.headers else None,
        )
        answer = await client.send(asked, stream=True)
        kept = {name: value for name, value in answer.headers.items() if name not in HOP_BY_HOP}

        async def parts() -> AsyncIterator[bytes]:
            async for part in answer.aiter_raw():
                yield part

        closing = BackgroundTask(answer.aclose)
        return StreamingResponse(parts(), answer.status_code, kept, background=closing)

    app = Starlette(routes=[Route("/{path:path}", forward, methods=METHODS)])
    with listening(app) as port:
        yield f"http://127.0.0.1:{port}{prefix}"
