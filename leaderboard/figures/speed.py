"""Time to the first token of every configuration that was measured alone, in its parts."""

import plotly.graph_objects as go

from leaderboard.figures.choices import one_of
from leaderboard.figures.cost import HOW, Measure, cost_of, section_key, section_title
from leaderboard.figures.declared import Figure, Parameters
from leaderboard.figures.drawing import CellValue, Drawn, nothing, numbers, text
from leaderboard.figures.sources import Sources, UnknownChoiceError
from leaderboard.figures.style import INK, bar, lines, plain, sheet, titled
from leaderboard.speed_records import SpeedRow
from leaderboard.texts import short

# Parts of the time to the first token, each with a pattern beside its colour.
PARTS: dict[Measure, tuple[str, str]] = {"encoder_s": ("Encoder", ""), "prefill_s": ("Prefill", "/")}
TITLE = "Time to the first token, measured alone"


class SpeedParameters(Parameters):
    """A recording on a machine (`cost.section_key`); the first there is by default."""

    section: str = ""


def draw(sources: Sources, parameters: SpeedParameters) -> Drawn:
    """Build it."""
    sections = {section_key(section): section for section in sources.board.speed}
    if not sections:
        return nothing(TITLE, f"Nothing was measured alone here yet. {HOW}")
    key = parameters.section or next(iter(sections))
    if key not in sections:
        raise UnknownChoiceError(f"Nothing was measured as {short(key)!r}.")
    section = sections[key]
    rows = section.rows
    figure = _bars(rows)
    return Drawn(
        f"{TITLE}: {section_title(section)}",
        "Efficiency records of this server",
        figure,
        [
            text("Model"),
            text("Configuration"),
            *(numbers(f"{name}, s", 3) for name, _ in PARTS.values()),
            numbers("First token, s", 3),
            numbers("from", 3),
            numbers("to", 3),
        ],
        [_table_row(row) for row in rows],
        notices=[row.notice for row in rows if row.notice],
        choices=[
            one_of(
                "section", "Recording", ((name, section_title(one)) for name, one in sections.items()), key
            )
        ],
    )


def _bars(rows: list[SpeedRow]) -> go.Figure:
    """The parts of each time beside each other, and the whole with its quartiles."""
    names = [f"{plain(row.model)}, {row.configuration if row.steps else 'vanilla'}" for row in rows]
    places = list(range(len(rows)))
    figure = sheet(
        height=120 + 30 * len(rows),
        barmode="stack",
        xaxis=titled("Seconds, median; bar: quartiles of the time to the first token", rangemode="tozero"),
        yaxis={
            "tickvals": places,
            "ticktext": names,
            "autorange": "reversed",
            "ticks": "",
            "zeroline": False,
            "showgrid": False,
        },
    )
    for index, (measure, (name, pattern)) in enumerate(PARTS.items()):
        figure.add_bar(
            orientation="h",
            x=[cost_of(row, measure).value for row in rows],
            y=places,
            name=name,
            marker=bar(index, pattern),
            text=[_about(row) for row in rows],
            textposition="none",
            hovertemplate="%{text}<extra></extra>",
        )
    first = [row.first_token_s for row in rows]
    figure.add_scatter(
        x=[spread.median for spread in first],
        y=places,
        mode="markers",
        name="First token",
        marker={"color": INK, "symbol": "line-ns-open", "size": 14, "line": {"width": 2, "color": INK}},
        error_x={
            "array": [spread.high - spread.median for spread in first],
            "arrayminus": [spread.median - spread.low for spread in first],
            "color": INK,
            "thickness": 1.5,
            "width": 4,
        },
        text=[_about(row) for row in rows],
        hovertemplate="%{text}<extra></extra>",
    )
    return figure


def _about(row: SpeedRow) -> str:
    spread = row.first_token_s
    return lines(
        f"<b>{plain(row.model)}, {row.configuration}</b>",
        *(f"{name} {cost_of(row, measure).value:.3f} s" for measure, (name, _) in PARTS.items()),
        f"First token {spread.median:.3f} s, quartiles {spread.low:.3f} to {spread.high:.3f}",
        f"{row.count} answers, alone, on {plain(row.device)}",
    )


def _table_row(row: SpeedRow) -> list[CellValue]:
    first = row.first_token_s
    parts = [cost_of(row, measure).value for measure in PARTS]
    return [row.model, row.configuration, *parts, first.median, first.low, first.high]


FIGURE = Figure(
    "speed", "Time to the first token, in its parts, of what was measured alone", SpeedParameters, draw
)
