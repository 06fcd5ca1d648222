"""Long and short audio of the same tasks: the paper's Table 8, and measured runs on the same samples."""

from dataclasses import dataclass

import plotly.graph_objects as go

from amarathon.metrics.cells import OVERALL
from amarathon.tasks import EVERY_TASK
from leaderboard.figures.choices import one_of
from leaderboard.figures.curves import NO_PREDICTIONS
from leaderboard.figures.declared import Figure, Parameters, first_of
from leaderboard.figures.drawing import CellValue, Drawn, nothing, numbers, text
from leaderboard.figures.sources import Grid, Sources, System, UnknownChoiceError
from leaderboard.figures.style import (
    EDGE,
    configuration_words,
    interval_words,
    lines,
    marker,
    plain,
    sheet,
    titled,
)
from leaderboard.records import Protocol
from leaderboard.texts import short

SCORES = [*EVERY_TASK, OVERALL]
SAME_NAMES = "The two datasets have samples of the same names, whose audio differs in length."
TITLE = "Long against short audio, task by task"


class PairParameters(Parameters):
    """A pair (`DurationPair.key`), the first there is by default."""

    pair: str = ""
    protocol: Protocol = "strict"


@dataclass(frozen=True)
class DurationPair:
    """One model on long and on short audio of the same samples.

    Attributes
    ----------
    key : str
        The id of its long row.
    """

    key: str
    title: str
    long: System
    short: System


def duration_pairs(sources: Sources) -> dict[str, DurationPair]:
    """Every pair: Table 8's, then the measured ones."""
    return {pair.key: pair for pair in [*_printed(sources), *measured_pairs(sources)]}


def _printed(sources: Sources) -> list[DurationPair]:
    rows = sources.board.duration.rows
    found = []
    for long in (row for row in rows if row.duration == "long"):
        other = next((row for row in rows if row.duration == "short" and row.model == long.model), None)
        if other is not None:
            systems = sources.systems
            found.append(DurationPair(long.id, f"{long.model}, Table 8", systems[long.id], systems[other.id]))
    return found


def measured_pairs(sources: Sources) -> list[DurationPair]:
    """Runs of one model that answered samples of the same names, about longer and about shorter audio.

    So datasets are made that differ in the length of their audio alone. The samples' names are known by the
    hash in their evidence; which audio is longer, by the durations that their summaries score.
    """
    found: dict[tuple[str, ...], list[System]] = {}
    for grid in _on_several_datasets(sources):
        for system in grid.systems:
            evidence, run = sources.breakdown(system.row).evidence, system.row.run
            if evidence is not None and run is not None:
                key = (system.row.model, run.revision, system.row.configuration, evidence.clusters_sha256)
                found.setdefault(key, []).append(system)
    pairs = []
    for systems in found.values():
        datasets = {system.row.run.dataset_sha256 for system in systems if system.row.run}
        if len(systems) != 2 or len(datasets) != 2:
            continue
        brief, long = sorted(systems, key=lambda system: longest_bin(sources, system))
        if longest_bin(sources, brief) < longest_bin(sources, long):
            where = f"measured on {long.section.dataset} and {brief.section.dataset}"
            title = f"{long.row.model}, {configuration_words(long.row)}, {where}"
            pairs.append(DurationPair(long.row.id, title, long, brief))
    return sorted(pairs, key=lambda pair: bool(pair.long.row.steps))


def _on_several_datasets(sources: Sources) -> list[Grid]:
    """Runs of models that others are of too: only their summaries have to be read."""
    by_model: dict[tuple[str, str], list[Grid]] = {}
    for grid in sources.runs():
        row = grid.systems[0].row
        if row.run is not None:
            by_model.setdefault((row.model, row.run.revision), []).append(grid)
    return [grid for grids in by_model.values() if len(grids) > 1 for grid in grids]


def longest_bin(sources: Sources, system: System) -> int:
    """The upper end of the longest bin of durations that a row has scores in, in seconds."""
    bins = [cell.value for cell in sources.breakdown(system.row).cells if cell.group == "duration"]
    return max((int(name.rstrip("+").split("-")[-1]) for name in bins), default=0)


def draw(sources: Sources, parameters: PairParameters) -> Drawn:
    """Build it."""
    pairs = duration_pairs(sources)
    key = first_of(list(pairs), parameters.pair)
    if not key:
        return nothing(TITLE, "There is no model with scores on long and on short audio.")
    if key not in pairs:
        raise UnknownChoiceError(f"There is no pair {short(key)!r}.")
    pair = pairs[key]
    both = {"Long": pair.long, "Short": pair.short}
    scores = [
        score
        for score in SCORES
        if all(one.value(score, parameters.protocol) is not None for one in both.values())
    ]
    names = ["Overall" if score == OVERALL else score for score in scores]
    figure = _dumbbells(both, scores, names, parameters.protocol)
    return Drawn(
        f"{TITLE}: {pair.title}",
        "; ".join(dict.fromkeys(one.source for one in both.values())),
        figure,
        [text("Task"), numbers("Long"), numbers("Short"), numbers("Long less short")],
        [
            _table_row(name, score, pair, parameters.protocol)
            for name, score in zip(names, scores, strict=True)
        ],
        notes=[NO_PREDICTIONS if pair.long.row.run is None else SAME_NAMES],
        notices=[pair.long.row.run.notice] if pair.long.row.run and pair.long.row.run.notice else [],
        choices=[one_of("pair", "Model", ((one.key, one.title) for one in pairs.values()), key)],
    )


def _dumbbells(both: dict[str, System], scores: list[str], names: list[str], protocol: Protocol) -> go.Figure:
    """Two marks for each task, with a line between."""
    figure = sheet(
        height=420,
        xaxis={"ticks": "", "showgrid": False},
        yaxis=titled("Score, 0 to 100", zeroline=False),
    )
    for score, name in zip(scores, names, strict=True):
        ends = [one.value(score, protocol) for one in both.values()]
        figure.add_scatter(
            x=[name, name],
            y=ends,
            mode="lines",
            line={"color": EDGE, "width": 2},
            hoverinfo="skip",
            showlegend=False,
        )
    for index, (label, system) in enumerate(both.items()):
        cells = [system.cell(score, protocol) for score in scores]
        figure.add_scatter(
            x=names,
            y=[cell and cell.value for cell in cells],
            mode="markers",
            name=_named(label, system),
            marker={**marker(index), "size": 12},
            text=[
                lines(
                    f"<b>{name}, {label.lower()}: {cell.value:.1f}</b>",
                    interval_words(cell.interval),
                    system.source,
                )
                if cell
                else ""
                for name, cell in zip(names, cells, strict=True)
            ],
            hovertemplate="%{text}<extra></extra>",
        )
    return figure


def _named(label: str, system: System) -> str:
    return f"{label} audio" + (f", {plain(system.section.dataset)}" if system.row.run else "")


def _table_row(name: str, score: str, pair: DurationPair, protocol: Protocol) -> list[CellValue]:
    long, brief = pair.long.value(score, protocol), pair.short.value(score, protocol)
    return [name, long, brief, None if long is None or brief is None else long - brief]


FIGURE = Figure(
    "pairs", "Long against short audio, task by task: Table 8 and measured runs", PairParameters, draw
)
