"""When a service may be asked again: a rate, and pauses that it asks for."""

import random
import threading
import time

from amarathon.errors import ServiceError

FIRST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 60.0


class Pace:
    """Makes all threads wait for their turn; `halt` wakes them up.

    Parameters
    ----------
    per_minute : float, optional
        Most requests a minute; any number by default.
    """

    def __init__(self, per_minute: float | None = None):
        self._every_s = 60.0 / per_minute if per_minute else 0.0
        self._next = 0.0
        self._lock, self._halted = threading.Lock(), threading.Event()

    def wait_for_turn(self) -> None:
        """Wait until the next request may be sent.

        Raises
        ------
        ServiceError
            If the run is stopped before.
        """
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next)
            self._next = turn + self._every_s
        self.sleep(turn - now)

    def hold_off(self, seconds: float) -> None:
        """Keep every thread from asking for a while: the service said that it is asked too often."""
        with self._lock:
            self._next = max(self._next, time.monotonic() + seconds)

    def sleep(self, seconds: float) -> None:
        """Wait, unless the run is stopped.

        Raises
        ------
        ServiceError
        """
        if self._halted.wait(seconds) if seconds > 0 else self._halted.is_set():
            raise ServiceError("The run is being stopped.")

    def begin(self) -> None:
        """Requests may be sent, if they were halted."""
        self._halted.clear()

    def halt(self) -> None:
        """No further request is sent."""
        self._halted.set()


def pause_after(attempt: int) -> float:
    """A pause before asking again, where the service names none: longer each time, and never in step."""
    return random.uniform(0.0, min(LONGEST_PAUSE_S, FIRST_PAUSE_S**attempt))
