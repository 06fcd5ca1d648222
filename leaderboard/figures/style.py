"""How figures look: one template, and a colour, a dash and a symbol for each series.

Colours are names of the pages' CSS variables: `figure.js` fills them in, for light and for dark.
"""

import html
from typing import Any

import plotly.graph_objects as go

from amarathon.compression import METHODS
from leaderboard.records import Row

# Less and more, in two hues of the palette that everybody tells apart, under numbers in ink.
LESS, MORE = "var(--less)", "var(--more)"
INK, MUTED, RULE, EDGE, PAGE, ACCENT, FAULT = (
    f"var(--{name})" for name in ("ink", "muted", "rule", "edge", "page", "accent", "fault")
)
# In the order in which series take them: the darkest first, yellow last.
COLOURS = [f"var(--series-{number})" for number in (1, 2, 3, 4, 5, 6, 8, 7)]
DASHES = ["solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "6px,3px,1px,3px", "12px,3px"]
SYMBOLS = ["circle", "square", "triangle-up", "diamond", "triangle-down", "x", "cross", "pentagon"]
# Of a name on an axis or in a legend; the table beneath has all of it.
LONGEST_NAME = 48

AXIS: dict[str, Any] = {
    "gridcolor": RULE,
    "zerolinecolor": EDGE,
    "linecolor": EDGE,
    "tickcolor": EDGE,
    "ticks": "outside",
    "ticklen": 4,
    "automargin": True,
    "title": {"standoff": 8, "font": {"size": 12.5}},
    "tickfont": {"size": 12},
}
LAYOUT: dict[str, Any] = {
    "paper_bgcolor": PAGE,
    "plot_bgcolor": PAGE,
    "font": {"color": INK, "size": 13, "family": "system-ui, sans-serif"},
    "margin": {"l": 8, "r": 12, "t": 12, "b": 8},
    "height": 440,
    "hovermode": "closest",
    "hoverlabel": {
        "bgcolor": PAGE,
        "bordercolor": EDGE,
        "font": {"color": INK, "size": 12.5},
        "align": "left",
    },
    "legend": {
        "orientation": "h",
        "x": 0,
        "y": 1.02,
        "yanchor": "bottom",
        "font": {"size": 12.5},
        "traceorder": "normal",
    },
    "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": MUTED, "activecolor": INK},
}


def sheet(*, narrow: dict[str, Any] | None = None, **layout: Any) -> go.Figure:
    """An empty figure in the pages' style.

    Parameters
    ----------
    narrow : dict, optional
        What changes in the layout where the figure is as wide as a phone.
    **layout
        Of this figure alone; axes are completed from `AXIS`.
    """
    axes = {name: AXIS | value for name, value in layout.items() if name.startswith(("xaxis", "yaxis"))}
    own = {name: value for name, value in layout.items() if name not in axes}
    base = {"xaxis": AXIS, "yaxis": AXIS, "meta": {"narrow": narrow or {}}}
    figure = go.Figure(layout=base | LAYOUT | own | axes)
    figure.layout.template = None  # Plotly's own, in fixed colours
    return figure


def titled(name: str, **axis: Any) -> dict[str, Any]:
    """An axis with a title."""
    return {"title": {**AXIS["title"], "text": name}, **axis}


def line(index: int) -> dict[str, Any]:
    """Line and markers of the series with a number, told apart without colour too."""
    place, turn = index % len(COLOURS), index // len(COLOURS)
    shifted = (place + turn) % len(COLOURS)
    return {
        "line": {"color": COLOURS[place], "dash": DASHES[shifted], "width": 2},
        "marker": marker(index),
    }


def marker(index: int) -> dict[str, Any]:
    """Markers of the series with a number."""
    place, turn = index % len(COLOURS), index // len(COLOURS)
    symbol = SYMBOLS[(place + turn) % len(SYMBOLS)]
    return {"color": COLOURS[place], "symbol": symbol, "size": 10}


def bar(index: int, shape: str) -> dict[str, Any]:
    """Bars of the series with a number, with a pattern that tells them apart without colour."""
    pattern = {
        "shape": shape,
        "fillmode": "overlay",
        "fgcolor": PAGE,
        "fgopacity": 0.9,
        "solidity": 0.2,
        "size": 7,
    }
    return {"color": COLOURS[index], "pattern": pattern}


def method_index(method: str) -> int:
    """The number of a method among those of its stage: it looks alike in every figure."""
    stage = [name for name, known in METHODS.items() if known.stage == METHODS[method].stage]
    return stage.index(method)


def plain(words: str) -> str:
    """Words that Plotly shows as they are: it would read tags in them, and direction marks spread."""
    cut = words if len(words) <= LONGEST_NAME else words[: LONGEST_NAME - 1] + "…"
    return html.escape(cut if cut.isascii() else f"\u2068{cut}\u2069", quote=False)


def lines(*parts: str | None) -> str:
    """What is said on hover, part by part."""
    return "<br>".join(part for part in parts if part)


def interval_words(interval: tuple[float, float] | None, digits: int = 1) -> str | None:
    """An interval in words, or `None`."""
    return interval and f"95% interval {interval[0]:.{digits}f} to {interval[1]:.{digits}f}"


def signed(value: float) -> str:
    """A difference with its sign; nothing has none."""
    text = f"{value:+.1f}".replace("-", "−")
    return "0.0" if text[1:] == "0.0" else text


def configuration_words(row: Row) -> str:
    """What was done to a row's model."""
    if row.access == "human":
        return "people"
    return " + ".join(f"{step.title} {step.amount:g}" for step in row.steps) or "vanilla"
