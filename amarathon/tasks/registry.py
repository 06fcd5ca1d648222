"""Reading task files: unknown fields are refused, and the file and line at fault are named."""

from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

from amarathon.errors import TaskError
from amarathon.tasks.declared import Declared, read_declared
from amarathon.tasks.task import Task


def load_tasks(folder: Traversable | None = None) -> Mapping[str, Task]:
    """Read every ``*.yaml`` of a folder.

    Parameters
    ----------
    folder : Traversable, optional
        The package's own task files by default.

    Returns
    -------
    mapping of str to Task
        Read-only, by code, sorted by `Task.order`.

    Raises
    ------
    TaskError
        Naming the file, the line and what is wrong with it.
    """
    source = folder if folder is not None else files("amarathon.tasks")
    found = sorted(
        (entry for entry in source.iterdir() if entry.name.endswith(".yaml")), key=lambda e: e.name
    )
    read = [read_declared(entry, Task, "a task", TaskError) for entry in found]
    for field in ("code", "order"):
        _refuse_repeats(read, field)
    ordered = sorted((file.value for file in read), key=lambda task: task.order)
    return MappingProxyType({task.code: task for task in ordered})


def _refuse_repeats(read: list[Declared[Task]], field: str) -> None:
    """Two files must not claim the same code or the same order in the tables."""
    first: dict[object, str] = {}
    for file in read:
        value = getattr(file.value, field)
        if value in first:
            raise TaskError(
                f"{file.name}, line {file.line_of(field)}: {field} {value} is used by {first[value]} already."
            )
        first[value] = file.name
