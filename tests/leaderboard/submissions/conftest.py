"""A leaderboard with one known dataset, and an administrator who is whoever says so."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from amarathon.settings import Settings
from leaderboard.api import router
from leaderboard.submissions import child, review_queue, scoring
from tests.leaderboard.submissions.packing import Pack, known_runs
from web.administrators import Administrator

ADMIN = {"X-Test-Administrator": "maria"}
ZIP = {"Content-Type": "application/zip"}
# Bounds a hang, and decides nothing.
PATIENCE_S = 300.0
WHO = {"name": "The Bold Team", "contact": "bold@example.org"}


async def administrator(request: Request) -> Administrator | None:
    name = request.headers.get("x-test-administrator")
    return Administrator(name, "token") if name else None


def client_of(data: Path, **settings: Any) -> TestClient:
    app = FastAPI(routes=router(Settings(data=data, **settings), administrator).routes)
    return TestClient(app)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    known_runs(tmp_path / "data" / "runs")
    return tmp_path / "data"


def in_process(verb: str, timeout_s: float, **arguments: Any) -> None:
    """What the child does, without its start, which takes seconds."""
    child.VERBS[verb](arguments)


@pytest.fixture
def client(data: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """A client of an app that checks and scores in this process."""
    monkeypatch.setattr(review_queue, "in_child", in_process)
    monkeypatch.setattr(scoring, "in_child", in_process)
    return client_of(data)


@pytest.fixture
def whole_client(data: Path) -> TestClient:
    """A client of an app that does it in its child, as it is served."""
    return client_of(data)


@pytest.fixture
def pack(tmp_path: Path) -> Callable[..., Pack]:
    """Makes a good submission; each in a folder of its own."""
    made = iter(range(1000))
    return lambda **options: Pack(tmp_path / f"packed-{next(made)}", **options)


def uploaded(client: TestClient, content: bytes) -> str:
    """Upload a good submission and wait for its scores; gives its receipt."""
    answer = client.post("/v1/submissions", content=content, headers=ZIP)
    assert answer.status_code == 201, answer.text
    receipt = str(answer.json()["receipt"])
    deadline = time.monotonic() + PATIENCE_S
    while not client.get(f"/v1/submissions/receipts/{receipt}").json()["scored"]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return receipt


def filed(client: TestClient, content: bytes, **who: str) -> tuple[str, str]:
    """The same, filed; gives its receipt and its id."""
    receipt = uploaded(client, content)
    answer = client.post(f"/v1/submissions/receipts/{receipt}/file", json=WHO | who)
    assert answer.status_code == 200, answer.text
    return receipt, str(answer.json()["id"])


def decided(client: TestClient, identifier: str, verb: str, reason: str = "") -> dict[str, Any]:
    """Decide as the administrator."""
    answer = client.post(
        f"/v1/submissions/review/{identifier}/{verb}", json={"reason": reason}, headers=ADMIN
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def submitted_rows(client: TestClient) -> list[dict[str, Any]]:
    """The submitted rows of the leaderboard, each with its run's facts."""
    board = client.get("/v1/leaderboard").json()
    rows = [row for section in (board["models"], *board["measured"]) for row in section["rows"]]
    return [row | {"run": board["runs"][row["run"]]} for row in rows if row["provenance"] == "submitted"]
