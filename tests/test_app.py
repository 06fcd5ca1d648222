"""The app as a process: starting, stopping, refusing, and what it answers outside its pages."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[1]
STARTS_WITHIN_S = 60
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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(data: Path, **variables: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Start the app and wait until it is ready."""
    port = free_port()
    environment = os.environ | {"AMARATHON_PORT": str(port), "AMARATHON_DATA": str(data)} | variables
    process = subprocess.Popen(
        [sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        wait_until_ready(f"http://127.0.0.1:{port}", process)
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def wait_until_ready(url: str, process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/healthz").status_code == 200:
                return
        except httpx.TransportError:
            pass  # not listening yet
        time.sleep(0.1)
    pytest.fail("The app did not start.")


def refused(**variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=STARTS_WITHIN_S,
        check=False,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_starts_answers_and_stops(tmp_path: Path, number: signal.Signals) -> None:
    with started(tmp_path / "data") as (process, url):
        health = httpx.get(f"{url}/healthz").json()
        assert health["status"] == "ready"
        assert {"amarathon", "python", "gradio", "torch", "transformers"} <= set(health["versions"])
        assert "/healthz" in httpx.get(f"{url}/openapi.json").json()["paths"]
        page = httpx.get(f"{url}/annotate")
        assert "frame-ancestors" in page.headers["content-security-policy"]
        assert (tmp_path / "data" / "uploads").is_dir()
        process.send_signal(number)
        assert process.wait(15) == 0
        assert process.stdout is not None
        printed = process.stdout.read()
        assert url in printed
        assert printed.endswith("Stopping.\n")


def test_zero_gpu_is_started_by_the_launch(tmp_path: Path) -> None:
    marker = tmp_path / "marker.txt"
    (tmp_path / "spaces.py").write_text(STAND_IN_FOR_SPACES.format(marker=str(marker)))
    with started(tmp_path / "data", SPACES_ZERO_GPU="true", PYTHONPATH=str(tmp_path)):
        assert marker.read_text() == "started"


def test_upload_over_the_limit_is_refused(tmp_path: Path) -> None:
    with started(tmp_path / "data", AMARATHON_MAX_UPLOAD_BYTES="1000") as (_, url):

        def upload(count: int) -> httpx.Response:
            return httpx.post(f"{url}/gradio_api/upload", files={"files": ("a.wav", bytes(count))})

        assert upload(900).status_code == 200
        assert upload(5000).status_code == 413
        stored = [path for path in (tmp_path / "data" / "uploads").rglob("*") if path.is_file()]
        assert [path.stat().st_size for path in stored] == [900]


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


@pytest.mark.parametrize("face", ["leaderboard.page", "leaderboard.api", "human_eval.page", "web.server"])
def test_faces_without_a_model_start_without_torch(face: str) -> None:
    blocked = "import sys; sys.modules['torch'] = sys.modules['transformers'] = None"
    subprocess.run([sys.executable, "-c", f"{blocked}; import {face}"], cwd=ROOT, check=True)
