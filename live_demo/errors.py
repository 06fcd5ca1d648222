"""What the demo refuses, each with one sentence for the visitor and the HTTP status of the answer."""

from web.errors import RefusedError


class DemoError(RefusedError):
    """A request that cannot be met, and why."""


class GoneError(DemoError):
    """A recording or a comparison that is not here, or no longer."""

    status = 404


class NotYoursError(DemoError):
    """Something that its maker alone may do."""

    status = 403


class TooManyError(DemoError):
    """The visitor holds as much already as one may."""

    status = 429


class BusyError(DemoError):
    """Others hold everything that there is."""

    status = 503
