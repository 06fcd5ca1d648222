"""What the demo refuses, each with one sentence for the visitor and the HTTP status of the answer."""

import errno
from typing import ClassVar

from amarathon.errors import AmarathonError


class DemoError(AmarathonError):
    """A request that cannot be met, and why."""

    status: ClassVar[int] = 422


class GoneError(DemoError):
    """A recording or a comparison that is not here, or no longer."""

    status = 404


class TooManyError(DemoError):
    """The visitor holds as much already as one may."""

    status = 429


class BusyError(DemoError):
    """Others hold everything that there is."""

    status = 503


def storage_sentence(error: OSError) -> str:
    """Why something could not be stored."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return "The server's disk is full, so nothing new can be kept; try again later."
    if error.errno is None:  # of NumPy, which says only that less was written than it wanted
        return "The server's disk is full or fails, so nothing new can be kept; try again later."
    return f"The server cannot store this ({error.strerror}); try again later."
