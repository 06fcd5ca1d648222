"""Chosen rows over all tasks, with people and with chance."""

from statistics import fmean

import plotly.graph_objects as go

from amarathon.tasks import TASKS
from leaderboard.figures.chosen import SystemParameters, chosen_systems, names_of, notices_of
from leaderboard.figures.declared import Figure
from leaderboard.figures.drawing import Drawn, nothing, numbers, text
from leaderboard.figures.sources import Sources, System
from leaderboard.figures.style import (
    AXIS,
    COLOURS,
    DASHES,
    EDGE,
    INK,
    MUTED,
    RULE,
    SYMBOLS,
    lines,
    plain,
    sheet,
)
from leaderboard.records import Protocol
from leaderboard.tables import published_tables

RANDOM_CHOICE = 6
TITLE = "Scores by task"
PEOPLE, CHANCE = "People, Table 3", "Chance"


class TaskParameters(SystemParameters):
    """Rows, and the protocol of the measured ones."""

    protocol: Protocol = "strict"


def draw(sources: Sources, parameters: TaskParameters) -> Drawn:
    """Build it."""
    systems = chosen_systems(sources, parameters.systems)
    if not systems:
        return nothing(TITLE, "Choose one to four rows above.")
    series = {
        name: {task: system.value(task, parameters.protocol) for task in TASKS}
        for name, system in zip(names_of(systems), systems, strict=True)
    }
    people = next((row for row in sources.board.models.rows if row.access == "human"), None)
    published = [system for system in systems if system.row.run is None]
    # People of the paper heard the paper's recordings, and nobody else's.
    if people is not None and published:
        series[PEOPLE] = {task: cell.value for task, cell in people.scores["published"].tasks.items()}
    chance = chance_of(sources, systems)
    series[CHANCE] = chance
    figure = _radar(series)
    return Drawn(
        TITLE,
        "; ".join(dict.fromkeys(system.source for system in systems)),
        figure,
        [text("Task"), *(numbers(name) for name in series)],
        [[f"{task} {TASKS[task].name}", *(values.get(task) for values in series.values())] for task in TASKS],
        notes=_notes(systems, published),
        notices=notices_of(systems),
    )


def _radar(series: dict[str, dict[str, float | None]]) -> go.Figure:
    """A line around for each row, and for people and chance."""
    figure = sheet(
        height=520,
        polar={
            "bgcolor": "var(--page)",
            "radialaxis": {
                "range": [0, 100],
                "gridcolor": RULE,
                "linecolor": EDGE,
                "tickfont": {"size": 11, "color": MUTED},
                "angle": 90,
                "tickangle": 90,
                "tickvals": [25, 50, 75, 100],
            },
            "angularaxis": {
                "gridcolor": RULE,
                "linecolor": EDGE,
                "direction": "clockwise",
                "rotation": 90 - 180 / len(TASKS),
                "tickfont": AXIS["tickfont"],
            },
        },
        margin={"l": 40, "r": 40, "t": 40, "b": 24},
        narrow={"height": 480},
    )
    for index, (name, values) in enumerate(series.items()):
        look = _reference_look(name) or {
            "line": {"color": COLOURS[index], "dash": DASHES[index], "width": 2},
            "marker": {"symbol": SYMBOLS[index], "size": 8, "color": COLOURS[index]},
        }
        closed = [*TASKS, next(iter(TASKS))]
        figure.add_scatterpolar(
            r=[values.get(task) for task in closed],
            theta=closed,
            name=plain(name),
            mode="lines+markers",
            connectgaps=False,
            text=[
                lines(f"<b>{task} {TASKS[task].name}: {value:.1f}</b>", plain(name))
                if (value := values.get(task)) is not None
                else ""
                for task in closed
            ],
            hovertemplate="%{text}<extra></extra>",
            **look,
        )
    return figure


def chance_of(sources: Sources, systems: list[System]) -> dict[str, float | None]:
    """Macro F1 of a random choice: of the dataset that all rows are on, else the paper's Table 6."""
    measured = [system for system in systems if system.row.run is not None]
    if len(measured) < len(systems):
        return printed_chance()
    levels: dict[str, list[float]] = {}
    for system in measured:
        for cell in sources.breakdown(system.row).chance:
            levels.setdefault(cell.task, []).append(cell.macro_f1)
    return {task: fmean(found) for task, found in levels.items()}


def printed_chance() -> dict[str, float | None]:
    """Table 6 on the scale of the scores; the row that is printed under a wrong name is that of SED."""
    found: dict[str, float | None] = {}
    for row in published_tables()[RANDOM_CHOICE].rows:
        code = str(row["task_printed"])
        value = row["macro_f1"]
        found[code if code in TASKS else "SED"] = None if value is None else 100 * float(value)
    return found


def _reference_look(name: str) -> dict[str, object] | None:
    if name == PEOPLE:
        return {
            "line": {"color": INK, "dash": "solid", "width": 2},
            "marker": {"symbol": "star", "size": 9, "color": INK},
        }
    if name == CHANCE:
        return {
            "line": {"color": MUTED, "dash": "dot", "width": 2},
            "marker": {"symbol": "line-ew-open", "size": 7, "color": MUTED},
        }
    return None


def _notes(systems: list[System], published: list[System]) -> list[str]:
    notes = []
    if published:
        notes.append(
            "People: the paper's, who have no score on ASR. Chance: macro F1 of Table 6, which prints ASC "
            "twice; the second, presumably SED's, is drawn there."
        )
    else:
        notes.append(
            "Chance: expected macro F1 of a random choice on these datasets. No people are drawn: the "
            "paper's heard other recordings."
        )
    notes.append("ASR has no chance level: nobody writes down a talk by chance.")
    if published and len(published) < len(systems):
        notes.append("Published and measured rows are on different recordings and cannot be compared.")
    return notes


FIGURE = Figure("tasks", "Chosen rows over all tasks, with people and chance", TaskParameters, draw)
