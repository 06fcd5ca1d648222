"""``amarathon tasks``."""

import json
from itertools import groupby
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from amarathon.tasks import TASKS, Task


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("tasks")(tasks)


def tasks(
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole definitions as JSON.")] = False,
) -> None:
    """List the ten tasks."""
    if as_json:
        typer.echo(json.dumps([task.model_dump() for task in TASKS.values()], indent=2))
        return
    table = Table("Task", "Name", "Source", "Options", "Score", box=None, pad_edge=False)
    for group, members in groupby(TASKS.values(), key=lambda task: task.group):
        table.add_row("", Text(group, style="bold"))
        for task in members:
            table.add_row(task.code, task.name, task.source, _options(task), _score(task))
    Console().print(table)


def _options(task: Task) -> str:
    if not task.is_multiple_choice:
        return "none"
    letters = f"{task.letters[0]}-{task.letters[-1]}"
    return f"{letters} fixed" if task.fixed_order else letters


def _score(task: Task) -> str:
    return {"macro_f1": "macro F1", "war": "WAR"}[task.metric]
