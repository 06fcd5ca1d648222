"""``/healthz`` before and after the app is ready."""

import threading

from fastapi import FastAPI
from fastapi.testclient import TestClient

from web.health import router


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
