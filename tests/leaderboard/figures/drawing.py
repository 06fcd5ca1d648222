"""Figures as the tests look at them: what is drawn, and the records it must come from."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from leaderboard.figures import FIGURES
from leaderboard.figures.drawing import FigureDocument
from leaderboard.figures.sources import Sources
from leaderboard.store import build_board


def sources_of(*roots: Path) -> Sources:
    """What figures are built from, of some folders of runs."""
    return Sources(build_board(*roots), roots)


def drawn(sources: Sources, name: str, **parameters: str) -> FigureDocument:
    """A figure as it would be sent."""
    figure = FIGURES[name]
    return figure.draw(sources, figure.read(parameters.items())).document(name)


def numbers_in(value: Any) -> Iterator[float]:
    """Every number in nested lists."""
    if isinstance(value, (list, tuple)):
        for part in value:
            yield from numbers_in(part)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield float(value)


def plotted(document: FigureDocument, *axes: str) -> set[float]:
    """Every number on some axes of the traces that have something to say on hover, rounded."""
    traces = [trace for trace in document.figure["data"] if trace.get("hoverinfo") != "skip"]
    return {round(number, 6) for trace in traces for axis in axes for number in numbers_in(trace.get(axis))}


def tabled(document: FigureDocument) -> set[float]:
    """Every number of the table beneath, rounded."""
    return {round(number, 6) for number in numbers_in(document.table.rows)}


def column(document: FigureDocument, name: str) -> dict[str, Any]:
    """A column of the table by its first one."""
    index = [one.name for one in document.table.columns].index(name)
    return {str(row[0]): row[index] for row in document.table.rows}
