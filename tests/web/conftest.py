"""The app as it is served, for what is asked of it by raw HTTP; and servers of a test's own."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from tests.serving import PATIENCE_S, ServedApp, serving

ADMIN = "boss"


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApp]:
    """The app, started once with ``python app.py``."""
    with serving(tmp_path_factory.mktemp("served"), AMARATHON_ADMIN=ADMIN) as app:
        yield app


@pytest.fixture
def http(served: ServedApp) -> Iterator[httpx.Client]:
    """A client of it, without a cookie."""
    with httpx.Client(base_url=served.url, timeout=PATIENCE_S) as client:
        yield client


async def describe(request: Request) -> Response:
    """What came in: of whom, under which name, how much."""
    size = len(await request.body())
    client = request.client.host if request.client else None
    headers = {name: request.headers.get(name) for name in ("host", "x-forwarded-host")}
    return JSONResponse(
        {"client": client, "scheme": request.url.scheme, "path": request.scope["path"], "size": size}
        | headers
    )


def describing() -> ASGIApp:
    """An app that answers every request with what came in."""
    return Starlette(routes=[Route("/{path:path}", describe, methods=["GET", "POST"])])


@contextmanager
def listening(app: ASGIApp, **options: Any) -> Iterator[int]:
    """Serve an app with uvicorn, in a thread; gives the port."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", **options))
        thread = threading.Thread(target=server.run, args=([bound],), daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        try:
            yield bound.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def connect() -> Iterator[Callable[[int], socket.socket]]:
    """Makes raw connections, and closes them."""
    made: list[socket.socket] = []

    def make(port: int) -> socket.socket:
        made.append(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S))
        return made[-1]

    yield make
    for connection in made:
        connection.close()
