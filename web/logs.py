"""The log, on the standard error: lines for people, or JSON lines for programs.

No line holds what somebody wrote, a password or a token: of a fault it has the kind and the places in the
program, not its message, which repeats the values that it is about; of a request its route's template.
"""

import logging
import sys
import traceback
from types import TracebackType

from pythonjsonlogger.json import JsonFormatter

from amarathon.settings import Settings

Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
FIELDS = {"levelname": "level", "name": "logger", "exc_info": "fault"}


def configure_logs(settings: Settings) -> None:
    """Write the log as the settings say."""
    handler = logging.StreamHandler(sys.stderr)
    is_json = settings.log_format == "json"
    handler.setFormatter(_JsonLines() if is_json else _PlainLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    # In lines for people, one for each request would hide the rest.
    logging.getLogger("web.requests").setLevel(logging.INFO if is_json else logging.WARNING)


def places(raised: Raised) -> str:
    """The kinds of an error and of those that led to it, and where they were raised; not what they say."""
    error, found = raised[1], list[str]()
    while error is not None:
        raised_at = "".join(traceback.format_tb(error.__traceback__))
        found.append(f"{type(error).__name__}\nTraceback (most recent call last):\n{raised_at}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "which came of ".join(found).rstrip()


class _PlainLines(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatException(self, ei: Raised) -> str:  # noqa: N802
        return places(ei)


class _JsonLines(JsonFormatter):
    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s %(message)s", rename_fields=FIELDS, timestamp="time")

    def formatException(self, ei: Raised) -> str:  # noqa: N802
        return places(ei)
