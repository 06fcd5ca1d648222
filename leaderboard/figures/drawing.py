"""A figure once it is drawn: Plotly's own description, the same numbers as a table, and what to know."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import plotly.graph_objects as go
from pydantic import BaseModel

from leaderboard.figures.choices import Choice

CellValue = str | float | int | None


class Column(BaseModel):
    """A column of the table beneath a figure; `digits` after the point, `None` for text."""

    name: str
    digits: int | None = None


class NumberTable(BaseModel):
    """The numbers of a figure."""

    columns: list[Column]
    rows: list[list[CellValue]]


class FigureDocument(BaseModel):
    """A figure as it is sent.

    Attributes
    ----------
    title, source : str
        What is drawn, and where its numbers come from; an exported picture carries both.
    figure : dict
        `data` and `layout` for Plotly, or nothing. Colours are names of the pages' CSS variables, such as
        ``var(--series-1)``; `layout.meta.narrow` is what changes in the layout on a phone.
    answers : list of str
        What the figure says to what was asked of it.
    notes : list of str
        What a reader has to know.
    notices : list of str
        Warnings of the models whose output is drawn.
    choices : list of Choice
        What else may be asked for.
    empty : str or None
        Why there is nothing to draw, and what would change that.
    """

    name: str
    title: str
    source: str
    figure: dict[str, Any]
    table: NumberTable
    answers: list[str]
    notes: list[str]
    notices: list[str]
    choices: list[Choice]
    empty: str | None


@dataclass
class Drawn:
    """A figure that was built; see `FigureDocument`."""

    title: str
    source: str
    figure: go.Figure | None
    columns: list[Column]
    rows: list[list[CellValue]]
    answers: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    empty: str | None = None

    def document(self, name: str) -> FigureDocument:
        """What is sent of it."""
        return FigureDocument(
            name=name,
            title=self.title,
            source=self.source,
            figure={} if self.figure is None else self.figure.to_plotly_json(),
            table=NumberTable(columns=self.columns, rows=self.rows),
            answers=self.answers,
            notes=self.notes,
            notices=list(dict.fromkeys(self.notices)),
            choices=self.choices,
            empty=self.empty,
        )


def nothing(title: str, reason: str, choices: Sequence[Choice] = ()) -> Drawn:
    """A figure without anything to draw.

    Parameters
    ----------
    title : str
    reason : str
        Why, and what would change that.
    choices : sequence of Choice
        What else may be asked for.
    """
    return Drawn(title, "", None, [], [], choices=list(choices), empty=reason)


def text(name: str) -> Column:
    """A column of words."""
    return Column(name=name)


def numbers(name: str, digits: int = 1) -> Column:
    """A column of numbers."""
    return Column(name=name, digits=digits)
