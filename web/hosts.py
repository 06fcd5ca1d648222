"""Under which names, and through whom: the app's own names, its proxies, the path that they serve it under.

DNS rebinding: a page of another site has its name lead to this machine and then reads the app as if it
were that site's. It cannot change the `Host` header, so a request under a strange name is refused.
"""

import ipaddress
import re
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from amarathon.settings import Settings
from web.refusals import refusal

LOOPBACK_NAMES = ("localhost", "*.localhost")
FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto")
# What only a proxy may say: Gradio believes it and writes it into its pages.
OF_PROXIES = {b"x-forwarded-host", b"x-gradio-server"}
IsProxy = Callable[[str | None], bool]
ONLY_HERE = {"127.0.0.1", "::1", "localhost"}


class OwnHost:
    """ASGI middleware that refuses strange names and takes a proxy's word only where it is trusted.

    Parameters
    ----------
    app : ASGIApp
    settings : Settings
    is_proxy : callable
        Whether an address is a trusted proxy's.
    """

    def __init__(self, app: ASGIApp, settings: Settings, is_proxy: IsProxy):
        self._app, self._is_proxy, self._port = app, is_proxy, settings.port
        # Bound to every network, the app has names that it cannot know.
        self._open = settings.allowed_hosts is None and settings.host not in ONLY_HERE
        own = (settings.host.lower(), (settings.space_host or "").lower(), *LOOPBACK_NAMES)
        self._names: Sequence[str] = (*own, *(name.lower() for name in settings.allowed_hosts or ()))
        self._asked_for_names = settings.allowed_hosts is not None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on if it is meant for this app."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = headers.get("host")
        if host is None:  # of HTTP/1.0; what comes after relies on it
            host = f"{self._names[0]}:{self._port}"
            scope = {**scope, "headers": [*scope["headers"], (b"host", host.encode())]}
        client = scope.get("client")
        trusted = client is not None and self._is_proxy(client[0])
        # The public name, which a proxy may tell by this header alone.
        forwarded = headers.getlist("x-forwarded-host") if trusted else []
        fault = self._fault(headers, host) or next(filter(None, map(self._forwarded_fault, forwarded)), None)
        if fault is not None:
            await refusal(*fault)(scope, receive, send)
            return
        if not trusted:
            kept = [pair for pair in scope["headers"] if pair[0] not in OF_PROXIES]
            scope = {**scope, "headers": kept}
            if headers.get("x-forwarded-proto") == "https":
                # Worth nothing to a liar: it makes his own cookies stricter.
                scope["scheme"] = "https"
        await self._app(scope, receive, send)

    def _fault(self, headers: Headers, host: str) -> tuple[int, str] | None:
        try:
            name, port = split_host(host)
            split_host(headers.get("origin", "").partition("://")[2])
        except ValueError:
            return 400, "The request names a host that cannot be one."
        if self._is_own(name, port, proxied=any(name in headers for name in FORWARDED)):
            return None
        return 421, f"This app does not go by the name {name}; AMARATHON_ALLOWED_HOSTS lists its names."

    def _forwarded_fault(self, told: str) -> tuple[int, str] | None:
        try:
            names = [split_host(each.strip())[0] for each in told.split(",")]
        except ValueError:
            return 400, "The request names a host that cannot be one."
        if not self._asked_for_names or all(self._is_own(name, self._port, proxied=False) for name in names):
            return None
        return 421, f"This app does not go by the name {names[-1]}; AMARATHON_ALLOWED_HOSTS lists its names."

    def _is_own(self, name: str, port: int, *, proxied: bool) -> bool:
        if self._open or _is_address(name) or any(_matches(name, own) for own in self._names):
            return True
        if self._asked_for_names:
            return False
        # A browser says which port it connects to. Another one than the app's is a proxy's, and so is
        # whatever a proxy says that it forwards; a rebound name leads to this very port.
        return proxied and port != self._port


def split_host(host: str) -> tuple[str, int]:
    """Name and port of a ``Host`` header; port 80 where it names none.

    Raises
    ------
    ValueError
        If it is none.
    """
    parts = urlsplit(f"//{host}")
    name = (parts.hostname or "").rstrip(".")
    if not name.isprintable() or len(name) > 253 or set(name) & set(" <>\"'"):
        raise ValueError("no host name")
    return name, parts.port or 80


class AddressAs:
    """ASGI middleware that changes how a visitor's address is written.

    Parameters
    ----------
    app : ASGIApp
    change : callable
        `plain_address` or `network_of`.
    """

    def __init__(self, app: ASGIApp, change: Callable[[str], str]):
        self._app, self._change = app, change

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        client = scope.get("client")
        if client:
            scope = {**scope, "client": (self._change(client[0]), client[1])}
        await self._app(scope, receive, send)


def plain_address(address: str) -> str:
    """An address; one of IPv4 that a socket of IPv6 tells (RFC 4291, section 2.5.5.2) as IPv4."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address  # of a socket in a file, or what a proxy says
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(mapped or found)


def network_of(address: str) -> str:
    """What limits by address count: an address of IPv4, the first 64 bits of one of IPv6.

    Every connection of IPv6 has as many addresses as it likes within these (RFC 6177).
    """
    plain = plain_address(address)
    if ":" not in plain:
        return plain
    return str(ipaddress.IPv6Interface((plain.partition("%")[0], 64)).network.network_address)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _matches(name: str, pattern: str) -> bool:
    if pattern == "*":
        return True
    return name.endswith(pattern[1:]) if pattern.startswith("*.") else name == pattern


class RootPath:
    """ASGI middleware for a proxy that serves the app under a path, whether or not it strips that path.

    Parameters
    ----------
    app : ASGIApp
    root : str
        The path, or the whole public address; empty where there is none.
    """

    def __init__(self, app: ASGIApp, root: str):
        self._app = app
        self._prefix = urlsplit(root).path.rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take the prefix off the request's path, and put it before the address of a redirect."""
        if scope["type"] != "http" or not self._prefix:
            await self._app(scope, receive, send)
            return
        path, raw = scope["path"], scope.get("raw_path", b"")
        if path == self._prefix or path.startswith(self._prefix + "/"):
            encoded = self._prefix.encode()
            raw = raw.removeprefix(encoded) if raw.startswith(encoded) else raw
            scope = {**scope, "path": path.removeprefix(self._prefix) or "/", "raw_path": raw or b"/"}

        host = Headers(scope=scope).get("host", "")

        async def send_under_prefix(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [self._located(name, value, host=host) for name, value in message["headers"]]
                message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, receive, send_under_prefix)

    def _located(self, name: bytes, value: bytes, *, host: str) -> tuple[bytes, bytes]:
        if name.lower() != b"location":
            return name, value
        # Starlette writes the whole address, a page's own code the path.
        origin = re.match(rf"https?://{re.escape(host)}(?=/)", value.decode("latin-1"))
        start = origin.end() if origin else 0
        path, prefix = value[start:], self._prefix.encode()
        ours = path.startswith(b"/") and not path.startswith(b"//")
        if ours and path != prefix and not path.startswith(prefix + b"/"):
            return name, value[:start] + prefix + path
        return name, value
