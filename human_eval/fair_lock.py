"""A lock that goes to whoever has waited longest."""

import threading
from collections import deque
from types import TracebackType


class FairLock:
    """Like `threading.Lock` in a ``with`` block, in the order of asking.

    A plain lock goes to whoever runs when it is free: a thread that has to wake up first loses against
    one that has just come, again and again under load.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self._waiting: deque[threading.Lock] = deque()

    def __enter__(self) -> None:
        with self._guard:
            if not self._held:
                self._held = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()  # it stays held, by another
            else:
                self._held = False
