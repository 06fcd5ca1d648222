"""Scoring drafts one after the other, in the background: resampling a large run takes minutes."""

import logging
import queue
import threading
from collections.abc import Callable
from pathlib import Path

from amarathon.errors import AmarathonError
from leaderboard.submissions.isolation import in_child
from leaderboard.submissions.limits import SCORING_S

_log = logging.getLogger(__name__)


class Scoring:
    """A queue of run folders without scores, and the thread that works it off.

    Parameters
    ----------
    drop : callable
        Called with the id of a submission that cannot be scored, and the sentence why.
    """

    def __init__(self, drop: Callable[[str, str], None]):
        self._drop = drop
        self._waiting: queue.Queue[tuple[str, Path]] = queue.Queue()
        self._known: set[str] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def begin(self, identifier: str, folder: Path) -> None:
        """Score a folder when its turn has come; once, however often it is asked for."""
        with self._lock:
            if identifier in self._known:
                return
            self._known.add(identifier)
            self._waiting.put((identifier, folder))
            if self._thread is None:
                # A daemon: the server stops without waiting for it, and its next start begins again.
                self._thread = threading.Thread(target=self._work, daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while True:
            identifier, folder = self._waiting.get()
            try:
                in_child("score", SCORING_S, folder=str(folder))
            except AmarathonError as error:
                self._give_up(identifier, str(error))
            except (OSError, RuntimeError):
                _log.exception("The submission %s cannot be scored.", identifier)
                self._give_up(identifier, "The server failed to score it; submit it again.")
            with self._lock:
                self._known.discard(identifier)

    def _give_up(self, identifier: str, reason: str) -> None:
        try:
            self._drop(identifier, reason)
        except (AmarathonError, OSError):
            _log.exception("The submission %s cannot be dropped.", identifier)
