"""What may be chosen of a figure: it brings its own lists, so that none is offered that is not there."""

from collections.abc import Iterable

from pydantic import BaseModel

from amarathon.tasks import EVERY_TASK
from leaderboard.figures.sources import Grid


class Choice(BaseModel):
    """One parameter of a figure.

    Attributes
    ----------
    parameter, label : str
        Its name in the address and on the page.
    chosen : str
    options : list of (str, str) or None
        Value and name; `None` for a number.
    unit : str
        Of a number.
    """

    parameter: str
    label: str
    chosen: str
    options: list[tuple[str, str]] | None = None
    unit: str = ""


def a_score(chosen: str) -> Choice:
    """Overall or one of the tasks."""
    tasks = [(task.code, f"{task.code} {task.name}") for task in EVERY_TASK.values()]
    return Choice(parameter="score", label="Score", chosen=chosen, options=[("overall", "Overall"), *tasks])


def a_task(chosen: str) -> Choice:
    """One of the tasks."""
    tasks = [(task.code, f"{task.code} {task.name}") for task in EVERY_TASK.values()]
    return Choice(parameter="task", label="Task", chosen=chosen, options=tasks)


def a_grid(grids: Iterable[Grid], chosen: str, label: str = "Model") -> Choice:
    """A model with its configurations."""
    options = [(grid.key, grid.title) for grid in grids]
    return Choice(parameter="model", label=label, chosen=chosen, options=options)


def one_of(parameter: str, label: str, options: Iterable[tuple[str, str]], chosen: str) -> Choice:
    """Any other list."""
    return Choice(parameter=parameter, label=label, chosen=chosen, options=list(options))


def a_number(parameter: str, label: str, unit: str, chosen: float) -> Choice:
    """A number."""
    return Choice(parameter=parameter, label=label, chosen=f"{chosen:g}", unit=unit)
