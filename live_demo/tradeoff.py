"""The trade-off chart: what each configuration gains against what it costs, as Plotly's own description.

Colours are names of the pages' CSS variables; the page's script fills them in.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from amarathon.compression import METHODS
from amarathon.compression.configuration import VANILLA
from live_demo.figures import ConfigurationFigures
from live_demo.labels import longest_across, place_labels

Up = Literal["agreement", "accuracy", "right", "cache", "audio"]
Across = Literal["prefill_s", "first_token_s", "cache", "audio"]

# Series colours in their order, without yellow and black.
COLOURS = 6
SYMBOLS = {"": "x", "before": "triangle-up", "prune": "circle", "evict": "square", "both": "diamond"}
NO_FIGURES = "No configuration has both figures yet."


@dataclass(frozen=True)
class Measure:
    """What an axis shows.

    Attributes
    ----------
    title : str
    value : callable
        Of a configuration's figures; `None` where it is not known.
    more_is_better : bool
        Gains, not costs.
    share : bool
        Drawn in percent; seconds otherwise.
    """

    title: str
    value: Callable[[ConfigurationFigures], float | None]
    more_is_better: bool = False
    share: bool = True


def _audio_kept(row: ConfigurationFigures) -> float | None:
    return row.kept_tokens / row.audio_tokens if row.audio_tokens and row.kept_tokens is not None else None


MEASURES: Mapping[str, Measure] = {
    "agreement": Measure("Agreement with vanilla", lambda row: row.agreement, more_is_better=True),
    "accuracy": Measure("Words right (WAR)", lambda row: row.word_accuracy, more_is_better=True),
    "right": Measure(
        "Right answer", lambda row: None if row.correct is None else float(row.correct), more_is_better=True
    ),
    "cache": Measure("Cache kept", lambda row: row.cache_share),
    "audio": Measure("Audio tokens kept", _audio_kept),
    "prefill_s": Measure("Prefill", lambda row: row.prefill_s, share=False),
    "first_token_s": Measure("First token", lambda row: row.first_token_s, share=False),
}


@dataclass(frozen=True)
class Point:
    """A configuration on the chart."""

    row: ConfigurationFigures
    x: float
    y: float


def series_number(configuration: str) -> int | None:
    """The colour of a configuration: its first method's, the same in every drawing; vanilla has none."""
    names = list(METHODS)
    name = configuration.split("@")[0]
    return 1 + names.index(name) % COLOURS if name in names else None


def document(
    rows: Sequence[ConfigurationFigures], up: Up | None, across: Across, *, untrained: bool = False
) -> dict[str, Any]:
    """Draw `up` against `across`; see `web/static/figure.js` for what a figure is as it is sent.

    Parameters
    ----------
    rows : sequence of ConfigurationFigures
    up : str or None
        A name in `MEASURES`; `None` for what says most.
    across : str
    untrained : bool
        The model's answers mean nothing.
    """
    up = up or _telling(rows, untrained=untrained)
    high, wide = MEASURES[up], MEASURES[across]
    pairs = ((row, wide.value(row), high.value(row)) for row in rows if row.error is None)
    points = [Point(row, x, y) for row, x, y in pairs if x is not None and y is not None]
    front = best(points, high, wide)
    columns = [
        ("Configuration", None),
        (_unit(high), 1 if high.share else 3),
        (_unit(wide), 1 if wide.share else 3),
    ]
    return {
        "name": "trade-off",
        "title": f"{high.title} against {wide.title[0].lower()}{wide.title[1:]}",
        "source": "This comparison",
        "figure": _figure(points, front, high, wide) if points else {},
        "table": {
            "columns": [{"name": name, "digits": digits} for name, digits in columns],
            "rows": [
                [point.row.configuration, _drawn(high, point.y), _drawn(wide, point.x)] for point in points
            ],
        },
        "notes": notes(points, front, high, wide) if points else [],
        "notices": [],
        "answers": [],
        "choices": [_choice("up", "Up", Up, up, rows), _choice("across", "Across", Across, across, rows)],
        "empty": None if points else NO_FIGURES,
    }


def _telling(rows: Sequence[ConfigurationFigures], *, untrained: bool) -> Up:
    """What to draw where nobody chose: what is right where that is known, else agreement."""
    if untrained:
        return "cache"
    known = (
        name for name in ("accuracy", "right") if any(MEASURES[name].value(row) is not None for row in rows)
    )
    return "accuracy" if (name := next(known, None)) == "accuracy" else "right" if name else "agreement"


def _choice(
    parameter: str, label: str, names: Any, chosen: str, rows: Sequence[ConfigurationFigures]
) -> dict[str, Any]:
    """A list of the measures that at least one configuration has."""
    there = [
        name
        for name in get_args(names)
        if name == chosen or any(MEASURES[name].value(row) is not None for row in rows)
    ]
    options = [[name, MEASURES[name].title] for name in there]
    return {"parameter": parameter, "label": label, "chosen": chosen, "options": options, "unit": ""}


def best(points: Sequence[Point], high: Measure, wide: Measure) -> list[Point]:
    """The points that no other beats: at least as good in both, and better in one; by `x`."""
    up, across = (1 if measure.more_is_better else -1 for measure in (high, wide))

    def beats(other: Point, one: Point) -> bool:
        gains = (other.y - one.y) * up, (other.x - one.x) * across
        return min(gains) >= 0 and max(gains) > 0

    front = [one for one in points if not any(beats(other, one) for other in points)]
    return sorted(front, key=lambda point: (point.x, point.y))


def notes(points: Sequence[Point], front: Sequence[Point], high: Measure, wide: Measure) -> list[str]:
    """What to take from the chart, and why it may show little."""
    better = "Higher" if high.more_is_better else "Lower"
    found = [
        f"{better} and further left is better. The dashed line joins what nothing else beats in both: "
        f"{', '.join(f'`{point.row.configuration}`' for point in front)}."
    ]
    if len(points) > 1 and len({round(point.y, 6) for point in points}) == 1:
        found.append(_why_flat(points, high))
    if not wide.share and all(point.row.timed == 1 for point in points):
        found.append("One timing each, drawn hollow: small differences are noise of the machine.")
    return found


def _why_flat(points: Sequence[Point], high: Measure) -> str:
    title = f"{high.title[0].lower()}{high.title[1:]}"
    compared = [point.row for point in points if point.row.configuration != VANILLA]
    if high.more_is_better and all(row.offers_options and set(row.stages) == {"evict"} for row in compared):
        return f"All have the same {title}: evictions cannot change a one-letter answer, by construction."
    if high.more_is_better:
        return f"All have the same {title}, so the cheapest is as good as any. Ask for more or remove more."
    return f"All have the same {title}: none of these methods changes it."


def _unit(measure: Measure) -> str:
    return f"{measure.title}, {'%' if measure.share else 's'}"


def _drawn(measure: Measure, value: float) -> float:
    return 100 * value if measure.share else value


def _figure(points: Sequence[Point], front: Sequence[Point], high: Measure, wide: Measure) -> dict[str, Any]:
    axis = {
        "gridcolor": "var(--rule)",
        "zerolinecolor": "var(--edge)",
        "linecolor": "var(--edge)",
        "automargin": True,
        "rangemode": "tozero",
        "tickfont": {"size": 12},
    }
    titled = [
        {**axis, "title": {"text": _unit(measure), "standoff": 8, "font": {"size": 12.5}}}
        for measure in (wide, high)
    ]
    # A little room above 100%, so that points on it are whole.
    titled[1]["range"] = [-4, 112]
    titled[0]["range"] = [0, longest_across([_drawn(wide, point.x) for point in points])]
    layout = {
        "paper_bgcolor": "var(--page)",
        "plot_bgcolor": "var(--page)",
        "font": {"color": "var(--ink)", "size": 13, "family": "system-ui, sans-serif"},
        "margin": {"l": 8, "r": 16, "t": 12, "b": 8},
        "height": 320,
        "showlegend": False,
        "hovermode": "closest",
        "hoverlabel": {
            "bgcolor": "var(--page)",
            "bordercolor": "var(--edge)",
            "font": {"color": "var(--ink)"},
        },
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": "var(--muted)", "activecolor": "var(--ink)"},
        "xaxis": titled[0],
        "yaxis": titled[1],
        "meta": {"narrow": {"height": 300}},
    }
    joined = {
        "type": "scatter",
        "mode": "lines",
        "x": [_drawn(wide, point.x) for point in front],
        "y": [_drawn(high, point.y) for point in front],
        "line": {"color": "var(--muted)", "dash": "dash", "width": 1.5},
        "hoverinfo": "skip",
    }
    placed = place_labels([(point.row.configuration, _drawn(wide, point.x), point.y) for point in points])
    marks = [_mark(point, label, high, wide) for point, label in zip(points, placed, strict=True)]
    return {"data": [joined, *marks], "layout": layout}


def _mark(point: Point, label: str | None, high: Measure, wide: Measure) -> dict[str, Any]:
    row = point.row
    number = series_number(row.configuration)
    colour = "var(--ink)" if number is None else f"var(--series-{number})"
    stage = "both" if len(row.stages) > 1 else "".join(row.stages)
    # Hollow: one timing.
    once = not wide.share and row.timed == 1 and stage
    return {
        "type": "scatter",
        "mode": "markers+text" if label else "markers",
        "name": row.configuration,
        "x": [_drawn(wide, point.x)],
        "y": [_drawn(high, point.y)],
        "text": [row.configuration],
        "textposition": label or "top center",
        "textfont": {"size": 11},
        "marker": {
            "size": 11,
            "color": colour,
            "symbol": f"{SYMBOLS[stage]}-open" if once else SYMBOLS[stage],
            "line": {"color": colour, "width": 2},
        },
        "hovertemplate": "<br>".join(
            ["%{text}", f"{_unit(high)}: %{{y:.3~f}}", f"{_unit(wide)}: %{{x:.3~f}}<extra></extra>"]
        ),
        **_spread(row, wide),
    }


def _spread(row: ConfigurationFigures, wide: Measure) -> dict[str, Any]:
    """A bar from the lowest to the highest time, where it was measured several times."""
    name = {"Prefill": "prefill_range", "First token": "first_token_range"}.get(wide.title, "")
    low_high, middle = getattr(row, name, None), wide.value(row)
    if not low_high or middle is None:
        return {}
    low, high = low_high
    return {"error_x": {"array": [high - middle], "arrayminus": [middle - low], "thickness": 1.5, "width": 4}}
