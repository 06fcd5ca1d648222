"""The app as a process, for the tests that need it served."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[1]
# Bounds a hang, and decides nothing: a busy machine takes minutes where an idle one takes seconds.
PATIENCE_S = 600


@dataclass(frozen=True)
class ServedApp:
    """A running app: its address, its data folder, what it printed, its process."""

    url: str
    data: Path
    log: Path
    process: "subprocess.Popen[bytes]"

    def get(self, path: str, **options: Any) -> httpx.Response:
        """What it answers at a path, however long that takes."""
        return httpx.get(self.url + path, timeout=PATIENCE_S, **options)


@contextmanager
def serving(
    folder: Path,
    command: Sequence[str] = (sys.executable, "app.py"),
    cwd: Path = ROOT,
    **variables: str,
) -> Iterator[ServedApp]:
    """Run ``python app.py`` on a free port, with its data under `folder`, and end it afterwards.

    Raises
    ------
    RuntimeError
        If it ends before it is ready; the message is what it printed.
    """
    port = free_port()
    own = {"AMARATHON_PORT": str(port), "AMARATHON_DATA": str(folder / "data")}
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=os.environ | own | variables,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    app = ServedApp(f"http://127.0.0.1:{port}", folder / "data", folder / "log.txt", process)
    try:
        _wait_until_ready(app)
        yield app
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(app: ServedApp) -> None:
    deadline = time.monotonic() + PATIENCE_S
    with httpx.Client(timeout=PATIENCE_S) as client:
        while app.process.poll() is None:
            assert time.monotonic() < deadline, f"The app hangs:\n{app.log.read_text()}"
            try:
                if client.get(f"{app.url}/healthz").status_code == 200:
                    return
            except httpx.TransportError:
                pass  # not listening yet
            time.sleep(0.1)
    raise RuntimeError(f"The app did not start:\n{app.log.read_text()}")
