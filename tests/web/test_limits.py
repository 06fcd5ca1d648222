"""Slow and many connections, slow and large bodies, against a server with small limits."""

import socket
import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.serving import PATIENCE_S
from tests.web.conftest import describing, listening
from web.bodies import BodyLimits
from web.connections import limited_protocol
from web.limits import Limits

SMALL = Limits(body_bytes=1000, head_s=1.0, body_s=1.0, body_rate=1e6, connections_each=5)
HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n"

Connect = Callable[[int], socket.socket]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    protocol = limited_protocol(SMALL, lambda address: False)
    with listening(BodyLimits(describing(), SMALL), http=protocol) as port:
        yield port


def until_closed(connection: socket.socket) -> bytes:
    """Everything that comes until the server closes; it has to."""
    got = b""
    try:
        while part := connection.recv(65536):
            got += part
    except ConnectionResetError:
        pass
    return got


@pytest.mark.parametrize("begun", [b"", b"GET / HTTP/1.1\r\n", HEAD])
def test_a_head_that_does_not_come_is_given_up(port: int, connect: Connect, begun: bytes) -> None:
    connection = connect(port)
    connection.sendall(begun)
    assert until_closed(connection) == b""


def test_a_head_that_comes_by_the_letter_is_given_up(port: int, connect: Connect) -> None:
    connection = connect(port)
    for _ in range(100_000):
        try:
            connection.sendall(b"G")
        except ConnectionError:  # closed by the other side, at some letter
            return
        time.sleep(0.05)
    pytest.fail("It may send letters for as long as it likes.")


def test_the_second_head_on_a_connection_has_no_more_time(port: int, connect: Connect) -> None:
    connection = connect(port)
    connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert connection.recv(65536).startswith(b"HTTP/1.1 200")
    connection.sendall(b"GET / HTTP/1.1\r\n")
    until_closed(connection)


def test_a_body_that_does_not_come_is_a_sentence(port: int, connect: Connect) -> None:
    connection = connect(port)
    connection.sendall(HEAD + b"\r\n12345")
    answer = until_closed(connection)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert answer.endswith(b'{"error":"The request came too slowly; send it again."}')


def test_a_slow_visitor_holds_nobody_up(port: int, connect: Connect) -> None:
    slow = [connect(port) for _ in range(3)]
    for connection in slow:
        connection.sendall(HEAD + b"\r\n")
    assert (
        httpx.post(f"http://127.0.0.1:{port}/", content=b"x" * 900, timeout=PATIENCE_S).json()["size"] == 900
    )
    for connection in slow:
        assert until_closed(connection).startswith(b"HTTP/1.1 408 ")


def test_one_address_has_its_share_of_connections(connect: Connect) -> None:
    patient = Limits(head_s=PATIENCE_S, connections_each=5)
    with listening(describing(), http=limited_protocol(patient, lambda address: False)) as port:
        held = [connect(port) for _ in range(5)]
        # The sixth is told, and the five are served as before.
        assert until_closed(connect(port)).startswith(b"HTTP/1.1 503 ")
        held[4].sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert held[4].recv(65536).startswith(b"HTTP/1.1 200")
        for connection in held:
            connection.close()


def test_a_trusted_proxy_brings_many(connect: Connect) -> None:
    patient = Limits(head_s=PATIENCE_S, connections_each=5)
    with listening(describing(), http=limited_protocol(patient, lambda address: True)) as port:
        held = [connect(port) for _ in range(9)]
        held[8].sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert held[8].recv(65536).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("pieces", [[b"x" * 1001], [b"x" * 400] * 3])
def test_a_large_body_is_refused_whether_told_or_not(port: int, pieces: list[bytes]) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_S) as client:
        stated = client.post("/", content=b"".join(pieces))
        unstated = client.post("/", content=iter(pieces))
        for answer in (stated, unstated):
            assert (answer.status_code, answer.json()) == (413, {"error": "The request is too large."})
        assert client.post("/", content=b"x" * 1000).json()["size"] == 1000
        assert client.post("/v1/demo/recordings", content=b"x" * 5000).json()["size"] == 5000
