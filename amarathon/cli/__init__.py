"""The ``amarathon`` command: one file here for each subcommand group."""

import sys
import warnings
from typing import TextIO

import typer

from amarathon.cli.commands import CommandGroup
from amarathon.errors import AmarathonError, AudioWarning, ModelWarning

app = typer.Typer(
    name="amarathon",
    cls=CommandGroup,
    help="Which audio language models understand five minutes of audio, and at what cost.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.callback()
def _every_command() -> None:
    pass


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Show a warning about a recording or a model as the sentence it is, without the line of code."""
    if issubclass(category, (AudioWarning, ModelWarning)):
        text = f"amarathon: {message}\n"
    else:
        text = warnings.formatwarning(message, category, filename, lineno, line)
    (file or sys.stderr).write(text)


def main() -> None:
    """Run the command line; a failure that a user can act on is one sentence and exit code 1."""
    warnings.showwarning = _show_warning
    try:
        app()
    except AmarathonError as error:
        sys.stderr.write(f"amarathon: {error}\n")
        sys.exit(1)
