"""What the demo refuses, each with one sentence for the visitor."""

from amarathon.errors import AmarathonError


class DemoError(AmarathonError):
    """A request that cannot be met, and why."""


class GoneError(DemoError):
    """A recording or a comparison that is not here, or no longer."""


class BusyError(DemoError):
    """Too many others are waiting."""
