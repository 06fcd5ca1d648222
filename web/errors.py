"""What a face refuses to do, with the status and the pause that its answer over HTTP has."""

import errno
from typing import ClassVar

from amarathon.errors import AmarathonError


class RefusedError(AmarathonError):
    """Something that cannot be done as it was asked.

    Attributes
    ----------
    status : int
        Of the answer over HTTP.
    retry_after_s : int or None
        Seconds after which asking again makes sense, sent as ``Retry-After``.
    """

    status: ClassVar[int] = 422
    retry_after_s: ClassVar[int | None] = None


def storage_sentence(error: OSError) -> str:
    """Why something could not be stored."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return "The server's disk is full, so nothing new can be kept; try again later."
    if error.errno is None:  # of NumPy, which says only that less was written than it wanted
        return "The server's disk is full or fails, so nothing new can be kept; try again later."
    return f"The server cannot store this ({error.strerror}); try again later."
