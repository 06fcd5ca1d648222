"""A service with the small model, and its routes."""

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from amarathon.audio import load_audio
from amarathon.settings import Settings
from live_demo.api import routes_of
from live_demo.context import TurnBounds
from live_demo.question import Ask
from live_demo.service import DemoService
from live_demo.shared_model import SharedModel
from tests.audio.makers import tone, wav_bytes


@pytest.fixture(scope="session")
def shared_model():
    """The small model, loaded once for all tests."""
    return SharedModel("small")


def make_service(folder, shared_model):
    """A service on a folder; files are decoded in this process, which saves the start of another."""
    settings = Settings(data=folder, max_upload_bytes=2_000_000, max_audio_seconds=400)
    service = DemoService(settings, decode=load_audio)
    service.queue.models = {"small": shared_model}
    # No page asks after these comparisons, and a busy machine may take its time.
    service.queue.bounds = TurnBounds(longest_s=1e9, silent_s=1e9)
    return service


def tone_file(seconds=4.0):
    """The bytes of a WAV file."""
    return wav_bytes((tone(seconds) * 32767).astype(np.int16).tobytes())


@pytest.fixture
def service(tmp_path, shared_model):
    """A service of its own."""
    return make_service(tmp_path, shared_model)


@pytest.fixture
def client(service):
    """The service's routes, over HTTP."""
    with TestClient(FastAPI(routes=routes_of(service).routes)) as served:
        yield served


@pytest.fixture
def upload(client):
    """Uploads a tone and gives what the server says of it."""

    def send(seconds=4.0, name="tone.wav"):
        answer = client.post("/v1/demo/recordings", params={"name": name}, content=tone_file(seconds))
        assert answer.status_code == 201, answer.text
        return answer.json()

    return send


def make_ask(recording, **fields):
    """A request; every field can be given."""
    fixed = {
        "recording": recording,
        "task": "MC",
        "options": ["Jazz", "Rock"],
        "configurations": ["frame@0.6", "snapkv@0.5"],
        "max_new_tokens": 2,
    }
    return Ask.read(fixed | fields)


@pytest.fixture
def ask(upload):
    """Makes a request about a new recording; every field can be given."""

    def make(seconds=2.0, recording=None, **fields):
        return make_ask(recording or upload(seconds)["id"], **fields)

    return make
