"""How transcripts go wrong under every configuration of a run."""

from typing import Literal

import plotly.graph_objects as go

from amarathon.metrics.error_patterns import REPETITIONS, ErrorPattern, find_pattern
from amarathon.tasks import EVERY_TASK
from leaderboard.figures.choices import a_grid, one_of
from leaderboard.figures.declared import Figure, Parameters, first_of
from leaderboard.figures.drawing import CellValue, Drawn, nothing, numbers, text
from leaderboard.figures.duration import NO_RUN
from leaderboard.figures.sources import Grid, Sources, System, UnknownChoiceError
from leaderboard.figures.style import INK, bar, configuration_words, lines, plain, sheet, titled

STAGES = {"prune": "Token pruning", "evict": "Cache eviction", "before": "Before the model"}
TITLE = "How transcripts go wrong"
# Parts of the word errors, each with a pattern beside its colour.
KINDS = {"deletions": ("Left out", ""), "substitutions": ("Exchanged", "/"), "insertions": ("Put in", ".")}


class TranscriptParameters(Parameters):
    """A run (`Grid.key`), the first there is by default, and which of its configurations."""

    model: str = ""
    stage: Literal["prune", "evict", "before"] = "prune"


def draw(sources: Sources, parameters: TranscriptParameters) -> Drawn:
    """Build it."""
    runs = {grid.key: grid for grid in sources.runs()}
    key = first_of(list(runs), parameters.model)
    if not key:
        return nothing(TITLE, NO_RUN)
    if key not in runs:
        raise UnknownChoiceError("Transcripts are known of measured runs alone.")
    grid = runs[key]
    title = f"{TITLE}: {grid.title}"
    choices = [
        a_grid(runs.values(), key, "Run"),
        one_of("stage", "Methods", STAGES.items(), parameters.stage),
    ]
    found = [
        (system, pattern)
        for system in _systems(grid, parameters.stage)
        if (pattern := pattern_of(sources, system))
    ]
    if not found:
        return nothing(title, "This run was asked for no transcript under these configurations.", choices)
    names = [plain(configuration_words(system.row)) for system, _ in found]
    figure = _bars(names, [pattern for _, pattern in found])
    return Drawn(
        title,
        grid.systems[0].source,
        figure,
        [
            text("Configuration"),
            *(numbers(f"{name} in 100 words") for name, _ in KINDS.values()),
            numbers("Loops", 0),
            numbers("Empty", 0),
            numbers("Transcripts", 0),
            numbers("Words", 0),
        ],
        [_table_row(system, pattern) for system, pattern in found],
        notes=[
            "Strict protocol: Whisper's normal form, the words of all transcripts counted together. "
            "More may be put in than was said: errors can pass 100.",
            f"Loop: a phrase of one to ten words {REPETITIONS} times in a row.",
        ],
        notices=grid.notices,
        choices=choices,
    )


def _bars(names: list[str], patterns: list[ErrorPattern]) -> go.Figure:
    """Kinds of errors beside each other, and the share of loops."""
    figure = sheet(
        height=130 + 28 * len(names),
        barmode="stack",
        xaxis=titled("Word errors in 100 words of the references", rangemode="tozero"),
        yaxis={"autorange": "reversed", "ticks": "", "showgrid": False, "type": "category"},
    )
    for index, (kind, (name, shape)) in enumerate(KINDS.items()):
        figure.add_bar(
            orientation="h",
            y=names,
            x=[rate(pattern, kind) for pattern in patterns],
            name=name,
            marker=bar(index, shape),
            text=[_about(label, pattern) for label, pattern in zip(names, patterns, strict=True)],
            textposition="none",
            hovertemplate="%{text}<extra></extra>",
        )
    figure.add_scatter(
        x=[100 * pattern.looped / pattern.transcripts for pattern in patterns],
        y=names,
        mode="markers",
        name="Transcripts with a loop, %",
        marker={"symbol": "diamond-open", "color": INK, "size": 10, "line": {"width": 2, "color": INK}},
        text=[_about(label, pattern) for label, pattern in zip(names, patterns, strict=True)],
        hovertemplate="%{text}<extra></extra>",
    )
    return figure


def pattern_of(sources: Sources, system: System) -> ErrorPattern | None:
    """A configuration's word errors, added up; `None` without a transcript."""
    answers = sources.answers(system.row)[system.row.configuration]
    pairs = [
        (one.reference, one.reply)
        for one in answers
        if one.reference is not None and one.error is None and EVERY_TASK[one.task].is_transcription
    ]
    return find_pattern(pairs) if pairs else None


def rate(pattern: ErrorPattern, kind: str) -> float:
    """Errors of a kind in 100 words of the references."""
    count: int = getattr(pattern, kind)
    return 100 * count / pattern.reference_words


def _systems(grid: Grid, stage: str) -> list[System]:
    own = sorted(
        grid.of_stage(stage), key=lambda system: (system.row.steps[0].method, system.row.steps[0].amount)
    )
    return [*([grid.vanilla] if grid.vanilla else []), *own]


def _about(name: str, pattern: ErrorPattern) -> str:
    kinds = (f"{label} {rate(pattern, kind):.1f}" for kind, (label, _) in KINDS.items())
    return lines(
        f"<b>{name}</b>",
        *kinds,
        f"{pattern.looped} of {pattern.transcripts} transcripts with a loop, {pattern.empty} empty",
    )


def _table_row(system: System, pattern: ErrorPattern) -> list[CellValue]:
    return [
        configuration_words(system.row),
        *(rate(pattern, kind) for kind in KINDS),
        pattern.looped,
        pattern.empty,
        pattern.transcripts,
        pattern.reference_words,
    ]


FIGURE = Figure(
    "transcripts",
    "Word errors and loops of transcripts under every configuration of a run",
    TranscriptParameters,
    draw,
)
