"""Under which names the app answers, whom it believes, and the path that a proxy serves it under."""

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from amarathon.settings import PRIVATE_NETWORKS, Settings
from tests.web.conftest import describing, listening
from web.guard import guard
from web.limits import Limits


def guarded(**options: Any) -> ASGIApp:
    settings = Settings(port=7860, **options)
    is_proxy = ProxyHeadersMiddleware(describing(), list(settings.proxies)).trusted_hosts.__contains__
    return guard(describing(), settings, is_proxy, Limits(), lambda: {0: False})


def ask(app: ASGIApp, path: str = "/", peer: str = "127.0.0.1", **headers: str) -> Any:
    sent = {name.replace("_", "-"): value for name, value in {"host": "localhost:7860", **headers}.items()}
    return TestClient(app, client=(peer, 1)).get(path, headers=sent)


FORWARDED = {"x_forwarded_for": "203.0.113.9"}


@pytest.mark.parametrize(
    ("settings", "host", "more", "status"),
    [
        # On this machine alone: a page of another site may have its name lead here.
        ({}, "localhost:7860", {}, 200),
        ({}, "127.0.0.1:7860", {}, 200),
        ({}, "[::1]:7860", {}, 200),
        ({}, "LOCALHOST:7860", {}, 200),
        ({}, "app.localhost:7860", {}, 200),
        ({}, "192.168.1.5:7860", {}, 200),
        ({}, "evil.example:7860", {}, 421),
        ({}, "evil.example", {}, 421),
        ({}, "localhost.evil.example:7860", {}, 421),
        ({}, "evillocalhost:7860", {}, 421),
        # A rebound page may make up a proxy's headers, but its port is the app's.
        ({}, "evil.example:7860", FORWARDED, 421),
        # A proxy on this machine, by the recipe of Gradio's guide and others.
        ({}, "audio.example.org", FORWARDED, 200),
        ({}, "audio.example.org:8443", {"x_forwarded_host": "audio.example.org"}, 200),
        ({}, "audio.example.org", {"x_forwarded_proto": "https"}, 200),
        ({}, "audio.example.org", {"forwarded": "for=203.0.113.9"}, 200),
        # A Space, and any network.
        ({"space_host": "a-b.hf.space", "host": "0.0.0.0"}, "a-b.hf.space", {}, 200),
        ({"host": "0.0.0.0"}, "lab.example.org:7860", {}, 200),
        # Names that were given.
        ({"allowed_hosts": "audio.example.org *.local"}, "audio.example.org:7860", {}, 200),
        ({"allowed_hosts": "audio.example.org *.local"}, "printer.local", {}, 200),
        ({"allowed_hosts": "audio.example.org *.local"}, "local", {}, 421),
        ({"allowed_hosts": "audio.example.org", "host": "0.0.0.0"}, "evil.example", FORWARDED, 421),
        ({"allowed_hosts": "audio.example.org"}, "localhost:7860", {}, 200),
        ({"allowed_hosts": "*"}, "evil.example:7860", {}, 200),
        # What is no name.
        ({"host": "0.0.0.0"}, "[", {}, 400),
        ({"host": "0.0.0.0"}, "a b", {}, 400),
        ({"host": "0.0.0.0"}, "a:99999", {}, 400),
        ({}, "localhost:7860", {"origin": "http://["}, 400),
    ],
)
def test_names(settings: dict[str, Any], host: str, more: dict[str, str], status: int) -> None:
    answer = ask(guarded(**settings), host=host, **more)
    assert answer.status_code == status
    if status != 200:
        assert set(answer.json()) == {"error"}


FOR, HOST = "x_forwarded_for", "x_forwarded_host"


@pytest.mark.parametrize(
    ("settings", "peer", "headers", "client", "forwarded_host"),
    [
        # Nobody is believed by default: a made-up address escapes no count.
        ({}, "127.0.0.1", {FOR: "1.2.3.4", HOST: "x.example"}, "127.0.0.1", None),
        ({}, "10.0.0.1", {FOR: "1.2.3.4"}, "10.0.0.1", None),
        (
            {"trusted_proxies": "127.0.0.1"},
            "127.0.0.1",
            {FOR: "1.2.3.4", HOST: "x.example"},
            "1.2.3.4",
            "x.example",
        ),
        ({"trusted_proxies": "127.0.0.1"}, "10.0.0.1", {FOR: "1.2.3.4", HOST: "x.example"}, "10.0.0.1", None),
        ({"trusted_proxies": "10.0.0.0/8"}, "10.9.9.9", {FOR: "1.2.3.4"}, "1.2.3.4", None),
        # What the visitor wrote himself stands before what the proxy adds.
        ({"trusted_proxies": "127.0.0.1"}, "127.0.0.1", {FOR: "6.6.6.6, 1.2.3.4"}, "1.2.3.4", None),
        ({"trusted_proxies": "127.0.0.1,10.0.0.1"}, "127.0.0.1", {FOR: "1.2.3.4, 10.0.0.1"}, "1.2.3.4", None),
        (
            {"space_host": "a.hf.space", "host": "0.0.0.0"},
            "10.2.3.4",
            {FOR: "6.6.6.6, 1.2.3.4"},
            "1.2.3.4",
            None,
        ),
        ({"space_host": "a.hf.space", "host": "0.0.0.0"}, "8.8.8.8", {FOR: "1.2.3.4"}, "8.8.8.8", None),
        (
            {"space_host": "a.hf.space", "trusted_proxies": "1.1.1.1"},
            "10.2.3.4",
            {FOR: "1.2.3.4"},
            "10.2.3.4",
            None,
        ),
    ],
)
def test_whose_word_is_taken(
    settings: dict[str, Any], peer: str, headers: dict[str, str], client: str, forwarded_host: str | None
) -> None:
    seen = ask(guarded(**settings), peer=peer, **headers).json()
    assert (seen["client"], seen["x-forwarded-host"]) == (client, forwarded_host)


def test_a_cookie_knows_that_it_goes_by_https() -> None:
    assert ask(guarded(), x_forwarded_proto="https").json()["scheme"] == "https"
    assert ask(guarded(), x_forwarded_proto="javascript").json()["scheme"] == "http"


def test_a_request_of_http_1_0_names_no_host(connect: Callable[[int], socket.socket]) -> None:
    with listening(guarded(), proxy_headers=False) as port:
        connection = connect(port)
        connection.sendall(b"GET / HTTP/1.0\r\nOrigin: http://x\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b'"host":"127.0.0.1:7860"' in answer


@pytest.mark.parametrize("root", ["/am", "/a/b", "https://audio.example.org/am"])
def test_the_path_is_the_same_whether_the_proxy_strips_the_prefix_or_not(root: str) -> None:
    app = guarded(root_path=root)
    prefix = root.removeprefix("https://audio.example.org")
    for path in ("/", "/annotate", "/v1/tables/2", "/amber"):
        assert ask(app, path).json()["path"] == path
        assert ask(app, prefix + path).json()["path"] == path
    assert ask(app, prefix).json()["path"] == "/"


def test_private_networks_are_those_of_the_standards() -> None:
    assert all(ipaddress.ip_network(network).is_private or network == "::1" for network in PRIVATE_NETWORKS)
