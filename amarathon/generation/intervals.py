"""When to say how far a reply is: often enough to be read as it is written, seldom enough to cost nothing."""

import time
from collections.abc import Callable

# Turning a reply's tokens into text takes a fraction of a millisecond.
EVERY_S = 0.1


class Intervals:
    """Says at most every `EVERY_S` seconds that it is time, and at once the first time.

    Parameters
    ----------
    seconds : callable
        A clock.
    """

    def __init__(self, seconds: Callable[[], float] = time.monotonic):
        self._seconds = seconds
        self._last: float | None = None

    def passed(self) -> bool:
        """Whether it is time again; then the next interval begins."""
        now = self._seconds()
        if self._last is not None and now - self._last < EVERY_S:
            return False
        self._last = now
        return True
