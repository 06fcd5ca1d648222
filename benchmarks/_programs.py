"""Other programs: what they cost, and the app as one of them."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

STARTS_WITHIN_S = 60.0


def child_s(command: list[str]) -> float:
    """Processor seconds of another program, which must succeed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    return now.ru_utime + now.ru_stime - before.ru_utime - before.ru_stime


@contextmanager
def served_app(data: Path, port: int) -> Iterator[float]:
    """Within the block the app runs with a data folder; gives the seconds until it was ready."""
    own = {"AMARATHON_PORT": str(port), "AMARATHON_DATA": str(data)}
    quiet = subprocess.DEVNULL
    began = time.monotonic()
    app = subprocess.Popen([sys.executable, "app.py"], env=os.environ | own, stdout=quiet, stderr=quiet)
    try:
        _await_health(port)
        yield time.monotonic() - began
    finally:
        app.kill()
        app.wait()


def _await_health(port: int) -> None:
    # Other benchmarks of this file's need no client.
    import httpx

    end = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < end:
        with suppress(httpx.TransportError):
            if httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=5).is_success:
                return
        time.sleep(0.1)
    raise SystemExit(f"The app was not ready within {STARTS_WITHIN_S:.0f} s.")
