"""Why a submission, or a request about one, is refused."""

from web.errors import RefusedError


class SubmissionError(RefusedError):
    """What was brought cannot be taken, and why."""


class TooLargeError(SubmissionError):
    """More than is taken."""

    status = 413


class WrongTypeError(SubmissionError):
    """Something else than a zip file."""

    status = 415


class ForbiddenError(SubmissionError):
    """Only an administrator may do this, or nobody at present."""

    status = 403


class UnknownReceiptError(SubmissionError):
    """No submission has this receipt or this id."""

    status = 404


class ConflictError(SubmissionError):
    """It is not in a state in which this can be done, or it is here already."""

    status = 409


class TooManyError(SubmissionError):
    """Too many requests of one visitor."""

    status = 429
    retry_after_s = 3600


class BusyError(SubmissionError):
    """Others are being served."""

    status = 503
    retry_after_s = 20


class NoRoomError(SubmissionError):
    """All room for submissions is taken."""

    status = 507
