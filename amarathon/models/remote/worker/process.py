"""A worker's process: started in its own environment with nothing secret in it, and ended with this one."""

import contextlib
import json
import os
import secrets
import subprocess
import tempfile
from pathlib import Path
from typing import IO, Any

from amarathon.models.remote.address import Program
from amarathon.models.remote.faults import RequestError, first_sentence
from amarathon.models.remote.worker import program as worker_program

# All that it is given of this process's environment: no key of any service is among it.
PASSED_ON = (
    *("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "LD_LIBRARY_PATH"),
    *("CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS", "HF_HOME", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"),
)
STOPS_WITHIN_S = 10.0
# Bytes of what it printed that its last line is looked for in.
LAST_WORDS = 65_536


class WorkerProcess:
    """One start of a worker.

    Parameters
    ----------
    what : Program
    python : Path
        The interpreter of its environment.
    label : str
        What its model is called in messages.
    name : str
        What its model is called by itself.

    Attributes
    ----------
    url : str
        Where it listens, on this machine alone.
    token : str
        What it wants to be shown.

    Raises
    ------
    RequestError
        If it cannot be started, or the model cannot be loaded in it.
    """

    def __init__(self, what: Program, python: Path, label: str, name: str):
        self.token = secrets.token_urlsafe(32)
        # Of what it prints only the end is ever looked at.
        self._printed: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        try:
            self._process = subprocess.Popen(
                [python, worker_program.__file__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._printed,
                env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
            )
        except OSError as error:
            raise RequestError("stop", f"{label}: {python} cannot be started: {error.strerror}.") from None
        wanted = {"file": str(what.file), "function": what.function, "name": name, "token": self.token}
        told = self._greeted(wanted)
        if "url" not in told:
            ended = self.ended()
            raise RequestError("stop", f"{label} does not load: {told.get('error') or 'it ' + ended}")
        self.url: str = told["url"]

    def _greeted(self, wanted: dict[str, str]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write((json.dumps(wanted) + "\n").encode())
            self._process.stdin.flush()
        except BrokenPipeError:
            return {}
        line = self._process.stdout.readline()
        return dict(json.loads(line)) if line else {}

    def ended(self) -> str:
        """End it if it has not ended, and say how it did."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it was gone before
            self._process.stdin.close()
        try:
            code = self._process.wait(STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        how = f"signal {-code}" if code < 0 else f"status {code}"
        return f"ended with {how}{self._last_words()}"

    def _last_words(self) -> str:
        size = self._printed.seek(0, os.SEEK_END)
        self._printed.seek(max(0, size - LAST_WORDS))
        lines = self._printed.read().decode("utf-8", "replace").strip().splitlines()
        return f": {first_sentence(lines[-1])}" if lines else "."
