"""Scores of the slices of a task under every configuration of a run."""

import re
from math import inf

import plotly.graph_objects as go

from amarathon.metrics.cells import ScoreCell
from amarathon.tasks import EVERY_TASK
from leaderboard.figures.choices import a_grid, a_task
from leaderboard.figures.declared import Figure, Parameters, first_of, score_name
from leaderboard.figures.drawing import Drawn, nothing, numbers, text
from leaderboard.figures.duration import NO_RUN
from leaderboard.figures.sources import Sources, System, UnknownChoiceError
from leaderboard.figures.style import (
    INK,
    MORE,
    PAGE,
    configuration_words,
    interval_words,
    lines,
    plain,
    sheet,
)
from leaderboard.records import Protocol

TITLE = "Scores by slice"
Slice = tuple[str, str]
METRICS = {"macro_f1": "macro F1", "accuracy": "accuracy", "war": "word accuracy rate", "bleu": "BLEU"}


class SliceParameters(Parameters):
    """A task and a run (`Grid.key`), the first of each by default."""

    task: str = ""
    model: str = ""
    protocol: Protocol = "strict"


def draw(sources: Sources, parameters: SliceParameters) -> Drawn:
    """Build it."""
    runs = {grid.key: grid for grid in sources.runs()}
    key = first_of(list(runs), parameters.model)
    if not key:
        return nothing(TITLE, NO_RUN)
    if key not in runs:
        raise UnknownChoiceError("Slices are known of measured runs alone.")
    task = parameters.task or runs[key].first_task
    name = score_name(task)
    if task not in EVERY_TASK:
        raise UnknownChoiceError("Slices are those of one task.")
    grid = runs[key]
    title = f"{name} by slice: {grid.title}"
    choices = [a_task(task), a_grid(runs.values(), key, "Run")]
    cells = {
        system.row.id: slice_cells(sources, system, task, parameters.protocol) for system in grid.systems
    }
    slices = sorted(dict.fromkeys(one for own in cells.values() for one in own), key=_order)
    if not slices:
        return nothing(title, f"This run has no slices of {name}.", choices)
    systems = sorted(
        grid.systems, key=lambda system: [(step.stage, step.method, step.amount) for step in system.row.steps]
    )
    names = [plain(configuration_words(system.row)) for system in systems]
    table = [[cells[system.row.id].get(one) for one in slices] for system in systems]
    columns = [plain(f"{group}: {value}") for group, value in slices]
    figure = _heat_map(names, columns, table)
    counts = [next(own[one].count for own in cells.values() if one in own) for one in slices]
    return Drawn(
        title,
        grid.systems[0].source,
        figure,
        [
            text("Configuration"),
            *(
                numbers(f"{group}: {value} (n = {count})")
                for (group, value), count in zip(slices, counts, strict=True)
            ),
        ],
        [
            [configuration_words(system.row), *(None if cell is None else cell.score for cell in row)]
            for system, row in zip(systems, table, strict=True)
        ],
        notes=[
            f"The task's headline score, {METRICS[EVERY_TASK[task].metric]}, within each slice. "
            "A slice of few samples says little: point at a cell for their number and the interval."
        ],
        notices=grid.notices,
        choices=choices,
    )


def _heat_map(names: list[str], columns: list[str], table: list[list[ScoreCell | None]]) -> go.Figure:
    """Configurations by slices."""
    figure = sheet(
        height=190 + 22 * len(names),
        xaxis={"side": "top", "ticks": "", "showgrid": False, "type": "category", "tickangle": -45},
        yaxis={"autorange": "reversed", "ticks": "", "showgrid": False, "type": "category"},
        narrow={"width": max(360, 150 + 34 * len(columns))},
    )
    figure.add_heatmap(
        x=columns,
        y=names,
        z=[[None if cell is None else cell.score for cell in row] for row in table],
        zmin=0,
        zmax=100,
        colorscale=[[0, PAGE], [1, MORE]],
        xgap=1,
        ygap=1,
        hoverongaps=False,
        showscale=False,
        text=[["" if cell is None else f"{cell.score:.0f}" for cell in row] for row in table],
        texttemplate="%{text}",
        textfont={"size": 12, "color": INK},
        customdata=[
            [_about(name, column, cell) for column, cell in zip(columns, row, strict=True)]
            for name, row in zip(names, table, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    return figure


def _order(one: Slice) -> tuple[str, float, str]:
    """By group, then by number where a value begins with one: 9 stands before 10."""
    group, value = one
    number = re.match(r"\d+(\.\d+)?", value)
    return group, float(number[0]) if number else inf, value


def slice_cells(sources: Sources, system: System, task: str, protocol: Protocol) -> dict[Slice, ScoreCell]:
    """A row's headline scores of a task's slices, as its summary has them."""
    return {
        (cell.group, cell.value): cell
        for cell in sources.breakdown(system.row).cells
        if (cell.task, cell.protocol) == (task, protocol)
        and cell.headline
        and cell.group not in {"all", "duration"}
        and cell.score is not None
    }


def _about(name: str, column: str, cell: ScoreCell | None) -> str:
    if cell is None:
        return ""
    ends = (cell.low, cell.high) if cell.low is not None and cell.high is not None else None
    return lines(
        f"<b>{column}: {cell.score:.1f}</b>",
        name,
        interval_words(ends) or "no interval: too few recordings",
        f"{cell.count} samples, {cell.clusters} groups of recordings",
    )


FIGURE = Figure(
    "slices", "Scores of a task's slices under every configuration of a run", SliceParameters, draw
)
