"""What each configuration changes on each task, and which of the changes are more than chance."""

from dataclasses import dataclass

import plotly.graph_objects as go

from amarathon.metrics.cells import OVERALL
from amarathon.tasks import EVERY_TASK
from leaderboard.figures.choices import a_grid
from leaderboard.figures.curves import NO_GRID, Stage
from leaderboard.figures.declared import Figure, Parameters, first_of, short_score
from leaderboard.figures.drawing import CellValue, Column, Drawn, nothing, numbers, text
from leaderboard.figures.sources import Sources, System
from leaderboard.figures.style import INK, LESS, MORE, PAGE, configuration_words, lines, plain, sheet, signed
from leaderboard.records import Protocol

LEVEL = 0.05
# Points at which the colour is full; beyond it nothing more is seen, but the number stands in the cell.
FULL = 30
SCORES = [*EVERY_TASK, OVERALL]


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
    measured_first = sorted(grids, key=lambda grid: -grid.samples)
    key = first_of([grid.key for grid in measured_first], parameters.model)
    title = "Difference from vanilla, in points"
    if not key:
        return nothing(title, NO_GRID)
    grid = sources.grid(key)
    title = f"{title}: {grid.title}"
    choices = [a_grid(measured_first, key)]
    systems = sorted(grid.of_stage(parameters.stage), key=lambda system: system.row.configuration)
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
    figure = _heat_map(names, scores, table)
    return Drawn(
        title,
        grid.vanilla.source,
        figure,
        _columns(scores, is_measured),
        [_table_row(system, row, is_measured) for system, row in zip(systems, table, strict=True)],
        notes=[TESTED] if is_measured else [*_marked(grid.vanilla, systems), UNTESTED],
        notices=grid.notices,
        choices=choices,
    )


def _heat_map(names: list[str], scores: list[str], table: list[list[Change | None]]) -> go.Figure:
    """Configurations by tasks."""
    figure = sheet(
        height=150 + 26 * len(names),
        xaxis={
            "side": "top",
            "ticks": "",
            "showgrid": False,
            "tickvals": scores,
            "ticktext": [short_score(score) for score in scores],
        },
        yaxis={"autorange": "reversed", "ticks": "", "showgrid": False},
        narrow={"width": 160 + 44 * len(scores)},
    )
    figure.add_heatmap(
        x=scores,
        y=names,
        z=[[change and change.value for change in row] for row in table],
        colorscale=[[0, LESS], [0.5, PAGE], [1, MORE]],
        zmin=-FULL,
        zmax=FULL,
        xgap=1,
        ygap=1,
        text=[[_mark(change) for change in row] for row in table],
        texttemplate="%{text}",
        # Without a size of its own Plotly shrinks all of them to what the longest one needs.
        textfont={"size": 11, "color": INK},
        customdata=[
            [_about(name, score, change) for score, change in zip(scores, row, strict=True)]
            for name, row in zip(names, table, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
        hoverongaps=False,
        showscale=False,
    )
    return figure


TESTED = (
    "Strict protocol, over the samples that both answered. A star: the paired test over recordings of "
    "`amarathon compare` finds a difference, with 5% of false discoveries among all cells of the figure."
)
UNTESTED = "Published: no predictions are, so these are plain differences and none is tested."


def tested_changes(sources: Sources, vanilla: System, systems: list[System]) -> Changes:
    """Differences over the samples that both answered, each tested."""
    found = sources.tested(vanilla.row, [system.row for system in systems])
    return {(one.system, one.task): Change(one.difference, one.q_value) for one in found}


def plain_changes(vanilla: System, systems: list[System], protocol: Protocol = "published") -> Changes:
    """Differences of figures as printed."""
    found: Changes = {}
    for system in systems:
        for score in SCORES:
            one, other = system.value(score, protocol), vanilla.value(score, protocol)
            if one is not None and other is not None:
                found[system.row.id, score] = Change(one - other)
    return found


def _marked(vanilla: System, systems: list[System]) -> list[str]:
    """What is known about the printed figures that the differences are of."""
    cells = [one.cell(score, "published") for one in (vanilla, *systems) for score in SCORES]
    marked = {name for cell in cells if cell is not None for name in cell.notes}
    return [note.text for note in vanilla.section.notes if note.id in marked or not note.columns]


def _mark(change: Change | None) -> str:
    if change is None:
        return ""
    text = signed(change.value)
    return f"<b>{text}*</b>" if change.is_sure else text


def _about(name: str, score: str, change: Change | None) -> str:
    if change is None:
        return ""
    tested = "not tested" if change.q_value is None else f"q = {change.q_value:.3f}"
    return lines(f"<b>{name}, {short_score(score)}: {signed(change.value)}</b>", tested)


def _columns(scores: list[str], is_measured: bool) -> list[Column]:
    found = [text("Configuration")]
    for score in scores:
        found += [
            numbers(short_score(score)),
            *([numbers(f"q, {short_score(score)}", 3)] if is_measured else []),
        ]
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
