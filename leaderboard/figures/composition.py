"""What the benchmark consists of: Table 5."""

from amarathon.tasks import TASKS
from leaderboard.figures.declared import Figure, Parameters
from leaderboard.figures.drawing import Drawn, numbers, text
from leaderboard.figures.sources import Sources
from leaderboard.figures.style import bar, lines, sheet, titled
from leaderboard.printed import COMPOSITION
from leaderboard.tables import published_tables

# A pattern beside the colour of each group of tasks.
PATTERNS = ["", "/", "."]


def draw(sources: Sources, parameters: Parameters) -> Drawn:
    """Build it."""
    table = published_tables()[COMPOSITION]
    # In the order of the tasks everywhere else, which is not the table's.
    rows = sorted(table.rows, key=lambda row: TASKS[str(row["task"])].order)
    names = [f"{row['task']} {TASKS[str(row['task'])].name}" for row in rows]
    figure = sheet(
        height=430,
        xaxis=titled("Questions", range=[0, 1.12 * max(float(row["count"] or 0) for row in rows)]),
        yaxis={"autorange": "reversed", "ticks": "", "showgrid": False},
        narrow={"yaxis": {"tickvals": names, "ticktext": [str(row["task"]) for row in rows]}, "height": 460},
    )
    for index, group in enumerate(dict.fromkeys(str(row["group"]) for row in rows)):
        own = [(name, row) for name, row in zip(names, rows, strict=True) if row["group"] == group]
        figure.add_bar(
            orientation="h",
            y=[name for name, _ in own],
            x=[row["count"] for _, row in own],
            name=group,
            marker=bar(index, PATTERNS[index]),
            text=[f"{row['count']:.0f}" for _, row in own],
            textposition="outside",
            cliponaxis=False,
            customdata=[
                lines(
                    f"<b>{name}</b>",
                    f"{row['count']:.0f} questions, {row['share_percent_printed']:.2f}% as printed",
                    f"from {row['dataset']}",
                    group,
                )
                for name, row in own
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    return Drawn(
        "Questions by task",
        table.source,
        figure,
        [
            text("Task"),
            text("Group"),
            text("From"),
            numbers("Questions", 0),
            numbers("Share as printed, %", 2),
        ],
        [
            [name, row["group"], row["dataset"], row["count"], row["share_percent_printed"]]
            for name, row in zip(names, rows, strict=True)
        ],
        notes=[note.text for note in table.notes],
    )


FIGURE = Figure("composition", "Questions of each task in the paper's dataset", Parameters, draw)
