"""The leaderboard of one app, and what is read before anybody asks for it."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from amarathon.errors import AmarathonError
from amarathon.settings import Settings
from leaderboard.store import Store
from leaderboard.submissions.opening import runs_folders
from web.errors import RefusedError

_log = logging.getLogger(__name__)


def kept_folder(settings: Settings) -> Path:
    """Where results are kept from one start to the next; what is deleted there is worked out again."""
    return settings.data / "worked-out"


def open_store(settings: Settings) -> Store:
    """The scores of all runs that the leaderboard shows; nothing is read yet."""
    return Store(*runs_folders(settings), kept=kept_folder(settings) / "scores")


def read_ahead(*reads: Callable[[], object]) -> threading.Thread:
    """Begin to read what the first visitor would wait for, one after the other.

    Parameters
    ----------
    *reads : callable
        Each keeps what it reads; whoever asks meanwhile waits for that alone.
    """

    def read() -> None:
        for one in reads:
            try:
                one()
            except (AmarathonError, RefusedError, OSError) as error:
                # Whoever asks for it gets the same sentence.
                _log.warning("Reading ahead stopped: %s", error)

    thread = threading.Thread(target=read, name="leaderboard-reading", daemon=True)
    thread.start()
    return thread
