"""A lock that goes to whoever has waited longest, and to urgent work first."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class FairLock:
    """A lock that is held in the order of asking.

    A plain lock goes to whoever runs when it is free: a thread that has to wake up first loses against
    one that has just come, again and again under load.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self._urgent: deque[threading.Lock] = deque()
        self._others: deque[threading.Lock] = deque()

    @contextmanager
    def held(self, *, urgent: bool = False) -> Iterator[None]:
        """Hold it; `urgent` asks to come before all who are not."""
        turn = self._ask(self._urgent if urgent else self._others)
        if turn is not None:
            turn.acquire()
        try:
            yield
        finally:
            self._hand_over()

    def _ask(self, queue: deque[threading.Lock]) -> "threading.Lock | None":
        """Take it if it is free; else a lock that is released when one's turn has come."""
        with self._guard:
            if not self._held:
                self._held = True
                return None
            turn = threading.Lock()
            turn.acquire()
            queue.append(turn)
            return turn

    def _hand_over(self) -> None:
        with self._guard:
            queue = self._urgent or self._others
            if queue:
                queue.popleft().release()  # it stays held, by another
            else:
                self._held = False
