"""What is on the leaderboard: the printed tables, the bundled runs and those in the runs folder now."""

import threading
import time
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path

from amarathon.runs import Run
from amarathon.tasks import TASKS
from leaderboard.comparing import RankTests
from leaderboard.document import RowTexts, document_of
from leaderboard.measured import dataset_section
from leaderboard.people import PairedGaps, beside_people
from leaderboard.printed import CHANCE, DURATION, EVICTION, MODELS, PRUNING, chance, printed_section, source
from leaderboard.ranking import rank
from leaderboard.reading import Found, RunReader, Stamp, stamp_of
from leaderboard.records import Leaderboard, Row, Section, TaskInfo
from leaderboard.tables import footnotes, published_tables
from web.errors import RefusedError
from web.json_api import CachedJson

# How long a request waits for another one that reads the runs. What takes longer may never end: a file
# on a disk that is gone, a pipe that nobody writes to.
PATIENCE_S = 10.0
BUSY = "The runs are still being read; try again in a moment."


@dataclass
class Kept:
    """What was worked out for an earlier state of the runs, and is not worked out again."""

    reader: RunReader = field(default_factory=RunReader)
    tests: RankTests = field(default_factory=RankTests)
    gaps: PairedGaps = field(default_factory=PairedGaps)
    texts: RowTexts = field(default_factory=RowTexts)


@dataclass(frozen=True)
class State:
    """The leaderboard as the runs' files have it.

    Attributes
    ----------
    found : Found
        What they hold.
    board : Leaderboard
    json : CachedJson
        The same, ready to be sent.
    runs : dict of str to Run
        Those whose scores are shown, by the names of their folders.
    """

    found: Found
    board: Leaderboard
    json: CachedJson
    runs: dict[str, Run]


class StoreBusyError(RefusedError):
    """The runs could not be read in time, and there is nothing of before to show."""

    status = 503
    retry_after_s = 10


class Store:
    """Reads the runs folder again when one of its files has changed.

    Where reading hangs, everybody else goes on with what was read before.

    Parameters
    ----------
    runs : Path
        Folders of runs; they need not exist.
    patience_s : float
        Seconds that others wait for who reads.
    """

    def __init__(self, *runs: Path, patience_s: float = PATIENCE_S):
        self._runs, self._patience_s = runs, patience_s
        self._lock = threading.Lock()
        self._began: float | None = None
        self._looked_at = -1.0
        self._last: State | None = None
        self._kept = Kept()

    def board(self) -> Leaderboard:
        """The leaderboard as it is now.

        Raises
        ------
        StoreBusyError
        """
        return self.state().board

    def json(self) -> CachedJson:
        """The same, ready to be sent.

        Raises
        ------
        StoreBusyError
        """
        return self.state().json

    def state(self) -> State:
        """All of it.

        Raises
        ------
        StoreBusyError
        """
        asked = time.monotonic()
        if not self._lock.acquire(timeout=self._wait_s()):
            if self._last is None:
                raise StoreBusyError(BUSY)
            return self._last
        try:
            # Whoever waited while another looked, and asked before that, gets what the other found.
            if self._last is not None and self._looked_at >= asked:
                return self._last
            self._began = time.monotonic()
            # Taken before reading: what is written meanwhile is found by the next call.
            stamp = stamp_of(*self._runs)
            if self._last is None or stamp != self._last.found.stamp:
                self._last = self._read(stamp)
            self._looked_at = self._began
            return self._last
        finally:
            self._began = None
            self._lock.release()

    def _read(self, stamp: Stamp) -> State:
        found = self._kept.reader.read(stamp)
        if self._last is not None and found == self._last.found:
            return replace(self._last, found=found)
        board = board_of(found, self._kept)
        runs = {run.folder.name: run for run in found.runs}
        return State(found, board, document_of(board, self._kept.texts), runs)

    def _wait_s(self) -> float:
        """What is left of the patience with who reads: nobody waits for one that hangs already."""
        began = self._began
        return self._patience_s if began is None else max(0.0, began + self._patience_s - time.monotonic())


def build_board(*runs: Path, kept: Kept | None = None) -> Leaderboard:
    """Put printed tables and measured runs together.

    Parameters
    ----------
    *runs : Path
        Folders of runs.
    kept : Kept, optional
        Of an earlier call.
    """
    kept = kept or Kept()
    return board_of(kept.reader.read(stamp_of(*runs)), kept)


def board_of(found: Found, kept: Kept) -> Leaderboard:
    """The same of runs that were read."""
    reference = set(footnotes().dataset.sha256)
    same = [row for row in found.rows if row.run and row.run.dataset_sha256 in reference]
    others = [row for row in found.rows if not (row.run and row.run.dataset_sha256 in reference)]
    models = printed_section(MODELS)
    return Leaderboard(
        tasks=[
            TaskInfo(
                code=task.code,
                name=task.name,
                word=task.word or task.code,
                group=task.group,
                metric=task.metric,
            )
            for task in TASKS.values()
        ],
        chance=chance(),
        chance_notes=published_tables()[CHANCE].notes,
        models=rank(models.model_copy(update={"rows": [*models.rows, *same]}), found.evidence, kept.tests),
        pruning=printed_section(PRUNING),
        eviction=printed_section(EVICTION),
        duration=printed_section(DURATION),
        measured=[
            beside_people(rank(section, found.evidence, kept.tests), found.runs, kept.gaps)
            for section in _by_dataset(others)
        ],
        speed=found.speed,
        pending=found.pending,
        broken=found.broken,
        source=source(),
    )


def _by_dataset(rows: list[Row]) -> list[Section]:
    """A section for each dataset, by name; the hash alone decides what is one dataset."""

    def key(row: Row) -> str:
        return (row.run.whole_sha256 or row.run.dataset_sha256) if row.run else ""

    groups = groupby(sorted(rows, key=key), key=key)
    return sorted((dataset_section(list(group)) for _, group in groups), key=lambda section: section.dataset)
