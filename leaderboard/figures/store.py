"""Figures ready to be sent, built anew when the records have changed."""

import threading
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from leaderboard.figures import FIGURES
from leaderboard.figures.declared import Figure, Parameters
from leaderboard.figures.sources import Sources, UnknownChoiceError
from leaderboard.store import Store
from leaderboard.texts import short
from web.json_api import CachedJson

# Built ones that are kept; a figure is some tens of kilobytes.
MOST_KEPT = 256
# What a request waits for a figure. One of thousands of answers takes longer, and is asked for again.
PATIENCE_S = 5.0
Key = tuple[str, str]


class UnknownFigureError(UnknownChoiceError):
    """No figure has that name."""

    status = 404


class FigureStore:
    """Builds a figure when it is first asked for and keeps it while the records are as they are.

    Parameters
    ----------
    store : Store
        Of the leaderboard.
    *roots : Path
        Folders of runs.
    patience_s : float
        Seconds that a request waits for a figure.
    """

    def __init__(self, store: Store, *roots: Path, patience_s: float = PATIENCE_S):
        self._store, self._roots, self._patience_s = store, roots, patience_s
        self._lock = threading.Lock()
        self._version = ""
        self._sources: Sources | None = None
        self._kept: dict[Key, Future[CachedJson]] = {}
        # One after the other: they share what was read, and leave the other processors to everybody else.
        self._builder = ThreadPoolExecutor(max_workers=1, thread_name_prefix="figures")

    def json(self, name: str, items: Iterable[tuple[str, str]]) -> CachedJson | None:
        """A figure by its name and the parameters of its address; `None` while it is still worked out.

        Raises
        ------
        UnknownFigureError, UnknownChoiceError
            With a sentence.
        AmarathonError
            If the records cannot be read.
        """
        if name not in FIGURES:
            raise UnknownFigureError(f"There is no figure {short(name)!r}; there are {', '.join(FIGURES)}.")
        figure = FIGURES[name]
        found = self._begun(figure, figure.read(items))
        try:
            return found.result(timeout=self._patience_s)
        except TimeoutError:
            return None

    def _begun(self, figure: Figure, parameters: Parameters) -> "Future[CachedJson]":
        """The figure as it is being built, or was."""
        key = (figure.name, parameters.model_dump_json())
        # The version first: what is read after it is at least as new.
        version, board = self._store.json().etag, self._store.board()
        with self._lock:
            if version != self._version or self._sources is None:
                self._version, self._sources = version, Sources(board, self._roots)
                self._kept.clear()
            if key not in self._kept:
                if len(self._kept) >= MOST_KEPT:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[key] = self._builder.submit(_built, figure, self._sources, parameters)
            return self._kept[key]


def _built(figure: Figure, sources: Sources, parameters: Parameters) -> CachedJson:
    return CachedJson.of(figure.draw(sources, parameters).document(figure.name).model_dump(mode="json"))
