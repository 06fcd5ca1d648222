"""``amarathon submit``: a finished run to a leaderboard."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from amarathon.errors import RunError


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("submit")(submit_command)


def submit_command(
    run: Annotated[Path, typer.Argument(help="A finished run's folder.")],
    to: Annotated[
        str,
        typer.Option(
            help="A leaderboard's address (http:// or https://), a dataset of submissions on the Hub "
            "(hf://datasets/owner/name), or a file to upload on the page; by default RUN.zip, here."
        ),
    ] = "",
    name: Annotated[str, typer.Option(help="Your name or team, shown with the row.")] = "",
    contact: Annotated[str, typer.Option(help="How to reach you; administrators alone see it.")] = "",
    remark: Annotated[str, typer.Option(help="A remark for the administrators.")] = "",
) -> None:
    """Submit a run to a leaderboard, which scores its replies anew; an administrator decides.

    A server needs a name and a contact. On the Hub a pull request is opened as who is logged in.
    """
    from amarathon.runs.submitting import HUB_SCHEME, propose_on_hub, submit_to_server, write_submission

    scheme = urlsplit(to).scheme
    if scheme == HUB_SCHEME:
        typer.echo(f"Pull request: {propose_on_hub(run, to, remark)}")
    elif scheme in {"http", "https"}:
        if not name or not contact:
            raise RunError("Give --name, which is shown, and --contact, which administrators alone see.")
        receipt = submit_to_server(run, to, name, contact, remark)
        for configuration, score in receipt.scores.items():
            typer.echo(f"{configuration}: {'no score' if score is None else f'{score:.1f}'}")
        typer.echo(f"It is {receipt.state}. Keep the receipt: {receipt.page}")
    else:
        file = Path(to or f"{run.resolve().name}.zip")
        typer.echo(f"{file}: {write_submission(run, file) / 1e6:.2f} MB, to upload on the page Submit.")
