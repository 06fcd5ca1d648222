"""A measured cost against the share removed: seconds or bytes of what was measured alone."""

import plotly.graph_objects as go

from leaderboard.figures.choices import one_of
from leaderboard.figures.cost import HOW, NAMES, Measure, cost_of, section_key, section_title
from leaderboard.figures.curves import REMOVED, Stage
from leaderboard.figures.declared import Figure, Parameters
from leaderboard.figures.drawing import CellValue, Drawn, nothing, numbers, text
from leaderboard.figures.sources import Sources
from leaderboard.figures.style import line, lines, method_index, plain, sheet, titled
from leaderboard.speed_records import SpeedRow, SpeedSection

Curves = dict[tuple[str, str], list[SpeedRow]]


class CostParameters(Parameters):
    """A stage and a measure; of one recording on one machine, the first there is by default."""

    stage: Stage = "prune"
    measure: Measure = "prefill_s"
    section: str = ""


def draw(sources: Sources, parameters: CostParameters) -> Drawn:
    """Build it."""
    stage, measure = parameters.stage, parameters.measure
    title = f"{NAMES[measure]} against what is removed"
    sections = [section for section in sources.board.speed if any(_fits(row, stage) for row in section.rows)]
    chosen = [section for section in sections if parameters.section in ("", section_key(section))]
    choices = [
        one_of("measure", "Measured", NAMES.items(), measure),
        one_of(
            "section",
            "Recording",
            ((section_key(one), section_title(one)) for one in sections),
            parameters.section,
        ),
    ]
    if not chosen:
        return nothing(
            title, f"No configuration with such a method was measured alone here. {HOW}", choices[:1]
        )
    section = chosen[0]
    curves = curves_of(section, stage)
    figure = _curves(curves, stage, measure)
    digits = 3 if measure.endswith("_s") else 1
    return Drawn(
        f"{title}: {section_title(section)}",
        "Efficiency records of this server",
        figure,
        [
            text("Model"),
            text("Configuration"),
            numbers("Removed, %", 0),
            numbers(NAMES[measure], digits),
            numbers("from", digits),
            numbers("to", digits),
        ],
        [_table_row(row, measure) for rows in curves.values() for row in rows],
        notes=["Medians of answers that ran alone, with quartiles."],
        notices=[row.notice for row in section.rows if row.notice],
        choices=choices,
    )


def _curves(curves: Curves, stage: Stage, measure: Measure) -> go.Figure:
    """A curve for each method and model, with quartiles where there are any."""
    figure = sheet(
        xaxis=titled(REMOVED[stage], zeroline=False),
        yaxis=titled(f"{NAMES[measure]} (less is better)", rangemode="tozero"),
    )
    for (model, method), rows in curves.items():
        costs = [cost_of(row, measure) for row in rows]
        step = rows[-1].steps[0]
        bars = [
            (cost.high - cost.value, cost.value - cost.low)
            for cost in costs
            if cost.high is not None and cost.low is not None
        ]
        figure.add_scatter(
            x=[_removed(row) for row in rows],
            y=[cost.value for cost in costs],
            name=f"{plain(step.title)}, {plain(model)}",
            error_y={
                "array": [up for up, _ in bars],
                "arrayminus": [down for _, down in bars],
                "width": 4,
                "thickness": 1.5,
            }
            if bars
            else None,
            mode="lines+markers",
            text=[_about(row, measure) for row in rows],
            hovertemplate="%{text}<extra></extra>",
            **line(method_index(method)),
        )
    return figure


def curves_of(section: SpeedSection, stage: Stage) -> Curves:
    """Rows by model and method, vanilla at the head of each, ascending by what is removed."""
    found: Curves = {}
    for row in sorted((row for row in section.rows if _fits(row, stage)), key=_removed):
        vanilla = [
            one
            for one in section.rows
            if not one.steps and (one.model, one.folder) == (row.model, row.folder)
        ]
        found.setdefault((row.model, row.steps[0].method), vanilla[:1]).append(row)
    return found


def _fits(row: SpeedRow, stage: Stage) -> bool:
    return len(row.steps) == 1 and row.steps[0].stage == stage


def _removed(row: SpeedRow) -> float:
    return round(100 * row.steps[0].amount, 6) if row.steps else 0.0


def _about(row: SpeedRow, measure: Measure) -> str:
    cost = cost_of(row, measure)
    quartiles = None if cost.low is None else f"quartiles {cost.low:.4g} to {cost.high:.4g}"
    return lines(
        f"<b>{plain(row.model)}, {row.configuration}</b>",
        f"{NAMES[measure]} {cost.value:.4g}",
        quartiles,
        f"{row.count} answers alone",
    )


def _table_row(row: SpeedRow, measure: Measure) -> list[CellValue]:
    cost = cost_of(row, measure)
    return [row.model, row.configuration, _removed(row), cost.value, cost.low, cost.high]


FIGURE = Figure(
    "costs", "A measured cost against the share removed, a curve for each method", CostParameters, draw
)
