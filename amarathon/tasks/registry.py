"""Reading task files: unknown fields are refused, and the file and line at fault are named."""

from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

import yaml
from pydantic import ValidationError

from amarathon.errors import TaskError
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
    place = folder if folder is not None else files("amarathon.tasks")
    tasks: dict[str, Task] = {}
    found = sorted((entry for entry in place.iterdir() if entry.name.endswith(".yaml")), key=lambda e: e.name)
    for entry in found:
        task = _read_task(entry)
        if task.code in tasks:
            raise TaskError(f"{entry.name}: the code {task.code} is used by another file.")
        tasks[task.code] = task
    ordered = sorted(tasks.values(), key=lambda task: task.order)
    return MappingProxyType({task.code: task for task in ordered})


def _read_task(entry: Traversable) -> Task:
    text = entry.read_text(encoding="utf-8")
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        fields = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise TaskError(f"{entry.name}, line {line}: not valid YAML, {error.problem}.") from error
    if not isinstance(root, yaml.MappingNode):
        raise TaskError(f"{entry.name}, line 1: a task file is a mapping of fields.")
    _refuse_duplicates(entry.name, root)
    try:
        return Task.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        where = [str(part) for part in first["loc"]]
        line = _line_of(root, where)
        raise TaskError(
            f"{entry.name}, line {line}: {'.'.join(where) or 'the file'}: {first['msg']}."
        ) from error


def _refuse_duplicates(name: str, node: yaml.MappingNode) -> None:
    # YAML keeps the last of two equal keys without a word; a prompt given twice is a mistake.
    seen: set[str] = set()
    for key, value in node.value:
        if key.value in seen:
            raise TaskError(f"{name}, line {key.start_mark.line + 1}: {key.value} is given twice.")
        seen.add(key.value)
        if isinstance(value, yaml.MappingNode):
            _refuse_duplicates(name, value)


def _line_of(root: yaml.MappingNode, where: list[str]) -> int:
    """The line of the deepest field on the path `where` that the file really has."""
    node: yaml.Node = root
    line = root.start_mark.line + 1
    for part in where:
        if isinstance(node, yaml.MappingNode):
            match = next(((key, value) for key, value in node.value if key.value == part), None)
        elif isinstance(node, yaml.SequenceNode) and part.isdigit() and int(part) < len(node.value):
            match = (node.value[int(part)], node.value[int(part)])
        else:
            match = None
        if match is None:
            break
        line, node = match[0].start_mark.line + 1, match[1]
    return line
