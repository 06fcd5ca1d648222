"""Binaural masking level differences over frequency, beside the ideal listener; of summaries alone.

The documentation and the leaderboard draw it by the same function.
"""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from amarathon.psychoacoustics.equalisation import masking_level_difference
from amarathon.psychoacoustics.summary import BmldSummary, CellSummary
from leaderboard.figures.style import EDGE, INK, MUTED, interval_words, line, lines, plain, sheet, titled

# Infinite ratios are drawn at the edges, and said to be infinite.
HIGHEST_DB, LOWEST_DB = 60.0, -10.0
IDEAL = "Equalisation-cancellation"
BOUND_WORDS = {"ceiling": "infinite", "floor": "minus infinity", "silent": "no response"}


def curve(
    summaries: Mapping[str, BmldSummary], snr_db: float, *, target: str = "tone", ablation: str = "raw"
) -> go.Figure:
    """Draw decibels (ratio of means) over the frequency of the tone, a curve for each summary.

    Open markers are cells that do not count: not significant, or below the floor.

    Parameters
    ----------
    summaries : mapping of str to BmldSummary
        By the name in the legend.
    snr_db : float
        Cells of this ratio are drawn.
    target, ablation : str
    """
    figure = sheet(
        xaxis=titled(
            "Frequency of the tone, Hz",
            type="log",
            tickvals=[125, 250, 500, 1000, 2000, 4000],
            ticktext=["125", "250", "500", "1k", "2k", "4k"],
        ),
        yaxis=titled("Ratio of mean distances, dB", range=[LOWEST_DB - 2, HIGHEST_DB + 2]),
    )
    hertz = np.geomspace(110, 4500, 100).tolist()
    figure.add_scatter(
        x=hertz,
        y=[masking_level_difference(one) for one in hertz],
        name=IDEAL,
        mode="lines",
        line={"color": INK, "width": 3},
        hovertemplate="Equalisation-cancellation, closed form: %{y:.1f} dB at %{x:.0f} Hz<extra></extra>",
    )
    figure.add_hline(y=0, line={"color": EDGE, "width": 1})
    for index, (name, summary) in enumerate(summaries.items()):
        cells = drawn_cells(summary, snr_db, target, ablation)
        if cells:
            _add_curve(figure, index, name, cells)
    return figure


def drawn_cells(summary: BmldSummary, snr_db: float, target: str, ablation: str) -> list[CellSummary]:
    """The cells of a curve, by frequency."""
    found = [
        cell
        for cell in summary.cells
        if (cell.target, cell.ablation, cell.snr_db) == (target, ablation, snr_db)
        and cell.frequency_hz is not None
    ]
    return sorted(found, key=lambda cell: cell.frequency_hz or 0.0)


def _add_curve(figure: go.Figure, index: int, name: str, cells: list[CellSummary]) -> None:
    style = line(index)
    filled = style["marker"]["symbol"]
    symbols = [filled if counts(cell) else f"{filled}-open" for cell in cells]
    heights = [_height(cell) for cell in cells]
    ends = [cell.interval_db or (height, height) for cell, height in zip(cells, heights, strict=True)]
    figure.add_scatter(
        x=[cell.frequency_hz for cell in cells],
        y=heights,
        name=plain(name),
        mode="lines+markers",
        line=style["line"],
        marker=style["marker"] | {"symbol": symbols, "line": {"width": 1.5, "color": MUTED}},
        error_y={
            "array": [high - height for height, (_, high) in zip(heights, ends, strict=True)],
            "arrayminus": [height - low for height, (low, _) in zip(heights, ends, strict=True)],
            "thickness": 1,
            "width": 3,
        },
        text=[_about(name, cell) for cell in cells],
        hovertemplate="%{text}<extra></extra>",
    )


def counts(cell: CellSummary) -> bool:
    """Whether a cell is significant and above the floor."""
    return cell.verdict in ("unmasking", "reversal")


def _height(cell: CellSummary) -> float:
    if cell.bound is not None:
        return {"ceiling": HIGHEST_DB, "floor": LOWEST_DB, "silent": 0.0}[cell.bound]
    return float(np.clip(cell.ratio_of_means_db or 0.0, LOWEST_DB, HIGHEST_DB))


def _about(name: str, cell: CellSummary) -> str:
    height = f"{cell.ratio_of_means_db:+.1f} dB" if cell.bound is None else BOUND_WORDS[cell.bound]
    distance = "infinite" if cell.d_opposite is None else f"{cell.d_opposite:.3g}"
    return lines(
        f"<b>{plain(name)}: {height}</b>",
        interval_words(cell.interval_db),
        None if cell.mean_of_db is None else f"mean of dB {cell.mean_of_db:+.1f}",
        f"ideal {cell.ideal_db:.1f} dB, d {distance}, q {cell.q_value:.3f}, {cell.n} seeds",
        cell.verdict,
    )
