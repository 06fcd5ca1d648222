"""``python -m leaderboard``: submissions, without the browser."""

import sys
from typing import Annotated

import typer
from rich.console import Console

from amarathon.errors import AmarathonError
from amarathon.settings import load_settings
from leaderboard.submissions.opening import open_review_queue
from leaderboard.submissions.proposals import import_proposals
from leaderboard.submissions.review_queue import ReviewQueue

COMMAND_LINE = "the command line"

app = typer.Typer(
    help="Submissions to the leaderboard: import, list, decide.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console(highlight=False, soft_wrap=True, markup=False)
Identifier = Annotated[str, typer.Argument(help="Id of a submission, as `list` shows it.")]
Reason = Annotated[str, typer.Option(help="Why; the submitter reads it.")]


@app.command("import")
def import_command(
    repository: Annotated[
        str, typer.Argument(help="A dataset on the Hub, e.g. hf://datasets/somebody/submissions.")
    ],
) -> None:
    """Bring what open pull requests to a dataset on the Hub submit into the queue."""
    queue = _desk()
    for done in import_proposals(queue, repository):
        console.print(f"{done.source}: {done.outcome}")


@app.command("list")
def list_command() -> None:
    """List every submission that was filed: id, state, model, submitter."""
    for one in _desk().ledger.submissions().values():
        if one.submitter is not None:
            console.print(f"{one.id}  {one.state}  {one.facts.model}  {one.submitter.name}")


@app.command("accept")
def accept_command(identifier: Identifier, reason: Reason = "") -> None:
    """Show a submission on the leaderboard."""
    console.print(f"{identifier} is {_desk().accept(identifier, COMMAND_LINE, reason).state}.")


@app.command("refuse")
def refuse_command(identifier: Identifier, reason: Reason) -> None:
    """Refuse a submission, with a reason."""
    console.print(f"{identifier} is {_desk().refuse(identifier, COMMAND_LINE, reason).state}.")


@app.command("undo")
def undo_command(identifier: Identifier, reason: Reason = "") -> None:
    """Put a submission that was decided on back into the queue."""
    console.print(f"{identifier} is {_desk().undo(identifier, COMMAND_LINE, reason).state}.")


def _desk() -> ReviewQueue:
    queue = open_review_queue(load_settings())
    queue.settle()
    return queue


def main() -> None:
    """Run the command line; a failure that a user can act on is one sentence and exit code 2."""
    try:
        app()
    except AmarathonError as error:
        sys.stderr.write(f"leaderboard: {error}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
