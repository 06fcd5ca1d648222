"""What two ears gain each encoder, over the frequency of the tone, beside the ideal listener."""

from amarathon.psychoacoustics.summary import BmldSummary, CellSummary
from leaderboard.binaural_records import BinauralRow
from leaderboard.figures.bmld_curve import BOUND_WORDS, curve, drawn_cells
from leaderboard.figures.choices import one_of
from leaderboard.figures.declared import Figure, Parameters
from leaderboard.figures.drawing import CellValue, Drawn, nothing, numbers, text
from leaderboard.figures.sources import Sources, UnknownChoiceError

TITLE = "Binaural masking level difference"
HOW = (
    "`amarathon bmld --encoder net-ipd --out FOLDER` writes such records; its folder is shown here once it "
    "lies under the runs of this server's data folder."
)
NOTES = [
    "Ratio of mean distances in dB: how much further a tone in antiphase moves the embedding than one in "
    "phase. It is no hearing threshold.",
    "Open markers are cells that are not significant (5% of false discoveries), or whose distance is smaller "
    "than the spread of the noise's own embedding. Infinite ratios stand at the edges.",
    "Mid/side makes any encoder sensitive without learning; the shape over frequency says more than the "
    "height.",
]


class BinauralParameters(Parameters):
    """A signal-to-noise ratio in dB and what was taken away; the first there is by default."""

    snr: str = ""
    ablation: str = "raw"


def draw(sources: Sources, parameters: BinauralParameters) -> Drawn:
    """Build it."""
    rows = sources.board.binaural
    tones = [cell for row in rows for cell in row.cells if cell.frequency_hz is not None]
    if not tones:
        return nothing(TITLE, f"No encoder was asked here yet. {HOW}")
    ratios = {f"{cell.snr_db:g}": cell.snr_db for cell in sorted(tones, key=lambda cell: cell.snr_db)}
    ablations = list(dict.fromkeys(cell.ablation for cell in tones))
    # Of what most rows have, the paper's own.
    ratio = parameters.snr or ("-14" if "-14" in ratios else next(iter(ratios)))
    if ratio not in ratios or parameters.ablation not in ablations:
        raise UnknownChoiceError("No encoder was asked at this ratio, or with this taken away.")
    chosen = ratios[ratio]
    summaries = {_name(row, rows): BmldSummary(cells=row.cells) for row in rows}
    figure = curve(summaries, chosen, ablation=parameters.ablation)
    drawn = [
        (name, cell)
        for name, summary in summaries.items()
        for cell in drawn_cells(summary, chosen, "tone", parameters.ablation)
    ]
    return Drawn(
        f"{TITLE} at {ratio} dB, {parameters.ablation}",
        "Records of amarathon bmld on this server",
        figure,
        [
            text("Encoder"),
            numbers("Hz", 0),
            numbers("Ratio of means, dB"),
            text("Bound"),
            numbers("Mean of dB"),
            numbers("Ideal, dB"),
            numbers("d", 3),
            numbers("q", 3),
            text("Counts as"),
        ],
        [_table_row(name, cell) for name, cell in drawn],
        notes=NOTES,
        notices=[row.notice for row in rows if row.notice],
        choices=[
            one_of("snr", "Signal to noise", ((name, f"{name} dB") for name in ratios), ratio),
            one_of("ablation", "Taken away", ((name, name) for name in ablations), parameters.ablation),
        ],
    )


def _name(row: BinauralRow, rows: list[BinauralRow]) -> str:
    """A row's name, with its folder where another has the same."""
    return f"{row.name} ({row.folder})" if sum(one.name == row.name for one in rows) > 1 else row.name


def _table_row(name: str, cell: CellSummary) -> list[CellValue]:
    return [
        name,
        cell.frequency_hz,
        cell.ratio_of_means_db,
        "" if cell.bound is None else BOUND_WORDS[cell.bound],
        cell.mean_of_db,
        cell.ideal_db,
        cell.d_opposite,
        cell.q_value,
        cell.verdict,
    ]


FIGURE = Figure(
    "binaural",
    "What two ears gain each encoder, over the frequency of a tone, beside equalisation-cancellation",
    BinauralParameters,
    draw,
)
