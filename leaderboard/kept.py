"""Something that is read from files, and read again when one of them has changed."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from web.errors import RefusedError

Stamp = TypeVar("Stamp")
Made = TypeVar("Made")

# How long a request waits for another one that reads the runs. What takes longer may never end: a file
# on a disk that is gone, a pipe that nobody writes to.
PATIENCE_S = 10.0
# How many times as long, where there is nothing of before to show: at start, with thousands of runs.
AT_FIRST = 6
BUSY = "The runs are still being read; try again in a moment."


class StoreBusyError(RefusedError):
    """The runs could not be read in time, and there is nothing of before to show."""

    status = 503
    retry_after_s = 2


class Kept(Generic[Stamp, Made]):
    """What `make` gives, made again when `stamp` gives something else.

    Where making hangs, everybody else goes on with what was made before.

    Parameters
    ----------
    stamp : callable
        The state of the files now.
    make : callable
        From such a state; gives the state that it rests on, which may be an older one, and what it made.
    patience_s : float
        Seconds that others wait for who makes it.
    """

    def __init__(
        self, stamp: Callable[[], Stamp], make: Callable[[Stamp], tuple[Stamp, Made]], patience_s: float
    ):
        self._stamp, self._make, self._patience_s = stamp, make, patience_s
        self._lock = threading.Lock()
        self._began: float | None = None
        self._looked_at = -1.0
        self._last: tuple[Stamp, Made] | None = None

    def get(self) -> Made:
        """What there is now.

        Raises
        ------
        StoreBusyError
        """
        asked = time.monotonic()
        if not self._lock.acquire(timeout=self._wait_s()):
            if self._last is None:
                raise StoreBusyError(BUSY)
            return self._last[1]
        try:
            # Whoever waited while another looked, and asked before that, gets what the other found.
            if self._last is not None and self._looked_at >= asked:
                return self._last[1]
            self._began = time.monotonic()
            # Taken before reading: what is written meanwhile is found by the next call.
            stamp = self._stamp()
            if self._last is None or stamp != self._last[0]:
                self._last = self._make(stamp)
            self._looked_at = self._began
            return self._last[1]
        finally:
            self._began = None
            self._lock.release()

    def _wait_s(self) -> float:
        """What is left of the patience with who reads: nobody waits for one that hangs already."""
        began, patience_s = self._began, self._patience_s * (AT_FIRST if self._last is None else 1)
        return patience_s if began is None else max(0.0, began + patience_s - time.monotonic())
