"""Score against the share removed: one model, a curve for each method."""

from typing import Literal

import plotly.graph_objects as go

from leaderboard.figures.choices import a_grid, a_score
from leaderboard.figures.declared import Figure, ScoreParameters, first_of, score_name, short_score
from leaderboard.figures.drawing import CellValue, Drawn, nothing, numbers, text
from leaderboard.figures.sources import Grid, Sources, System
from leaderboard.figures.style import (
    INK,
    configuration_words,
    interval_words,
    line,
    lines,
    method_index,
    plain,
    sheet,
    titled,
)
from leaderboard.records import Protocol

Stage = Literal["prune", "evict"]
REMOVED: dict[Stage, str] = {"prune": "Audio tokens removed, %", "evict": "Cache removed, %"}
NO_PREDICTIONS = "Published: no predictions are, so there is no interval and nothing to test."
NO_GRID = "No model here was measured with such a method. `amarathon sweep` measures a model with many."


class CurveParameters(ScoreParameters):
    """A stage, and a model with its configurations (`Grid.key`); the first there is by default."""

    stage: Stage = "prune"
    model: str = ""


def draw(sources: Sources, parameters: CurveParameters) -> Drawn:
    """Build it."""
    stage, score, protocol = parameters.stage, parameters.score, parameters.protocol
    name = score_name(score)
    key = first_of([grid.key for grid in sources.grids_with(stage)], parameters.model)
    if not key:
        return nothing(f"{name} against what is removed", NO_GRID)
    grid = sources.grid(key)
    choices = [a_score(score), a_grid(sources.grids_with(stage), key)]
    series = series_of(grid, stage)
    points = [
        (system, amount(system), system.value(score, protocol)) for one in series.values() for system in one
    ]
    title = f"{name} against what is removed: {grid.title}"
    if all(value is None for *_, value in points):
        return nothing(title, f"{grid.title} has no score on {name} with these methods.", choices)
    figure = sheet(
        xaxis=titled(REMOVED[stage], tickvals=sorted({0.0, *(x for _, x, _ in points)}), zeroline=False),
        yaxis=titled(f"{short_score(score)}, 0 to 100", zeroline=False),
    )
    start = grid.vanilla
    for key, systems in series.items():
        _add_curve(figure, key, [*([start] if start else []), *systems], parameters)
    if start is not None and (value := start.value(score, protocol)) is not None:
        figure.add_scatter(
            x=[0.0],
            y=[value],
            name="Vanilla",
            mode="markers",
            text=[about(start, score, protocol)],
            hovertemplate="%{text}<extra></extra>",
            marker={"symbol": "circle-open", "size": 11, "color": INK, "line": {"width": 2, "color": INK}},
        )
    rows = [*([start] if start else []), *(system for one in series.values() for system in one)]
    return Drawn(
        title,
        rows[0].source,
        figure,
        [text("Method"), numbers("Removed, %", 0), numbers(name), numbers("95% from"), numbers("to")],
        [_table_row(system, score, protocol) for system in rows],
        notes=notes_of(grid, rows, score, protocol),
        notices=grid.notices,
        choices=choices,
    )


def notes_of(grid: Grid, drawn: list[System], score: str, protocol: Protocol) -> list[str]:
    """What is known about a printed table and the figures drawn of it; that it has no intervals."""
    section = grid.systems[0].section
    if not section.table:
        return []
    marked = {name for system in drawn if (cell := system.cell(score, protocol)) for name in cell.notes}
    found = [note.text for note in section.notes if not note.columns or note.id in marked]
    return [*found, NO_PREDICTIONS]


def series_of(grid: Grid, stage: str) -> dict[str, list[System]]:
    """Configurations by method, two settings of one method apart; ascending by what is removed."""
    found: dict[str, list[System]] = {}
    for system in sorted(grid.of_stage(stage), key=amount):
        step = system.row.steps[0]
        settings = system.row.configuration.removeprefix(step.method).replace(f"@{step.amount:g}", "")
        found.setdefault(step.method + settings, []).append(system)
    return found


def amount(system: System) -> float:
    """The share removed, in percent."""
    steps = system.row.steps
    return round(100 * steps[0].amount, 6) if steps else 0.0


def series_title(key: str, systems: list[System]) -> str:
    """A method's title with its setting, if it has one."""
    step = systems[-1].row.steps[0]
    return f"{step.title} {key.removeprefix(step.method).strip(':')}".strip()


def about(system: System, score: str, protocol: Protocol) -> str:
    """What is said of a point on hover."""
    cell = system.cell(score, protocol)
    if cell is None or cell.value is None:
        return ""
    step = system.row.steps[0] if system.row.steps else None
    what = f"{plain(step.title)}, {amount(system):g}% removed" if step else "Vanilla"
    count = None if cell.count is None else f"{cell.count} {'samples' if system.row.run else 'questions'}"
    return lines(
        f"<b>{what}: {cell.value:.1f}</b>",
        plain(system.row.model),
        interval_words(cell.interval),
        count,
        system.source,
    )


def _add_curve(figure: go.Figure, key: str, systems: list[System], parameters: CurveParameters) -> None:
    """A method's curve, from vanilla on; none where it has no point of its own."""
    score, protocol = parameters.score, parameters.protocol
    found = [system for system in systems if system.value(score, protocol) is not None]
    if not any(system.row.steps for system in found):
        return
    figure.add_scatter(
        x=[amount(system) for system in found],
        y=[system.value(score, protocol) for system in found],
        name=plain(series_title(key, systems)),
        text=[about(system, score, protocol) for system in found],
        hovertemplate="%{text}<extra></extra>",
        mode="lines+markers",
        **line(method_index(systems[-1].row.steps[0].method)),
    )


def _table_row(system: System, score: str, protocol: Protocol) -> list[CellValue]:
    cell = system.cell(score, protocol)
    low, high = (cell.interval if cell else None) or (None, None)
    return [configuration_words(system.row), amount(system), cell.value if cell else None, low, high]


FIGURE = Figure("curves", "A score against the share removed, a curve for each method", CurveParameters, draw)
