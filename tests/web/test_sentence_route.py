"""Every refusal of the JSON API is one sentence that nobody keeps."""

import errno
from typing import Literal

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from starlette.requests import ClientDisconnect

import human_eval.errors
import live_demo.errors
from amarathon.errors import AmarathonError
from leaderboard.kept import StoreBusyError
from web.errors import RefusedError
from web.routes import SentenceRoute

FAULTS: dict[str, tuple[Exception, int, str, str | None]] = {
    "core": (AmarathonError("No."), 422, "No.", None),
    "refused": (RefusedError("No."), 422, "No.", None),
    "gone": (live_demo.errors.GoneError("Gone."), 404, "Gone.", None),
    "often": (human_eval.errors.TooManyError("Wait."), 429, "Wait.", "60"),
    "busy": (StoreBusyError("Busy."), 503, "Busy.", "2"),
    "full": (
        OSError(errno.ENOSPC, "No space left on device"),
        503,
        "The server's disk is full, so nothing new can be kept; try again later.",
        None,
    ),
    "denied": (
        PermissionError(errno.EACCES, "Permission denied"),
        503,
        "The server cannot store this (Permission denied); try again later.",
        None,
    ),
}


@pytest.fixture(scope="module")
def client() -> TestClient:
    routes = APIRouter(route_class=SentenceRoute)

    @routes.get("/fail/{name}")
    def fail(name: str) -> None:
        raise FAULTS[name][0]

    @routes.get("/left")
    def left() -> None:
        raise ClientDisconnect

    @routes.post("/read/{kind}")
    def read(kind: Literal["a", "b"], content: dict[str, int], count: int = 0) -> int:
        return count

    app = FastAPI()
    app.include_router(routes)
    return TestClient(app)


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_raised_is_answered_with_its_sentence(client: TestClient, name: str) -> None:
    _, status, sentence, pause = FAULTS[name]
    answer = client.get(f"/fail/{name}")
    assert (answer.status_code, answer.json()) == (status, {"error": sentence})
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers.get("retry-after") == pause


@pytest.mark.parametrize(
    ("path", "body", "status", "start"),
    [
        ("/read/c", "{}", 404, "There is nothing here."),
        ("/read/a?count=x", "{}", 422, "count: "),
        ("/read/a", '{"n": "secret"}', 422, "n: "),
        ("/read/a", "[]", 422, "The request: "),
        ("/read/a", "", 422, "The request: "),
        ("/read/a", "{", 422, "The request: "),
    ],
)
def test_what_is_not_understood_is_said_without_the_value(
    client: TestClient, path: str, body: str, status: int, start: str
) -> None:
    answer = client.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert answer.json()["error"].startswith(start)
    assert "secret" not in answer.text


def test_who_left_is_no_fault_of_the_server(client: TestClient) -> None:
    assert client.get("/left").status_code == 400


def test_every_refusal_of_a_face_is_of_one_kind() -> None:
    for module in (human_eval.errors, live_demo.errors):
        for name, kind in vars(module).items():
            if isinstance(kind, type) and name.endswith("Error"):
                assert issubclass(kind, RefusedError), name
