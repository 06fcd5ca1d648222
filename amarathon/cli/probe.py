"""``amarathon probe``: what a frozen audio encoder knows."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from amarathon.probes.records import ProbeSummary


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    group = typer.Typer(pretty_exceptions_enable=False, invoke_without_command=True)
    group.callback()(probe_command)
    group.command("list")(list_command)
    app.add_typer(group, name="probe")


def probe_command(
    context: typer.Context,
    encoder: Annotated[
        str, typer.Option(help="Encoders with commas between: yamnet, whisper:all, hf:ID; see `probe list`.")
    ] = "",
    out: Annotated[
        Path | None, typer.Option(help="Folder of the records; what is there is not measured again.")
    ] = None,
    suite: Annotated[str, typer.Option(help="A suite, or tasks with commas between.")] = "fast",
    protocol: Annotated[
        str, typer.Option(help="ours, or xares for X-ARES' recipe as its code has it.")
    ] = "ours",
    seed: Annotated[int, typer.Option(help="Seed of the MLP.")] = 0,
    json_lines: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Probe what frozen audio encoders know of speech, sound and music, with intervals by source."""
    if context.invoked_subcommand is not None:
        return
    if not encoder or out is None:
        raise typer.BadParameter(
            "name an encoder by --encoder and a folder by --out, or see `amarathon probe list`."
        )
    from amarathon.probes.running import probe
    from amarathon.probes.tasks import find_tasks

    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    names = [name for name in encoder.split(",") if name]
    summary = probe(
        names, find_tasks(suite), out, suite=suite, protocol=protocol, seed=seed, notify=console.print
    )
    if json_lines:
        sys.stdout.writelines(row.model_dump_json() + "\n" for row in summary.averages)
    else:
        Console().print(_averages_table(summary))


def list_command() -> None:
    """List encoders, tasks, suites and probes."""
    from amarathon.probes.classifiers import PROBES, PROTOCOLS
    from amarathon.probes.encoders import ENCODERS
    from amarathon.probes.tasks import PROBE_TASKS, SUITES

    console = Console()
    table = Table("encoder", "what it is", "learned for", "weights from")
    for entry in ENCODERS.values():
        package = entry.package
        source = f"{package.name} {package.version}" if package else "-"
        table.add_row(entry.name, entry.title, entry.learned, source)
    console.print(table)
    table = Table("task", "what is asked", "domain", "held out", "suites")
    for task in PROBE_TASKS.values():
        suites = ", ".join(name for name, tasks in SUITES.items() if task.name in tasks)
        table.add_row(task.name, task.title, task.domain, task.held_out, suites)
    console.print(table)
    table = Table("probe", "what it is", "protocol")
    for one in PROBES.values():
        protocols = ", ".join(name for name, probes in PROTOCOLS.items() if one.name in probes)
        table.add_row(one.name, one.title, protocols)
    console.print(table)


def _averages_table(summary: "ProbeSummary") -> Table:
    table = Table("encoder", "layer", "probe", "domain")
    for heading in ("macro", "by size", "above chance"):
        table.add_column(heading, justify="right")
    rows: dict[tuple[str, str, str, str], dict[str, str]] = {}
    for row in summary.averages:
        text = f"{row.score:.1f}"
        if row.low is not None and row.high is not None:
            text += f" ({row.low:.1f} to {row.high:.1f})"
        rows.setdefault((row.encoder, row.layer, row.probe, row.domain), {})[row.average] = text
    for key, cells in rows.items():
        table.add_row(*key, *(cells[average] for average in ("macro", "by_size", "above_chance")))
    return table
