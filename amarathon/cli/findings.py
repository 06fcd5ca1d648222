"""``amarathon findings``: what a grid of configurations shows, as a page."""

from pathlib import Path
from typing import Annotated

import typer

from amarathon.files import write_atomically
from amarathon.runs import read_run


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("findings")(findings_command)


def findings_command(
    run: Annotated[Path, typer.Argument(help="A run of several configurations, vanilla among them.")],
    short: Annotated[
        Path | None, typer.Option(help="The same configurations on the matched short versions.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="A Markdown file; printed where none is named.")] = None,
) -> None:
    """Write what pruning and eviction did to a model's scores, with paired tests."""
    from amarathon.runs.findings import findings

    page = findings(read_run(run), None if short is None else read_run(short))
    if out is None:
        typer.echo(page)
    else:
        write_atomically(out, page)
        typer.echo(f"Written: {out}")
