"""The one way out: a client that sends a key and recordings to one host, and nothing of its own."""

import os
from typing import Any
from urllib.parse import urlsplit

from amarathon.errors import ModelError
from amarathon.models.remote.address import Address
from amarathon.models.remote.faults import RequestError

CONNECTING_S = 20.0
# Headers that a request needs. Clients add others from the environment, and tell about this machine.
HEADERS = frozenset(
    ("host", "accept", "accept-encoding", "connection", "content-type", "content-length", "user-agent")
)
UPLOADS = "x-goog-upload-"


def key_of(address: Address) -> str | None:
    """The service's key, from the environment; of a worker, its token.

    Raises
    ------
    ModelError
        If there is none and the service is not a server of one's own.
    """
    if address.token is not None:
        return address.token
    service = address.service
    key = os.environ.get(service.key_variable, "").strip()
    if not key and address.url is None:
        raise ModelError(f"{address.label} needs its key in the environment variable {service.key_variable}.")
    if not key.isascii() or not key.isprintable():
        raise ModelError(f"{service.key_variable} holds characters that no key has.")
    return key or None


def without_key(text: str, address: Address) -> str:
    """What a service says, without the key: some repeat it."""
    key = address.token or os.environ.get(address.service.key_variable, "").strip()
    return text.replace(key, "[the key]") if key else text


def not_installed(address: Address) -> ModelError:
    """The error of a service whose client is not here."""
    service = address.service
    return ModelError(
        f'{address.label} needs the client of {service.title}: pip install "amarathon[{service.extra}]".'
    )


def http_client(address: Address, timeout_s: float, connections: int) -> Any:
    """Make a client of httpx2 that talks to the address's host alone.

    Whatever a service's own client puts into a request, only what is needed leaves this machine; the key is
    added here, and redirects are not followed.
    """
    try:
        import httpx2
    except ModuleNotFoundError as error:
        raise not_installed(address) from error
    service, key, origin = address.service, key_of(address), _origin(address.base_url)

    def only_ours(request: Any) -> None:
        if _origin(str(request.url)) != origin:
            raise RequestError("stop", f"{address.label} would be asked at another host than {address.host}.")
        for name in list(request.headers):
            if name.lower() not in HEADERS and not name.lower().startswith(UPLOADS):
                del request.headers[name]
        request.headers["user-agent"] = "amarathon"
        if key is not None:
            bearer = "Bearer " if service.key_header == "authorization" else ""
            request.headers[service.key_header] = bearer + key

    return httpx2.Client(
        event_hooks={"request": [only_ours]},
        follow_redirects=False,
        timeout=httpx2.Timeout(timeout_s, connect=min(timeout_s, CONNECTING_S)),
        limits=httpx2.Limits(max_connections=connections, max_keepalive_connections=connections),
    )


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname or "", parts.port or default
