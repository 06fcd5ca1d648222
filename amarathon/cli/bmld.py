"""``amarathon bmld`` and ``train-binaural``: what two ears gain an audio encoder."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from amarathon.cli.inputs import split_names
from amarathon.errors import ConfigurationError

if TYPE_CHECKING:
    from amarathon.psychoacoustics.records import CellRecord
    from amarathon.psychoacoustics.summary import BmldSummary, CellSummary

ALL = "all"


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("bmld")(bmld_command)
    app.command("train-binaural")(train_binaural_command)


def bmld_command(
    encoder: Annotated[
        str, typer.Option(help="A name that --list shows, or hf: and a folder or an ID on the Hub.")
    ] = "net-ipd",
    out: Annotated[
        Path | None, typer.Option(help="Folder of the records; what is there is not measured again.")
    ] = None,
    binaural: Annotated[
        str, typer.Option(help="native, left, dual, mid-side or downmix: what of the ears it hears.")
    ] = "native",
    frequencies: Annotated[str, typer.Option(help="Of the tones, Hz, separated by commas.")] = "",
    ratios: Annotated[str, typer.Option(help="Signal-to-noise ratios, dB, separated by commas.")] = "",
    targets: Annotated[str, typer.Option(help="tone, speech, kemar, or all.")] = "tone",
    ablations: Annotated[str, typer.Option(help="raw, highpass, energy, vocoder, or all.")] = "raw",
    seeds: Annotated[int, typer.Option(min=2, help="Noises, in every cell.")] = 40,
    paper: Annotated[bool, typer.Option("--paper", help="100 seeds, as the paper has.")] = False,
    seconds: Annotated[float, typer.Option(help="Length of a stimulus.")] = 1.0,
    normalisation: Annotated[str, typer.Option(help="joint, per-channel (the paper's) or none.")] = "joint",
    layer: Annotated[int | None, typer.Option(help="Hidden layer; 0 is the embeddings.")] = None,
    fetch: Annotated[
        bool, typer.Option("--fetch", help="Allow fetching KEMAR's head responses from Debian.")
    ] = False,
    list_encoders: Annotated[bool, typer.Option("--list", help="List the encoders, and stop.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The summary as JSON instead of a table.")] = False,
) -> None:
    """Measure an encoder's binaural masking level difference: how far it hears phase between two ears.

    The stimuli, the distance ratio and its controls follow arXiv 2606.14820; a cell counts if it is
    significant and larger than the spread of the noise's own embedding. Beside it stands the ideal
    listener, in closed form.
    """
    from amarathon.psychoacoustics import ENCODERS, Design, measure, open_encoder, summarise
    from amarathon.psychoacoustics.ablations import ABLATIONS
    from amarathon.psychoacoustics.hrtf import check_fetched
    from amarathon.psychoacoustics.measuring import FREQUENCIES_HZ, PAPER_SEEDS, SNRS_DB
    from amarathon.psychoacoustics.presentation import as_normalisation
    from amarathon.psychoacoustics.targets import TARGETS

    if list_encoders:
        table = Table("encoder", "what it is")
        for entry in ENCODERS.values():
            table.add_row(entry.name, entry.about)
        Console().print(table)
        return
    if out is None:
        raise ConfigurationError("Name the folder of the records by --out.")
    design = Design(
        frequencies_hz=_numbers(frequencies, "--frequencies") or FREQUENCIES_HZ,
        snrs_db=_numbers(ratios, "--ratios") or SNRS_DB,
        targets=tuple(TARGETS if targets == ALL else split_names(targets)),
        ablations=tuple(ABLATIONS if ablations == ALL else split_names(ablations)),
        seeds=PAPER_SEEDS if paper else seeds,
        duration_s=seconds,
    )
    if "kemar" in design.targets and not fetch:
        check_fetched()
    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    opened = open_encoder(encoder, layer)
    if opened.identity.notice:
        console.print(opened.identity.notice)

    def show(cell: "CellRecord") -> None:
        console.print(f"{_place(cell)}: {cell.seconds:.1f} s")

    cells = measure(
        opened,
        design,
        out,
        presentation=binaural,
        normalisation=as_normalisation(normalisation),
        progress=show,
    )
    summary = summarise(cells)
    if as_json:
        sys.stdout.write(summary.model_dump_json(indent=1) + "\n")
    else:
        Console().print(_summary_table(summary))


def train_binaural_command(
    out: Annotated[Path, typer.Option(help="Folder that weights and card are written to.")],
    steps: Annotated[int, typer.Option(min=1, help="Of 32 clips each.")] = 800,
    seed: Annotated[int, typer.Option(min=0, help="Decides clips, order and initial weights.")] = 0,
) -> None:
    """Train the two small nets that stand in for spatial encoders, with and without interaural phases.

    Fetches KEMAR's head responses from Debian (1.2 MB). Some three minutes of one core.
    """
    from amarathon.psychoacoustics.hrtf import kemar
    from amarathon.psychoacoustics.net_training import NetRecipe, train_nets

    def report(kind: str, step: int, loss: float) -> None:
        typer.echo(f"net-{kind}, step {step}: {loss:.3f}")

    errors = train_nets(kemar(), out, NetRecipe(steps=steps, seed=seed), report)
    for kind, error in errors.items():
        typer.echo(f"net-{kind}: azimuth error {error:.1f} degrees on held-out recordings.")


def _numbers(text: str, option: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise ConfigurationError(f"{option} takes numbers separated by commas; {text!r} is none.") from None


def _place(cell: "CellRecord | CellSummary") -> str:
    frequency = "" if cell.frequency_hz is None else f" {cell.frequency_hz:g} Hz"
    return f"{cell.target}{frequency}, {cell.snr_db:+g} dB, {cell.ablation}"


def _summary_table(summary: "BmldSummary") -> Table:
    table = Table("cell")
    for heading in ("ratio of means dB", "95%", "mean of dB", "ideal dB", "d", "q"):
        table.add_column(heading, justify="right")
    table.add_column("verdict")
    for cell in summary.cells:
        interval = cell.interval_db
        table.add_row(
            _place(cell),
            cell.bound or f"{cell.ratio_of_means_db:+.2f}",
            "-" if interval is None else f"{interval[0]:+.1f} to {interval[1]:+.1f}",
            "-" if cell.mean_of_db is None else f"{cell.mean_of_db:+.2f}",
            "-" if cell.ideal_db is None else f"{cell.ideal_db:.2f}",
            "inf" if cell.d_opposite is None else f"{cell.d_opposite:.3g}",
            f"{cell.q_value:.3f}",
            cell.verdict,
        )
    return table
