"""Two to four systems, task by task: differences with interval and p where answers can be paired."""

from dataclasses import dataclass

import plotly.graph_objects as go

from amarathon.metrics.cells import OVERALL
from amarathon.tasks import EVERY_TASK
from leaderboard.figures.chosen import SystemParameters, chosen_systems, names_of, notices_of
from leaderboard.figures.declared import Figure
from leaderboard.figures.drawing import CellValue, Drawn, nothing, numbers, text
from leaderboard.figures.sources import Sources, System
from leaderboard.figures.style import interval_words, lines, marker, plain, sheet, signed, titled

# Tasks from above, and the mean over them last.
SCORES = [*EVERY_TASK, OVERALL]
# How far the marks of several systems stand apart within a task's line.
SPREAD = 0.5
TITLE = "Difference from the first, in points"


@dataclass(frozen=True)
class Contrast:
    """How far a system is from the first on one task; `p_value` where their answers were paired."""

    difference: float
    interval: tuple[float, float] | None = None
    p_value: float | None = None
    q_value: float | None = None
    count: int | None = None


def draw(sources: Sources, parameters: SystemParameters) -> Drawn:
    """Build it."""
    systems = chosen_systems(sources, parameters.systems)
    if len(systems) < 2:
        return nothing(TITLE, "Choose two to four rows above; the others are compared with the first.")
    first, *others = systems
    first_name, *names = names_of(systems)
    contrasts = [contrasts_of(sources, first, other) for other in others]
    scores = [score for score in SCORES if any(score in found for found in contrasts)]
    if not scores:
        return nothing(TITLE, "These rows have no task in common.")
    figure = _forest(first_name, names, contrasts, scores)
    return Drawn(
        f"{TITLE}: {first_name}",
        "; ".join(dict.fromkeys(system.source for system in systems)),
        figure,
        [
            text("Task"),
            text("Row"),
            numbers("Difference"),
            numbers("95% from"),
            numbers("to"),
            numbers("p", 3),
            numbers("q", 3),
            numbers("Samples", 0),
        ],
        [
            _table_row(score, name, found[score])
            for score in scores
            for name, found in zip(names, contrasts, strict=True)
            if score in found
        ],
        notes=_notes(first, others),
        notices=notices_of(systems),
    )


def _forest(
    first_name: str, names: list[str], contrasts: list[dict[str, Contrast]], scores: list[str]
) -> go.Figure:
    """A line for each task, a mark with whiskers for each system."""
    places = {score: place for place, score in enumerate(scores)}
    figure = sheet(
        height=130 + 34 * len(scores),
        xaxis=titled(
            f"Points above (right) or below (left) {plain(first_name)}", zeroline=True, zerolinewidth=2
        ),
        yaxis={
            "tickvals": list(places.values()),
            "ticktext": [_label(score) for score in scores],
            "range": [len(scores) - 0.5, -0.5],
            "ticks": "",
            "zeroline": False,
            "showgrid": False,
        },
        narrow={
            "yaxis": {"ticktext": ["Overall" if score == OVERALL else score for score in scores]},
            "xaxis": {"title": {"text": "Points above or below the first"}},
        },
    )
    for edge in range(1, len(scores)):
        figure.add_hline(y=edge - 0.5, line={"color": "var(--rule)", "width": 1})
    for index, (name, found) in enumerate(zip(names, contrasts, strict=True)):
        own = [(score, found[score]) for score in scores if score in found]
        shift = SPREAD * ((index + 0.5) / len(names) - 0.5)
        ends = [contrast.interval or (contrast.difference, contrast.difference) for _, contrast in own]
        figure.add_scatter(
            x=[contrast.difference for _, contrast in own],
            y=[places[score] + shift for score, _ in own],
            mode="markers",
            name=plain(name),
            showlegend=True,
            marker=marker(index),
            error_x={
                "array": [
                    high - contrast.difference for (_, contrast), (_, high) in zip(own, ends, strict=True)
                ],
                "arrayminus": [
                    contrast.difference - low for (_, contrast), (low, _) in zip(own, ends, strict=True)
                ],
                "color": marker(index)["color"],
                "thickness": 2,
                "width": 5,
            },
            text=[_about(name, score, contrast) for score, contrast in own],
            hovertemplate="%{text}<extra></extra>",
        )
    return figure


PAIRED = (
    "Paired, strict: over the samples that both answered, with intervals and p as of `amarathon compare`; "
    "q is corrected for false discoveries over the tasks of a pair. No whiskers: too few recordings."
)
UNPAIRED = "{}: no predictions published, or not the same questions. Plain differences; none is tested."


def contrasts_of(sources: Sources, first: System, other: System) -> dict[str, Contrast]:
    """A system against the first, by task and overall; paired where both were measured on one dataset."""
    if not are_paired(first, other):
        values = {score: (other.value(score, "strict"), first.value(score, "strict")) for score in SCORES}
        return {score: Contrast(a - b) for score, (a, b) in values.items() if a is not None and b is not None}
    return {
        one.task: Contrast(
            one.difference,
            (one.interval.low, one.interval.high) if one.interval else None,
            one.p_value,
            one.q_value,
            one.count,
        )
        for one in sources.tested(first.row, [other.row])
    }


def are_paired(first: System, other: System) -> bool:
    """Whether both have answers to the same questions."""
    one, two = first.row.run, other.row.run
    human = "human" in (first.row.access, other.row.access)
    return one is not None and two is not None and not human and one.dataset_sha256 == two.dataset_sha256


def _notes(first: System, others: list[System]) -> list[str]:
    notes = [PAIRED] if any(are_paired(first, other) for other in others) else []
    return notes + [UNPAIRED.format(_short_name(other)) for other in others if not are_paired(first, other)]


def _short_name(system: System) -> str:
    return names_of([system])[0]


def _label(score: str) -> str:
    return "<b>Overall</b>" if score == OVERALL else f"{score} {EVERY_TASK[score].name}"


def _about(name: str, score: str, contrast: Contrast) -> str:
    tested = (
        "not tested: no predictions to pair"
        if contrast.p_value is None
        else f"p = {contrast.p_value:.3f}, q = {contrast.q_value:.3f}, {contrast.count} samples"
    )
    return lines(
        f"<b>{_label(score)}: {signed(contrast.difference)}</b>",
        plain(name),
        interval_words(contrast.interval),
        tested,
    )


def _table_row(score: str, name: str, contrast: Contrast) -> list[CellValue]:
    low, high = contrast.interval or (None, None)
    label = "Overall" if score == OVERALL else score
    return [label, name, contrast.difference, low, high, contrast.p_value, contrast.q_value, contrast.count]


FIGURE = Figure(
    "compare",
    "Two to four rows: differences from the first by task, paired where they can be",
    SystemParameters,
    draw,
)
