"""The app as a process: starting, stopping, refusing, and what it answers outside its pages."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.serving import PATIENCE_S, ROOT, serving

# As the real package does it: not while Gradio is being imported; once, when the app is launched.
STAND_IN_FOR_SPACES = """
import sys
from pathlib import Path

if (gradio := sys.modules.get("gradio")) is not None and not hasattr(gradio, "Blocks"):
    raise ImportError
import gradio

plain_launch = gradio.Blocks.launch


def launch(*args, **kwargs):
    Path({marker!r}).write_text("started")
    gradio.Blocks.launch = plain_launch
    return plain_launch(*args, **kwargs)


gradio.Blocks.launch = launch
gradio_auto_wrap = lambda function: function
GPU = lambda **_: lambda function: function
"""


def refused(**variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def test_a_database_that_cannot_be_used_is_one_sentence_without_its_password(tmp_path: Path) -> None:
    address = "postgresql://user:s3cr3t@host:port/db"
    done = refused(AMARATHON_DATA=str(tmp_path / "data"), DATABASE_URL=address)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
    assert "DATABASE_URL" in done.stderr
    assert "s3cr3t" not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_starts_answers_and_stops(tmp_path: Path, number: signal.Signals) -> None:
    with serving(tmp_path) as app:
        health = app.get("/healthz").json()
        assert health["status"] == "ready"
        assert {"amarathon", "python", "gradio", "torch", "transformers"} <= set(health["versions"])
        assert "/healthz" in app.get("/openapi.json").json()["paths"]
        page = app.get("/annotate")
        assert "frame-ancestors" in page.headers["content-security-policy"]
        assert (app.data / "uploads").is_dir()
        app.process.send_signal(number)
        assert app.process.wait(PATIENCE_S) == 0
        printed = app.log.read_text()
        assert app.url in printed
        assert printed.endswith("Stopping.\n")


def test_zero_gpu_is_started_by_the_launch(tmp_path: Path) -> None:
    marker = tmp_path / "marker.txt"
    (tmp_path / "spaces.py").write_text(STAND_IN_FOR_SPACES.format(marker=str(marker)))
    with serving(tmp_path, SPACES_ZERO_GPU="true", PYTHONPATH=str(tmp_path)):
        assert marker.read_text() == "started"


def test_a_recording_over_the_limit_is_refused_and_old_uploads_go(tmp_path: Path) -> None:
    uploads = tmp_path / "data" / "uploads"
    (uploads / "half").mkdir(parents=True)
    for name in ("tmpkilled", "half/a.wav", "new"):
        (uploads / name).write_text("left by an earlier run")
    for name in ("tmpkilled", "half/a.wav", "half"):
        os.utime(uploads / name, (0, 0))
    with serving(tmp_path, AMARATHON_MAX_UPLOAD_BYTES="1000") as app:
        assert [path.name for path in uploads.iterdir()] == ["new"]

        def bring(count: int) -> httpx.Response:
            address = f"{app.url}/v1/demo/recordings"
            return httpx.post(address, content=b"x" * count, timeout=PATIENCE_S)

        assert "is too large" not in bring(1000).json()["error"]
        assert "is too large" in bring(1001).json()["error"]
        assert not list((app.data / "demo" / "recordings").iterdir())


def test_setting_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    done = refused(AMARATHON_PORT="99999")
    assert done.returncode == 2
    assert done.stderr.startswith("audiomarathon: AMARATHON_PORT is '99999': ")
    assert len(done.stderr.splitlines()) == 1


def test_data_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = refused(AMARATHON_DATA=str(tmp_path / "file"))
    assert done.returncode == 2
    assert "AMARATHON_DATA" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_port_in_use_is_refused(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = refused(AMARATHON_PORT=port, AMARATHON_DATA=str(tmp_path / "data"))
    assert done.returncode == 2
    assert port in done.stderr
    assert len(done.stderr.splitlines()) == 1


# A library may look for a module that was imported, so what is blocked is its import.
WITHOUT_TORCH = """
import importlib, sys


class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("torch", "transformers"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


sys.meta_path.insert(0, Blocked())
importlib.import_module(sys.argv[1])
"""


@pytest.mark.parametrize("face", ["leaderboard.page", "leaderboard.api", "human_eval.page", "web.server"])
def test_faces_without_a_model_start_without_torch(face: str) -> None:
    subprocess.run([sys.executable, "-c", WITHOUT_TORCH, face], cwd=ROOT, check=True)
