"""As many threads as there are cores that nobody else uses.

Threads that work together wait for the slowest of them. Where another program has a core, the one that
shares it holds up all others at every step, and two threads are slower than one by a multiple. On an idle
machine every core counts. So what is free is looked at when work begins and again while it goes on.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    import torch

# Seconds between two looks: processor time is counted in hundredths.
LOOK_EVERY_S = 0.25
# Before work begins; what was seen a while ago says nothing of now.
FIRST_LOOK_S, STALE_AFTER_S = 0.06, 2.0
# A core of which others use less than this is free: pages are served and files are read beside the work.
USED_BY_OTHERS = 0.35
QUOTA = Path("/sys/fs/cgroup/cpu.max")


@dataclass(frozen=True)
class Usage:
    """Processor time by now, in seconds.

    Attributes
    ----------
    at : float
        Of a clock that never goes back.
    idle : float
        Of the cores that this process may use, added up: time in which nothing ran.
    own : float
        What this process has used.
    """

    at: float
    idle: float
    own: float


def usage() -> Usage:
    """Look at the machine."""
    cores = psutil.cpu_times(percpu=True)
    used = [cores[index] for index in _cores() if index < len(cores)] or cores
    idle = sum(core.idle + getattr(core, "iowait", 0.0) for core in used)
    return Usage(time.monotonic(), idle, time.process_time())


def free_cores(before: Usage, now: Usage, computing: int) -> float:
    """How many cores others left free between two looks.

    Parameters
    ----------
    before, now : Usage
    computing : int
        Threads that computed here meanwhile. What this process used beyond them, for its pages say, is
        not free.
    """
    elapsed = now.at - before.at
    idle = (now.idle - before.idle) / elapsed
    own = min((now.own - before.own) / elapsed, computing)
    return idle + own


def threads_for(free: float, most: int) -> int:
    """How many threads are not held up by others."""
    return max(1, min(most, int(free + USED_BY_OTHERS)))


def most_threads(given: int, quota: str | None) -> int:
    """As many as torch was given, and no more than a container may use.

    Parameters
    ----------
    given : int
    quota : str or None
        Microseconds of processor time and the period that they are of, or ``"max"``, as the kernel
        writes it.
    """
    allowed, _, period = (quota or "max").partition(" ")
    return given if allowed == "max" else max(1, min(given, round(int(allowed) / int(period))))


class FittingThreads:
    """Keeps torch at as many threads as the machine has free cores.

    Parameters
    ----------
    look : callable
        Gives the usage of the machine.
    sleep : callable
        Waits for so many seconds.
    """

    def __init__(self, look: Callable[[], Usage] = usage, sleep: Callable[[float], None] = time.sleep):
        self._look, self._sleep = look, sleep
        self._lock = threading.Lock()
        self._most = self._chosen = 0
        self._using = 0
        self._before = Usage(0.0, 0.0, 0.0)

    @contextmanager
    def fitted(self) -> Iterator[None]:
        """Within the block threads are fitted by `fit`; behind it torch has what it had before.

        What was given to torch is never exceeded: ``OMP_NUM_THREADS`` or `torch.set_num_threads` say how
        many there may be.
        """
        with self._lock:
            given = self._torch_has()
            if given != self._chosen:
                # Else it is what was chosen here, for work that has not ended.
                self._most = self._chosen = most_threads(given, _quota())
            if not self._using and self._most > 1:
                self._begin()
            self._using += 1
            self._set(self._chosen)
        try:
            yield
        finally:
            with self._lock:
                self._using -= 1
                if not self._using:
                    self._set(self._most)

    def fit(self) -> None:
        """Look again, where the last look is long enough ago; to be called in the thread that computes."""
        with self._lock:
            if self._most > 1 and time.monotonic() - self._before.at >= LOOK_EVERY_S:
                self._choose(self._chosen)
            self._set(self._chosen)

    def _begin(self) -> None:
        if time.monotonic() - self._before.at > STALE_AFTER_S:
            self._before = self._look()
        if time.monotonic() - self._before.at < FIRST_LOOK_S:
            self._sleep(FIRST_LOOK_S)
        # What this process did meanwhile, such as decoding, is over.
        self._choose(self._most)

    def _choose(self, computing: int) -> None:
        now = self._look()
        self._chosen = threads_for(free_cores(self._before, now, computing), self._most)
        self._before = now

    def _set(self, count: int) -> None:
        import torch

        self._chosen = count
        # Each thread has a number of its own, which begins as the last one that was set.
        if torch.get_num_threads() != count:
            torch.set_num_threads(count)

    @staticmethod
    def _torch_has() -> int:
        import torch

        return torch.get_num_threads()


THREADS = FittingThreads()


@contextmanager
def fitted_threads(device: "torch.device") -> Iterator[Callable[[], None]]:
    """Fit the threads of what is computed on a processor; gives what looks again, to be called often.

    Parameters
    ----------
    device : torch.device
        On any other than a CPU nothing is changed.
    """
    if device.type != "cpu":
        yield _nothing
        return
    with THREADS.fitted():
        yield THREADS.fit


def _nothing() -> None:
    pass


def _quota() -> str | None:
    return QUOTA.read_text(encoding="ascii").strip() if QUOTA.is_file() else None


def _cores() -> list[int]:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))
