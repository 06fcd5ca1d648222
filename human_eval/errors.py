"""Refusals of human evaluation, each with the HTTP status it is answered with."""

from web.errors import RefusedError


class HumanEvalError(RefusedError):
    """Something of human evaluation that cannot be done as requested."""


class SignInError(HumanEvalError):
    """Nobody is signed in, or a password, code or invite is not valid."""

    status = 401


class ForbiddenError(HumanEvalError):
    """The person signed in may not do this."""

    status = 403


class UnknownError(HumanEvalError):
    """There is nothing by this id that the person may see."""

    status = 404


class ConflictError(HumanEvalError):
    """It contradicts what is stored, or the state things are in."""

    status = 409


class TooLargeError(HumanEvalError):
    """The body of a request is larger than any honest one."""

    status = 413


class TooManyError(HumanEvalError):
    """Too many requests."""

    status = 429
    retry_after_s = 60


class StorageError(HumanEvalError):
    """The database, a backup or a sound file cannot be used."""

    status = 503
