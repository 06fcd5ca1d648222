"""What is on the leaderboard: the printed tables, the bundled runs and those in the runs folder now."""

from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path

from amarathon.runs import Run
from amarathon.tasks import EVERY_TASK
from leaderboard.comparing import RankTests
from leaderboard.document import RowTexts, document_of
from leaderboard.kept import PATIENCE_S, Kept
from leaderboard.measured import dataset_section
from leaderboard.people import PairedGaps, beside_people
from leaderboard.printed import CHANCE, DURATION, EVICTION, MODELS, PRUNING, chance, printed_section, source
from leaderboard.ranking import rank
from leaderboard.reading import Found, RunReader
from leaderboard.records import Leaderboard, Row, Section, TaskInfo
from leaderboard.run_files import Stamp, stamp_of
from leaderboard.tables import footnotes, published_tables
from web.json_api import CachedJson


@dataclass
class WorkedOut:
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


class Store:
    """Reads the runs folder again when one of its files has changed.

    Where reading hangs, everybody else goes on with what was read before.

    Parameters
    ----------
    runs : Path
        Folders of runs; they need not exist.
    patience_s : float
        Seconds that others wait for who reads.
    kept : Path, optional
        Folder in which the scores of each run are kept from one start to the next.
    """

    def __init__(self, *runs: Path, patience_s: float = PATIENCE_S, kept: Path | None = None):
        self._worked_out = WorkedOut(RunReader(kept))
        self._last: State | None = None
        self._kept = Kept(lambda: stamp_of(*runs), self._read, patience_s)

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
        return self._kept.get()

    def _read(self, stamp: Stamp) -> tuple[Stamp, State]:
        found = self._worked_out.reader.read(stamp)
        if self._last is not None and found == self._last.found:
            self._last = replace(self._last, found=found)
        else:
            board = board_of(found, self._worked_out)
            runs = {run.folder.name: run for run in found.runs}
            self._last = State(found, board, document_of(board, self._worked_out.texts), runs)
        return found.stamp, self._last


def build_board(*runs: Path, worked_out: WorkedOut | None = None) -> Leaderboard:
    """Put printed tables and measured runs together.

    Parameters
    ----------
    *runs : Path
        Folders of runs.
    worked_out : WorkedOut, optional
        Of an earlier call.
    """
    worked_out = worked_out or WorkedOut()
    return board_of(worked_out.reader.read(stamp_of(*runs)), worked_out)


def board_of(found: Found, worked_out: WorkedOut) -> Leaderboard:
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
            for task in EVERY_TASK.values()
        ],
        chance=chance(),
        chance_notes=published_tables()[CHANCE].notes,
        models=rank(
            models.model_copy(update={"rows": [*models.rows, *same]}), found.evidence, worked_out.tests
        ),
        pruning=printed_section(PRUNING),
        eviction=printed_section(EVICTION),
        duration=printed_section(DURATION),
        measured=[
            beside_people(rank(section, found.evidence, worked_out.tests), found.runs, worked_out.gaps)
            for section in _by_dataset(others)
        ],
        speed=found.speed,
        binaural=found.binaural,
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
