"""What the benchmark asks of a server and of somebody who works on it."""

import asyncio
import os
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import psutil

# Bounds a hang, and decides nothing.
STARTS_WITHIN_S, ANSWERS_WITHIN_S, ASKS_EVERY_S = 1800.0, 300.0, 0.02
# A server that computed less than this share of so many seconds waits for requests.
SETTLED_S, SETTLED_SHARE = 5.0, 0.1


class Person(ABC):
    """Somebody at the server, with the requests that their page sends."""

    def __init__(self, url: str):
        self.client = httpx.AsyncClient(base_url=url, timeout=ANSWERS_WITHIN_S)

    @abstractmethod
    async def next(self) -> Any:
        """Ask for the next question; with its recording's address and its options."""

    @abstractmethod
    async def work(self, question: Any) -> None:
        """What the page tells the server between the question and its answer."""

    @abstractmethod
    async def save(self, question: Any) -> None:
        """Save an answer."""

    async def ask(self, method: str, path: str, **rest: Any) -> Any:
        """One request; what it answers.

        Raises
        ------
        RuntimeError
            If it is refused.
        """
        answer = await self.client.request(method, path, **rest)
        if not answer.is_success:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer.json()


class Program(ABC):
    """A server as a process, with its data in a folder of its own."""

    command: Sequence[str]
    health: str

    def __init__(self, folder: Path, port: int):
        folder.mkdir()
        self.folder, self.port, self.url = folder, port, f"http://127.0.0.1:{port}"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def variables(self) -> dict[str, str]:
        """Environment variables of its own."""

    @abstractmethod
    async def prepare(self, people: int) -> list[Person]:
        """Make the study while the server runs, and let people in."""

    async def start(self) -> float:
        """Start it; seconds until it says that it is ready.

        Raises
        ------
        RuntimeError
            If it ends before; the message is what it printed.
        """
        log = self.folder / "log.txt"
        began = time.perf_counter()
        with log.open("ab") as printed:
            self._process = subprocess.Popen(
                self.command, env=os.environ | self.variables, stdout=printed, stderr=printed
            )
        async with httpx.AsyncClient(timeout=ANSWERS_WITHIN_S) as client:
            while self._process.poll() is None and time.perf_counter() - began < STARTS_WITHIN_S:
                try:
                    if (await client.get(self.url + self.health)).is_success:
                        return time.perf_counter() - began
                except httpx.TransportError:
                    pass  # not listening yet
                await asyncio.sleep(ASKS_EVERY_S)
        self.stop()
        raise RuntimeError(f"{self.command[0]} did not start:\n{log.read_text()[-3000:]}")

    async def settle(self) -> None:
        """Wait until what it goes on loading once it is ready is loaded: until it hardly computes.

        Raises
        ------
        TimeoutError
            If it never rests.
        """
        assert self._process is not None
        program = psutil.Process(self._process.pid)
        async with asyncio.timeout(STARTS_WITHIN_S):
            while True:
                before = _computed(program)
                await asyncio.sleep(SETTLED_S)
                if _computed(program) - before < SETTLED_SHARE * SETTLED_S:
                    return

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _computed(program: psutil.Process) -> float:
    """Seconds of processor time of a process and its children."""
    times = [each.cpu_times() for each in (program, *program.children(recursive=True))]
    return sum(each.user + each.system for each in times)
