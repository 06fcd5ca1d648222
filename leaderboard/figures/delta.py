"""What each configuration changes on each task, and which of the changes are more than chance."""

from dataclasses import dataclass

from amarathon.metrics.cells import OVERALL
from amarathon.runs.paired import Pair, compare
from amarathon.tasks import TASKS
from leaderboard.figures.choices import a_grid
from leaderboard.figures.curves import NO_GRID, Stage
from leaderboard.figures.declared import Figure, Parameters, first_of
from leaderboard.figures.drawing import CellValue, Column, Drawn, nothing, numbers, text
from leaderboard.figures.sources import Sources, System
from leaderboard.figures.style import ACCENT, FAULT, PAGE, configuration_words, lines, plain, sheet
from leaderboard.records import Protocol

LEVEL = 0.05
# Points at which the colour is full; beyond it nothing more is seen, but the number stands in the cell.
FULL = 30
SCORES = [*TASKS, OVERALL]


class DeltaParameters(Parameters):
    """A stage, and a model with its configurations (`Grid.key`); the first measured one by default."""

    stage: Stage = "prune"
    model: str = ""


@dataclass(frozen=True)
class Change:
    """A difference from vanilla in points; `q_value` where it was tested."""

    value: float
    q_value: float | None = None

    @property
    def is_sure(self) -> bool:
        """Whether it is more than chance, corrected for all that were tested with it."""
        return self.q_value is not None and self.q_value < LEVEL


Changes = dict[tuple[str, str], Change]


def draw(sources: Sources, parameters: DeltaParameters) -> Drawn:
    """Build it."""
    grids = sources.grids_with(parameters.stage)
    measured_first = sorted(grids, key=lambda grid: grid.systems[0].row.run is None)
    key = first_of([grid.key for grid in measured_first], parameters.model)
    title = "Difference from vanilla, in points"
    if not key:
        return nothing(title, NO_GRID)
    grid = sources.grid(key)
    title = f"{title}: {grid.title}"
    choices = [a_grid(measured_first, key)]
    systems = grid.of_stage(parameters.stage)
    if grid.vanilla is None or not systems:
        return nothing(title, f"{grid.title} has no vanilla score to compare with.", choices)
    is_measured = grid.vanilla.row.run is not None
    changes = (
        tested_changes(sources, grid.vanilla, systems)
        if is_measured
        else plain_changes(grid.vanilla, systems)
    )
    scores = [score for score in SCORES if any((system.row.id, score) in changes for system in systems)]
    if not scores:
        return nothing(
            title, f"{grid.title} has no sample that vanilla and these configurations answered.", choices
        )
    names = [plain(configuration_words(system.row)) for system in systems]
    table = [[changes.get((system.row.id, score)) for score in scores] for system in systems]
    figure = sheet(
        height=150 + 26 * len(systems),
        xaxis={
            "side": "top",
            "ticks": "",
            "showgrid": False,
            "tickvals": scores,
            "ticktext": [_short(score) for score in scores],
        },
        yaxis={"autorange": "reversed", "ticks": "", "showgrid": False},
        narrow={"xaxis": {"tickangle": -90}, "font": {"size": 11}},
    )
    figure.add_heatmap(
        x=scores,
        y=names,
        z=[[change and change.value for change in row] for row in table],
        colorscale=[[0, FAULT], [0.5, PAGE], [1, ACCENT]],
        zmin=-FULL,
        zmax=FULL,
        xgap=1,
        ygap=1,
        text=[[_mark(change) for change in row] for row in table],
        texttemplate="%{text}",
        customdata=[
            [_about(name, score, change) for score, change in zip(scores, row, strict=True)]
            for name, row in zip(names, table, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
        hoverongaps=False,
        showscale=False,
    )
    return Drawn(
        title,
        grid.vanilla.source,
        figure,
        _columns(scores, is_measured),
        [_table_row(system, row, is_measured) for system, row in zip(systems, table, strict=True)],
        notes=[TESTED if is_measured else UNTESTED],
        notices=grid.notices,
        choices=choices,
    )


TESTED = (
    "Strict protocol, over the samples that both answered. A star: the paired test over recordings of "
    "`amarathon compare` finds a difference, with 5% of false discoveries among all cells of the figure."
)
UNTESTED = "Published: no predictions are, so these are plain differences and none is tested."


def tested_changes(sources: Sources, vanilla: System, systems: list[System]) -> Changes:
    """Differences over the samples that both answered, each tested."""
    answers = sources.answers(vanilla.row)
    ids = {system.row.configuration: system.row.id for system in systems}
    found = compare([Pair(name, answers[vanilla.row.configuration], answers[name]) for name in ids])
    return {(ids[one.system], one.task): Change(one.difference, one.q_value) for one in found}


def plain_changes(vanilla: System, systems: list[System], protocol: Protocol = "published") -> Changes:
    """Differences of figures as printed."""
    found: Changes = {}
    for system in systems:
        for score in SCORES:
            one, other = system.value(score, protocol), vanilla.value(score, protocol)
            if one is not None and other is not None:
                found[system.row.id, score] = Change(one - other)
    return found


def _short(score: str) -> str:
    return "Overall" if score == OVERALL else score


def _mark(change: Change | None) -> str:
    if change is None:
        return ""
    text = f"{change.value:+.1f}".replace("-", "−")
    return f"<b>{text}*</b>" if change.is_sure else text


def _about(name: str, score: str, change: Change | None) -> str:
    if change is None:
        return ""
    tested = "not tested" if change.q_value is None else f"q = {change.q_value:.3f}"
    return lines(f"<b>{name}, {_short(score)}: {change.value:+.1f}</b>", tested)


def _columns(scores: list[str], is_measured: bool) -> list[Column]:
    found = [text("Configuration")]
    for score in scores:
        found += [numbers(_short(score)), *([numbers(f"q, {_short(score)}", 3)] if is_measured else [])]
    return found


def _table_row(system: System, changes: list[Change | None], is_measured: bool) -> list[CellValue]:
    found: list[CellValue] = [configuration_words(system.row)]
    for change in changes:
        found.append(None if change is None else change.value)
        if is_measured:
            found.append(None if change is None else change.q_value)
    return found


FIGURE = Figure(
    "delta",
    "What each configuration changes on each task, tested where it was measured",
    DeltaParameters,
    draw,
)
