"""Score against the length of the audio: measured runs, in bins of durations with their intervals."""

import plotly.graph_objects as go

from amarathon.metrics.cells import ScoreCell
from amarathon.metrics.groups import DURATION_BINS
from leaderboard.figures.choices import a_grid, a_task, one_of
from leaderboard.figures.declared import Figure, Parameters, first_of, score_name, short_score
from leaderboard.figures.drawing import CellValue, Drawn, nothing, numbers, text
from leaderboard.figures.pairs import duration_pairs
from leaderboard.figures.sources import Grid, Sources, System, UnknownChoiceError
from leaderboard.figures.style import configuration_words, interval_words, line, lines, plain, sheet, titled
from leaderboard.records import Protocol

TITLE = "Score against the length of the audio"
NO_RUN = "No run was measured here. `amarathon evaluate` writes one, and the leaderboard shows it."


class DurationParameters(Parameters):
    """A task and a run (`Grid.key`), under one configuration; the first of each by default."""

    task: str = ""
    model: str = ""
    configuration: str = "vanilla"
    protocol: Protocol = "strict"


def draw(sources: Sources, parameters: DurationParameters) -> Drawn:
    """Build it."""
    runs = {grid.key: grid for grid in sources.runs()}
    key = first_of(list(runs), parameters.model)
    if not key:
        return nothing(TITLE, NO_RUN)
    if key not in runs:
        raise UnknownChoiceError("Durations are known of measured runs alone.")
    task = parameters.task or runs[key].first_task
    name = score_name(task)
    system = _system(runs[key], parameters.configuration)
    configurations = [(one.row.configuration, configuration_words(one.row)) for one in runs[key].systems]
    choices = [
        a_task(task),
        a_grid(runs.values(), key, "Run"),
        one_of("configuration", "Configuration", configurations, parameters.configuration),
    ]
    joined = joined_systems(sources, system)
    title = f"{name} against the length of the audio: {runs[key].title}, {configuration_words(system.row)}"
    found = [(one, cell) for one in joined for cell in _cells(sources, one, task, parameters.protocol)]
    if not found:
        return nothing(title, f"This run has no scores of {name} by duration.", choices)
    bins = [label for label in DURATION_BINS if any(cell.value == label for _, cell in found)]
    figure = sheet(
        xaxis=titled(
            "Length of the audio, s",
            type="category",
            categoryorder="array",
            categoryarray=bins,
            range=[-0.4, len(bins) - 0.6],
        ),
        yaxis=titled(f"{short_score(task)}, 0 to 100", zeroline=False),
    )
    for index, one in enumerate(joined):
        own = sorted(
            (cell for system, cell in found if system is one), key=lambda cell: bins.index(cell.value)
        )
        _add_band(figure, index, one, own)
    return Drawn(
        title,
        "; ".join(one.source for one in joined),
        figure,
        [
            text("Length, s"),
            text("Dataset"),
            numbers(name),
            numbers("95% from"),
            numbers("to"),
            numbers("Samples", 0),
        ],
        [_table_row(one, cell) for one, cell in sorted(found, key=lambda pair: bins.index(pair[1].value))],
        notes=[
            "Band: 95% interval of each bin over groups of recordings; none where these are too few.",
            *(
                ["Two datasets are joined: the same samples about longer and about shorter audio."]
                if len(joined) > 1
                else []
            ),
        ],
        notices=runs[key].notices,
        choices=choices,
    )


def joined_systems(sources: Sources, system: System) -> list[System]:
    """A row, with the one that answered the same samples about audio of another length."""
    for pair in duration_pairs(sources).values():
        if system in (pair.long, pair.short):
            return [pair.short, pair.long]
    return [system]


def _system(grid: Grid, configuration: str) -> System:
    for system in grid.systems:
        if system.row.configuration == configuration:
            return system
    raise UnknownChoiceError(f"{grid.title} has no such configuration.")


def _cells(sources: Sources, system: System, task: str, protocol: Protocol) -> list[ScoreCell]:
    return [
        cell
        for cell in sources.breakdown(system.row).cells
        if (cell.task, cell.group, cell.protocol) == (task, "duration", protocol)
        and cell.headline
        and cell.score is not None
    ]


def _add_band(figure: go.Figure, index: int, system: System, cells: list[ScoreCell]) -> None:
    """Points of one dataset and, where there are intervals, whiskers that a band joins."""
    look = line(index)
    colour = look["line"]["color"]
    known = [cell for cell in cells if cell.low is not None and cell.high is not None]
    if len(known) > 1:
        figure.add_scatter(
            x=[*(cell.value for cell in known), *(cell.value for cell in reversed(known))],
            y=[*(cell.high for cell in known), *(cell.low for cell in reversed(known))],
            fill="toself",
            fillcolor=colour,
            opacity=0.18,
            line={"width": 0},
            mode="lines",
            hoverinfo="skip",
            showlegend=False,
        )
    figure.add_scatter(
        x=[cell.value for cell in cells],
        y=[cell.score for cell in cells],
        mode="lines+markers",
        name=f"On {plain(system.section.dataset)}",
        showlegend=True,
        error_y={
            "array": [0 if cell.high is None else cell.high - (cell.score or 0) for cell in cells],
            "arrayminus": [0 if cell.low is None else (cell.score or 0) - cell.low for cell in cells],
            "color": colour,
            "thickness": 1.5,
            "width": 5,
        },
        text=[
            lines(
                f"<b>{cell.value} s: {cell.score:.1f}</b>",
                interval_words(
                    (cell.low, cell.high) if cell.low is not None and cell.high is not None else None
                ),
                f"{cell.count} samples, {cell.clusters} groups of recordings",
                plain(system.section.dataset),
            )
            for cell in cells
        ],
        hovertemplate="%{text}<extra></extra>",
        **look,
    )


def _table_row(system: System, cell: ScoreCell) -> list[CellValue]:
    return [cell.value, system.section.dataset, cell.score, cell.low, cell.high, cell.count]


FIGURE = Figure(
    "duration", "A task's score by the length of the audio, with intervals", DurationParameters, draw
)
