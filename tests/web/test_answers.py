"""Faults of the program: a sentence to the visitor, the traceback once in the log."""

import logging

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from web.guard import FAULT, Answers


async def fail(request: Request) -> Response:
    raise ZeroDivisionError(request.url.path)


async def say(request: Request) -> Response:
    return PlainTextResponse("x" * 1000, 418)


async def break_off(request: Request) -> Response:
    async def parts() -> "object":
        yield b"begun"
        raise ZeroDivisionError

    return StreamingResponse(parts())  # type: ignore[arg-type]


@pytest.fixture
def client() -> TestClient:
    routes = [Route("/fail/{path:path}", fail), Route("/say", say), Route("/break", break_off)]
    return TestClient(Answers(Starlette(routes=routes)))


def test_a_fault_is_a_sentence_and_fills_no_log(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answers = [client.get(f"/fail/{number}") for number in range(30)]
    assert {answer.status_code for answer in answers} == {500}
    assert answers[0].json() == {"error": FAULT}
    assert len(caplog.records) == 30
    assert sum(record.exc_info is not None for record in caplog.records) == 1
    assert "ZeroDivisionError" in caplog.records[0].message
    assert all(len(record.message) < 500 for record in caplog.records)


def test_what_was_begun_is_not_begun_again(client: TestClient) -> None:
    assert client.get("/break").content == b"begun"


def test_head_has_no_body_and_the_same_head(client: TestClient) -> None:
    answer = client.head("/say")
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (418, b"", "1000")
