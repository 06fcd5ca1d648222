"""``/healthz`` before and after the app is ready."""

import errno
import threading
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from web import health
from web.health import router, storage_fault


def test_not_ready_until_told() -> None:
    ready = threading.Event()
    app = FastAPI()
    app.include_router(router(ready))
    client = TestClient(app)
    assert client.get("/healthz").status_code == 503
    assert client.get("/healthz").json()["status"] == "starting"
    ready.set()
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    assert answer.json()["versions"]["gradio"].startswith("6.")


@pytest.mark.parametrize(
    ("raised", "sentence"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "The disk of the data folder is full."),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "The disk of the data folder is full."),
        (
            OSError(errno.EROFS, "Read-only file system"),
            "The data folder cannot be written to (Read-only file system).",
        ),
    ],
)
def test_a_disk_that_takes_nothing_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raised: OSError, sentence: str
) -> None:
    def fail(**_: object) -> None:
        raise raised

    assert storage_fault(tmp_path) is None
    monkeypatch.setattr(health.tempfile, "TemporaryFile", fail)
    assert storage_fault(tmp_path) == sentence


def test_a_full_disk_and_a_folder_that_is_gone_are_faults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (
        storage_fault(tmp_path / "gone")
        == "The data folder cannot be written to (No such file or directory)."
    )
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", 1 << 62)
    assert storage_fault(tmp_path) == "The disk of the data folder is full."


def test_a_fault_is_told_with_its_reason_for_as_long_as_it_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LOOKED_AT_EVERY_S", 0.0)
    ready, faults = threading.Event(), ["The disk is full."]
    app = FastAPI()
    app.include_router(router(ready, [lambda: None, lambda: faults[0] if faults else None]))
    client = TestClient(app)
    ready.set()
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (503, "faulty")
    assert answer.json()["error"] == "The disk is full."
    assert answer.headers["cache-control"] == "no-store"
    faults.clear()
    answer = client.get("/healthz")
    assert (answer.status_code, "error" in answer.json()) == (200, False)


def test_looking_is_not_done_at_every_request() -> None:
    ready, looked = threading.Event(), []
    ready.set()
    app = FastAPI()
    app.include_router(router(ready, [lambda: looked.append(1)]))  # type: ignore[func-returns-value]
    client = TestClient(app)
    assert {client.get("/healthz").status_code for _ in range(20)} == {200}
    assert len(looked) < 20
