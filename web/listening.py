"""The server that `gradio.Blocks.launch` starts, with options of its own.

`launch` is what starts ZeroGPU, so it has to start the server; it takes none of uvicorn's options.
"""

import re
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import uvicorn
from gradio import http_server
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from amarathon.errors import SettingsError
from amarathon.settings import Settings
from web.connections import limited_protocol
from web.gradio_routes import Events
from web.guard import guard
from web.limits import Limits
from web.measuring import Counted, RequestCounts


class _Server(http_server.Server):
    """Gradio's server, on a socket that is bound already, with no limit on how long its start takes."""

    def __init__(self, config: uvicorn.Config, listening: socket.socket):
        super().__init__(config)
        self._listening = listening

    def run_in_thread(self) -> None:
        self.thread = threading.Thread(target=self.run, args=([self._listening],), daemon=True)
        self.thread.start()
        while not self.started:
            if not self.thread.is_alive():
                raise SettingsError("The server could not be started; its log says why.")
            time.sleep(0.001)


@contextmanager
def own_server(
    settings: Settings,
    limits: Limits,
    events: Events,
    counts: RequestCounts,
    public: Sequence[re.Pattern[str]] = (),
) -> Iterator[None]:
    """Within the block, `launch` starts a server that keeps to the settings and limits.

    Parameters
    ----------
    settings : Settings
    limits : Limits
    events : callable
        See `web.gradio_routes.GradioRoutes`.
    counts : RequestCounts
        Counts what passes.
    public : sequence of re.Pattern
        See `web.cross_origin.PublicReading`.
    """

    def start_server(app: Any, **_: Any) -> tuple[str, int, str, _Server]:
        is_proxy = ProxyHeadersMiddleware(app, list(settings.proxies)).trusted_hosts.__contains__
        config = uvicorn.Config(
            app=Counted(guard(app, settings, is_proxy, limits, events, public), counts),
            log_config=None,  # as `web.logs` says
            log_level="warning",
            proxy_headers=False,  # `guard` takes them from trusted proxies only
            ws="none",
            http=limited_protocol(limits, is_proxy),
            limit_concurrency=limits.connections,
        )
        server = _Server(config, bind(settings))
        server.run_in_thread()
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        reachable = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(host, host)
        return settings.host, settings.port, f"http://{reachable}:{settings.port}/", server

    original = http_server.start_server
    http_server.start_server = start_server  # type: ignore[assignment]
    try:
        yield
    finally:
        http_server.start_server = original


def bind(settings: Settings) -> socket.socket:
    """Take the address and the port.

    Raises
    ------
    SettingsError
        If one of them cannot be had; the message says which.
    """
    try:
        found = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except (OSError, UnicodeError) as error:
        raise SettingsError(f"AMARATHON_HOST is {settings.host!r}: no address goes by that name.") from error
    family, kind, protocol, _, address = found[0]
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except OSError as error:
        listening.close()
        if isinstance(error, PermissionError) or _is_free(settings.port):
            named = f"AMARATHON_HOST is {settings.host!r}, AMARATHON_PORT is {settings.port}"
            raise SettingsError(f"{named}: the app cannot listen there ({error.strerror}).") from error
        raise SettingsError(
            f"AMARATHON_PORT is {settings.port}: the port cannot be used; another program may be using it."
        ) from error
    return listening


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
