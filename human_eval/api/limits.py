"""How often somebody may try to come in, and how much of the machine that may take.

Hashing a password takes 64 MB and a quarter of a second of one core, on purpose: that is what makes
guessing slow, and what a crowd of guesses would bring the server down with.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from human_eval.errors import SignInError, TooManyError

# Within a minute, of one address: wrong passwords for one name, wrong passwords, new accounts. A class
# behind one router may mistype and register together.
FAILURES_OF_NAME, FAILURES, ACCOUNTS = (RateLimitItemPerMinute(number) for number in (10, 40, 60))
# And right ones: they cost as much, and nobody signs in so often.
SIGN_INS_OF_NAME, SIGN_INS = RateLimitItemPerMinute(60), RateLimitItemPerMinute(120)
# Hashes at once, and how many may wait for them: each keeps one of the server's threads.
HASHING, HASHING_AND_WAITING = 2, 10
WAIT = "Too many requests; wait a minute."
BUSY = "Many people are signing in at this moment; try again."


class EntranceLimits:
    """Limits on passwords.

    Wrong ones are counted by name and address together: whoever guesses somebody's password locks out
    nobody but himself, and who is signed in already is never asked.
    """

    def __init__(self) -> None:
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._hashing = threading.BoundedSemaphore(HASHING)
        self._taken = threading.BoundedSemaphore(HASHING_AND_WAITING)

    @contextmanager
    def password(self, request: Request, name: str) -> Iterator[None]:
        """Check a password within the block; a `SignInError` from it is counted.

        Raises
        ------
        TooManyError
        """
        address = address_of(request)
        counted = ((FAILURES_OF_NAME, f"{address} {name}"), (FAILURES, address))
        if not all(self._limiter.test(rate, who) for rate, who in counted):
            raise TooManyError(WAIT)
        for rate, who in ((SIGN_INS_OF_NAME, f"{address} {name}"), (SIGN_INS, address)):
            if not self._limiter.hit(rate, f"any {who}"):
                raise TooManyError(WAIT)
        try:
            with self.hashing():
                yield
        except SignInError:
            for rate, who in counted:
                self._limiter.hit(rate, who)
            raise

    def count_account(self, request: Request) -> None:
        """Count a new account.

        Raises
        ------
        TooManyError
        """
        if not self._limiter.hit(ACCOUNTS, f"account {address_of(request)}"):
            raise TooManyError(WAIT)

    @contextmanager
    def hashing(self) -> Iterator[None]:
        """Hash within the block, when one's turn has come.

        Raises
        ------
        TooManyError
            If too many wait already.
        """
        if not self._taken.acquire(blocking=False):
            raise TooManyError(BUSY)
        try:
            with self._hashing:
                yield
        finally:
            self._taken.release()


def address_of(request: Request) -> str:
    """Where a request comes from; behind a trusted proxy, what that says."""
    return request.client.host if request.client else ""
