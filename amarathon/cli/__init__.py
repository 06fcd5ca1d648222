"""The ``amarathon`` command: one file here for each subcommand group."""

import sys

import typer

from amarathon.cli import (
    build,
    calibrate,
    datasets,
    doctor,
    efficiency,
    evaluate,
    findings,
    finetune,
    models,
    sweep,
    tasks,
    train_small,
)
from amarathon.errors import AmarathonError

app = typer.Typer(
    name="amarathon",
    help="Which audio language models understand five minutes of audio, and at what cost.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for module in (
    tasks,
    models,
    datasets,
    build,
    evaluate,
    sweep,
    efficiency,
    calibrate,
    findings,
    finetune,
    train_small,
    doctor,
):
    module.register(app)


def main() -> None:
    """Run the command line; a failure that a user can act on is one sentence and exit code 1."""
    try:
        app()
    except AmarathonError as error:
        sys.stderr.write(f"amarathon: {error}\n")
        sys.exit(1)
