"""How much one visitor may bring, and how many may bring something at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Request
from limits import RateLimitItem
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from leaderboard.submissions.errors import BusyError, TooLargeError, TooManyError
from leaderboard.submissions.limits import CHANGES, LARGEST_UPLOAD, RECEIVING, UPLOADS


class VisitorLimits:
    """Counts by address; behind a trusted proxy, by the one that it tells."""

    def __init__(self) -> None:
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._receiving = threading.BoundedSemaphore(RECEIVING)

    @contextmanager
    def receiving(self, request: Request) -> Iterator[None]:
        """Receive an upload within the block.

        Raises
        ------
        TooManyError, BusyError, TooLargeError
        """
        length = request.headers.get("content-length", "")
        check_size(int(length[:20]) if length.isdecimal() else 0)
        self._count(UPLOADS, request)
        if not self._receiving.acquire(blocking=False):
            raise BusyError("Others are uploading submissions; try again in a moment.")
        try:
            yield
        finally:
            self._receiving.release()

    def changing(self, request: Request) -> None:
        """Count a change that a receipt's holder makes.

        Raises
        ------
        TooManyError
        """
        self._count(CHANGES, request)

    def _count(self, rate: RateLimitItem, request: Request) -> None:
        if not self._limiter.hit(rate, request.client.host if request.client else ""):
            raise TooManyError("Too many submissions came from your address; try again in an hour.")


def check_size(size: int) -> None:
    """Refuse an upload that states, or has, too many bytes.

    Raises
    ------
    TooLargeError
    """
    if size > LARGEST_UPLOAD:
        raise TooLargeError(f"The file is too large: {LARGEST_UPLOAD >> 20} MiB is the limit.")
