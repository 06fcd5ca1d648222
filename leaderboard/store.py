"""What is on the leaderboard: the printed tables, the bundled runs and those in the runs folder now."""

import stat
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, groupby, product
from pathlib import Path

from amarathon.compression import Configuration
from amarathon.efficiency.records import EFFICIENCY_FILE, EfficiencyRecord, read_efficiency
from amarathon.errors import AmarathonError, RunError
from amarathon.metrics.cells import Evidence
from amarathon.runs import BrokenRun, Run, find_runs, read_run
from amarathon.runs.membership import check_samples
from amarathon.runs.reading import (
    HEADER_FILE,
    PACKED_FILE,
    PACKED_SUMMARY_FILE,
    PREDICTIONS_FILE,
    SUMMARY_FILE,
)
from amarathon.runs.summary import SummaryFault, find_summary
from amarathon.tasks import TASKS
from leaderboard.measured import dataset_section, evidence_of, measured_rows, short
from leaderboard.people import PairedGaps, beside_people
from leaderboard.printed import DURATION, EVICTION, MODELS, PRUNING, printed_section, source
from leaderboard.ranking import rank
from leaderboard.records import Leaderboard, Row, Section, SpeedSection, TaskInfo, Unshown
from leaderboard.speed import speed_sections
from leaderboard.tables import footnotes
from web.errors import RefusedError
from web.json_api import CachedJson

FILES = (HEADER_FILE, PREDICTIONS_FILE, PACKED_FILE, SUMMARY_FILE, PACKED_SUMMARY_FILE, EFFICIENCY_FILE)
NO_FILE = "One of its files is no file but a pipe, a device or a folder."
Stamp = tuple[tuple[str, int, int], ...]

# What to do with a folder whose scores are not shown, after what is wrong with them.
ADVICE = {
    SummaryFault.MISSING: "Its evaluation has not ended; start the same command again.",
    SummaryFault.OTHER_ANSWERS: "Where its evaluation was stopped, start the same command again.",
    SummaryFault.OUTDATED: "",
    SummaryFault.DAMAGED: "",
}
AFRESH = "`amarathon score` with this folder derives them from its answers."
# How long a request waits for another one that reads the runs. What takes longer may never end: a file
# on a disk that is gone, a pipe that nobody writes to.
PATIENCE_S = 10.0
BUSY = "The runs are still being read; try again in a moment."


@dataclass
class Found:
    """What the runs folder holds."""

    rows: list[Row] = field(default_factory=list)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    speed: list[SpeedSection] = field(default_factory=list)
    pending: list[Unshown] = field(default_factory=list)
    broken: list[Unshown] = field(default_factory=list)


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
        self._stamp: Stamp | None = None
        self._last: tuple[Leaderboard, CachedJson] | None = None
        self._gaps = PairedGaps()

    def board(self) -> Leaderboard:
        """The leaderboard as it is now.

        Raises
        ------
        StoreBusyError
        """
        return self._current()[0]

    def json(self) -> CachedJson:
        """The same, ready to be sent.

        Raises
        ------
        StoreBusyError
        """
        return self._current()[1]

    def _current(self) -> tuple[Leaderboard, CachedJson]:
        if not self._lock.acquire(timeout=self._wait_s()):
            if self._last is None:
                raise StoreBusyError(BUSY)
            return self._last
        try:
            self._began = time.monotonic()
            # Taken before reading: what is written meanwhile is found by the next call.
            stamp = _stamp(self._runs)
            if self._last is None or stamp != self._stamp:
                board = build_board(*self._runs, gaps=self._gaps)
                self._last = board, CachedJson.of(board.model_dump(mode="json"))
                self._stamp = stamp
            return self._last
        finally:
            self._began = None
            self._lock.release()

    def _wait_s(self) -> float:
        """What is left of the patience with who reads: nobody waits for one that hangs already."""
        began = self._began
        return self._patience_s if began is None else max(0.0, began + self._patience_s - time.monotonic())


def build_board(*runs: Path, gaps: PairedGaps | None = None) -> Leaderboard:
    """Put printed tables and measured runs together.

    Parameters
    ----------
    *runs : Path
        Folders of runs.
    gaps : PairedGaps, optional
        Distances to people that were worked out before, and are again if they are needed.
    """
    gaps = gaps or PairedGaps()
    found = read_runs(*runs)
    reference = set(footnotes().dataset.sha256)
    same = [row for row in found.rows if row.run and row.run.dataset_sha256 in reference]
    others = [row for row in found.rows if row not in same]
    models = printed_section(MODELS)
    return Leaderboard(
        tasks=[
            TaskInfo(code=task.code, name=task.name, group=task.group, metric=task.metric)
            for task in TASKS.values()
        ],
        models=rank(models.model_copy(update={"rows": [*models.rows, *same]}), found.evidence),
        pruning=printed_section(PRUNING),
        eviction=printed_section(EVICTION),
        duration=printed_section(DURATION),
        measured=[
            beside_people(rank(section, found.evidence), found.runs, gaps) for section in _by_dataset(others)
        ],
        speed=found.speed,
        pending=found.pending,
        broken=found.broken,
        source=source(),
    )


def read_runs(*runs: Path) -> Found:
    """Read every run with a summary of its own; name the others and say why."""
    found = Found()
    alone: list[tuple[Run, list[EfficiencyRecord]]] = []
    odd = set(chain.from_iterable(map(_odd_runs, runs)))
    found.broken.extend(Unshown(folder=short(folder.name), reason=NO_FILE) for folder in sorted(odd))
    for entry in chain.from_iterable(find_runs(folder, odd) for folder in runs):
        if isinstance(entry, BrokenRun):
            found.broken.append(Unshown(folder=short(entry.name), reason=short(entry.reason)))
            continue
        try:
            if entry.header.kind == "efficiency":
                alone.append((entry, _checked_records(entry)))
                continue
            _add(entry, found)
        except AmarathonError as error:
            found.broken.append(Unshown(folder=short(entry.folder.name), reason=short(str(error))))
    found.speed = speed_sections(alone)
    return found


def _checked_records(run: Run) -> list[EfficiencyRecord]:
    records = read_efficiency(run.folder)
    for record in records:
        if record.configuration not in run.header.configurations:
            raise RunError(f"{run.folder.name}: {record.configuration} is no configuration of this run.")
        Configuration.parse(record.configuration)
    return records


def _add(run: Run, found: Found) -> None:
    """Add a run's rows, or say why its scores are not shown.

    Raises
    ------
    AmarathonError
        It cannot be read, or contradicts itself.
    """
    shown = _shown(run.folder, _stamp_of([run.folder]))
    if not isinstance(shown, SummaryFault):
        found.rows.extend(shown[0])
        found.runs.append(run)
        found.evidence |= shown[1]
        return
    # Damaged answers are no unfinished ones: this says which line, and of what sample.
    check_samples(run.header, run.predictions())
    reason = f"{shown.value} {ADVICE[shown] or AFRESH}"
    unshown = Unshown(folder=short(run.folder.name), reason=reason)
    (found.broken if shown is SummaryFault.DAMAGED else found.pending).append(unshown)


@lru_cache(maxsize=1024)
def _shown(folder: Path, stamp: Stamp) -> tuple[list[Row], dict[str, Evidence]] | SummaryFault:
    """A run's rows and what can be tested of them, kept while its files are as they are."""
    run, summary = read_run(folder), find_summary(folder)
    if isinstance(summary, SummaryFault):
        return summary
    return measured_rows(run, summary), evidence_of(run, summary)


def _by_dataset(rows: list[Row]) -> list[Section]:
    """A section for each dataset, by name; the hash alone decides what is one dataset."""

    def key(row: Row) -> str:
        return (row.run.whole_sha256 or row.run.dataset_sha256) if row.run else ""

    groups = groupby(sorted(rows, key=key), key=key)
    return sorted((dataset_section(list(group)) for _, group in groups), key=lambda section: section.dataset)


def _odd_runs(runs: Path) -> Iterator[Path]:
    """Folders that hold a pipe or a device where a file should be: opening one may never end."""
    for name in FILES:
        for path in runs.glob(f"*/{name}"):
            with suppress(OSError):  # deleted meanwhile, or a link to nowhere
                if not stat.S_ISREG(path.stat().st_mode):
                    yield path.parent


def _stamp(runs: Sequence[Path]) -> Stamp:
    """Names, times and sizes of all files that rows are read from."""
    return _stamp_of([path for folder in runs if folder.is_dir() for path in sorted(folder.iterdir())])


def _stamp_of(folders: Sequence[Path]) -> Stamp:
    """The same of some runs' folders."""
    found = []
    for folder, name in product(folders, FILES):
        path = folder / name
        try:
            status = path.stat()
        except OSError:  # not there, the run was deleted meanwhile, or a link leads nowhere
            continue
        found.append((str(path), status.st_mtime_ns, status.st_size))
    return tuple(found)
