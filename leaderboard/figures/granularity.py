"""How finely models encode audio and how much of it they take: Table 11."""

from leaderboard.figures.declared import Figure, Parameters
from leaderboard.figures.drawing import Drawn, numbers, text
from leaderboard.figures.sources import Sources
from leaderboard.figures.style import FAULT, lines, marker, plain, sheet, titled
from leaderboard.tables import published_tables

GRANULARITY = 11
LONGEST_QUESTION_MIN = 5


def draw(sources: Sources, parameters: Parameters) -> Drawn:
    """Build it."""
    table = published_tables()[GRANULARITY]
    rows = sorted(
        table.rows,
        key=lambda row: (float(row["tokens_per_second"] or 0), float(row["max_audio_minutes"] or 0)),
    )
    names = [plain(str(row["model"])) for row in rows]
    figure = sheet(
        height=360,
        xaxis=titled(
            "Longest audio, minutes",
            type="log",
            tickvals=[0.5, 1, 2, 5, 10, 20, 40],
            range=[-0.45, 1.85],
        ),
        yaxis={"showgrid": True, "ticks": ""},
    )
    for index, rate in enumerate(sorted({float(row["tokens_per_second"] or 0) for row in rows})):
        own = [(name, row) for name, row in zip(names, rows, strict=True) if row["tokens_per_second"] == rate]
        figure.add_scatter(
            x=[row["max_audio_minutes"] for _, row in own],
            y=[name for name, _ in own],
            mode="markers",
            name=f"{rate:g} tokens a second",
            marker={**marker(index), "size": 13},
            text=[
                lines(
                    f"<b>{name}</b>",
                    f"{row['max_audio_minutes']:g} minutes at most",
                    f"{row['max_audio_tokens']:,.0f} audio tokens at most",
                    f"{rate:g} tokens a second",
                )
                for name, row in own
            ],
            hovertemplate="%{text}<extra></extra>",
        )
    figure.add_vline(x=LONGEST_QUESTION_MIN, line={"color": FAULT, "dash": "dot", "width": 1.5})
    return Drawn(
        "Longest audio and tokens a second, by encoder",
        table.source,
        figure,
        [
            text("Model"),
            numbers("Tokens a second", 1),
            numbers("Longest audio, min", 1),
            numbers("Audio tokens at most", 0),
        ],
        [
            [row["model"], row["tokens_per_second"], row["max_audio_minutes"], row["max_audio_tokens"]]
            for row in rows
        ],
        notes=[
            f"Dotted: the benchmark's longest recordings, {LONGEST_QUESTION_MIN} minutes. "
            "A model to the left of it hears them in pieces.",
            *(note.text for note in table.notes),
        ],
    )


FIGURE = Figure("granularity", "Longest audio and tokens a second of the models' encoders", Parameters, draw)
