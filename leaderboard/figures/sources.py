"""Where figures find their numbers: the leaderboard's rows, and the summaries and answers behind them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path

from pydantic import TypeAdapter

from amarathon.metrics.cells import Breakdown
from amarathon.runs.paired import Pair, PairedComparison, answers_by_configuration, compare
from amarathon.runs.reading import Run, read_run
from amarathon.runs.records import Prediction
from amarathon.runs.summary import Summary, predictions_sha256, summary_of
from amarathon.tasks import EVERY_TASK
from leaderboard.ranking import scores_by
from leaderboard.records import Cell, Leaderboard, Protocol, Row, Section
from leaderboard.remembered import Remembered
from leaderboard.texts import short
from web.errors import RefusedError

# What is remembered of them.
COMPARISONS = TypeAdapter(list[PairedComparison])


class UnknownChoiceError(RefusedError):
    """A figure was asked for with something that is not there."""


@dataclass(frozen=True)
class System:
    """A row with the section that it stands in."""

    row: Row
    section: Section

    @property
    def source(self) -> str:
        """Where its figures come from, in words."""
        if self.row.run is None:
            return f"Published, Table {self.section.table}"
        how = "Submitted, scored here" if self.row.provenance == "submitted" else "Measured"
        return f"{how} on {self.section.dataset}, SHA-256 {self.row.run.dataset_sha256[:12]}"

    def cell(self, score: str, protocol: Protocol) -> Cell | None:
        """A task's figure, or the overall one."""
        scores = scores_by(self.row, protocol)
        return scores.overall if score == "overall" else scores.tasks.get(score)

    def value(self, score: str, protocol: Protocol) -> float | None:
        """The same as a number."""
        cell = self.cell(score, protocol)
        return None if cell is None else cell.value


@dataclass(frozen=True)
class Grid:
    """One model under several configurations: a model of a printed table, or a run.

    Attributes
    ----------
    key : str
        E.g. ``"table-4-Qwen2.5-Omni-3B"`` or ``"run-small-on-mini"``.
    """

    key: str
    title: str
    systems: list[System]

    @property
    def vanilla(self) -> System | None:
        """The model as it is."""
        return next((system for system in self.systems if not system.row.steps), None)

    @property
    def first_task(self) -> str:
        """The first task that it has a score of; the first of all where it has none."""
        scored = (
            code
            for code in EVERY_TASK
            if any(system.value(code, "strict") is not None for system in self.systems)
        )
        return next(scored, next(iter(EVERY_TASK)))

    @property
    def samples(self) -> int:
        """Questions of its run; 0 where it is published."""
        run = self.systems[0].row.run
        return run.samples if run else 0

    @property
    def notices(self) -> list[str]:
        """Warnings of its model."""
        run = self.systems[0].row.run
        return [run.notice] if run and run.notice else []

    def of_stage(self, stage: str) -> list[System]:
        """Configurations of a single step of one stage."""
        return [
            system
            for system in self.systems
            if len(system.row.steps) == 1 and system.row.steps[0].stage == stage
        ]


@dataclass
class Sources:
    """What figures are built from, of one state of the records.

    Parameters
    ----------
    board : Leaderboard
    roots : sequence of Path
        Folders of runs.
    remembered : Remembered
        Comparisons that were worked out before.
    """

    board: Leaderboard
    roots: Sequence[Path] = ()
    remembered: Remembered[list[PairedComparison]] = field(default_factory=lambda: Remembered(COMPARISONS))
    _summaries: dict[str, Summary] = field(default_factory=dict)
    _answers: dict[str, dict[str, list[Prediction]]] = field(default_factory=dict)

    @property
    def sections(self) -> list[Section]:
        """Every section that has rows of scores."""
        board = self.board
        return [board.models, board.pruning, board.eviction, board.duration, *board.measured]

    @cached_property
    def systems(self) -> dict[str, System]:
        """Every row, by its id."""
        return {row.id: System(row, section) for section in self.sections for row in section.rows}

    def system(self, row_id: str) -> System:
        """A row by its id.

        Raises
        ------
        UnknownChoiceError
        """
        if row_id not in self.systems:
            raise UnknownChoiceError(f"There is no row {short(row_id)!r}.")
        return self.systems[row_id]

    @cached_property
    def grids(self) -> dict[str, Grid]:
        """Every model with its configurations, by key; short and long audio of a model apart."""
        found: dict[str, Grid] = {}
        for system in self.systems.values():
            key, title = _grid_name(system)
            found.setdefault(key, Grid(key, title, [])).systems.append(system)
        return found

    def grid(self, key: str) -> Grid:
        """A grid by its key.

        Raises
        ------
        UnknownChoiceError
        """
        if key not in self.grids:
            raise UnknownChoiceError(f"There is no model or run {short(key)!r}.")
        return self.grids[key]

    def grids_with(self, stage: str) -> list[Grid]:
        """Those with a configuration of a stage: printed ones first."""
        return [grid for grid in self.grids.values() if grid.of_stage(stage)]

    def run_of(self, row: Row) -> Run:
        """The run behind a measured row.

        Raises
        ------
        UnknownChoiceError
            If the row was not measured, or its folder has gone.
        """
        facts = row.run
        if facts is None:
            raise UnknownChoiceError(f"{row.model} is published: no predictions are.")
        for folder in (root / facts.folder for root in self.roots):
            if folder.is_dir() and short((run := read_run(folder)).header.run_id) == facts.run_id:
                return run
        raise UnknownChoiceError(f"The run {facts.folder} is no longer there.")

    def breakdown(self, row: Row) -> Breakdown:
        """Everything that a measured row's summary has."""
        run = self.run_of(row)
        name = run.folder.as_posix()
        if name not in self._summaries:
            self._summaries[name] = summary_of(run)
        return self._summaries[name].breakdowns[row.configuration]

    def answers(self, row: Row) -> dict[str, list[Prediction]]:
        """The answers of a measured row's run, by configuration."""
        run = self.run_of(row)
        name = run.folder.as_posix()
        if name not in self._answers:
            self._answers[name] = answers_by_configuration(run)
        return self._answers[name]

    def tested(self, first: Row, others: Sequence[Row]) -> list[PairedComparison]:
        """Measured rows against a first one, each named by its id; corrected together.

        Raises
        ------
        UnknownChoiceError, RunError
        """
        runs = {row.run.folder: self.run_of(row).folder for row in (first, *others) if row.run}
        contents = {name: predictions_sha256(folder) for name, folder in runs.items()}

        def answered(row: Row) -> list[str]:
            return [row.id, contents[row.run.folder] if row.run else "", row.configuration]

        def work_out() -> list[PairedComparison]:
            baseline = self.answers(first)[first.configuration]
            return compare([Pair(row.id, baseline, self.answers(row)[row.configuration]) for row in others])

        return self.remembered.get(chain.from_iterable(map(answered, (first, *others))), work_out)

    def runs(self) -> Iterator[Grid]:
        """Measured models, those with the most samples first; runs of people left out."""
        found = [
            grid for grid in self.grids.values() if grid.samples and grid.systems[0].row.access != "human"
        ]
        yield from sorted(found, key=lambda grid: -grid.samples)


def _grid_name(system: System) -> tuple[str, str]:
    row, section = system.row, system.section
    if row.run is not None:
        how = "submitted run" if row.provenance == "submitted" else "measured"
        return f"run-{row.run.folder}", f"{row.model}, {how} on {section.dataset}"
    key = "-".join(filter(None, [section.key, row.duration, row.model]))
    return key, f"{row.model}, Table {section.table}"
