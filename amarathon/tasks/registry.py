"""Reading task files: unknown fields are refused, and the file and line at fault are named."""

from collections.abc import Mapping
from dataclasses import dataclass
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
    source = folder if folder is not None else files("amarathon.tasks")
    found = sorted(
        (entry for entry in source.iterdir() if entry.name.endswith(".yaml")), key=lambda e: e.name
    )
    read = [_read_task(entry) for entry in found]
    for field in ("code", "order"):
        _refuse_repeats(read, field)
    ordered = sorted((file.task for file in read), key=lambda task: task.order)
    return MappingProxyType({task.code: task for task in ordered})


@dataclass(frozen=True)
class _TaskFile:
    """A task file that was read, with its YAML nodes: they know the lines."""

    name: str
    root: yaml.MappingNode
    task: Task


def _read_task(entry: Traversable) -> _TaskFile:
    root, fields = _read_yaml(entry)
    if not isinstance(root, yaml.MappingNode):
        raise TaskError(f"{entry.name}, line 1: a task file is a mapping of fields.")
    _refuse_duplicates(entry.name, root)
    try:
        return _TaskFile(entry.name, root, Task.model_validate(fields))
    except ValidationError as error:
        raise TaskError(_describe(entry.name, root, error)) from error


def _describe(name: str, root: yaml.MappingNode, error: ValidationError) -> str:
    """Name the first mistake that a task's definition has."""
    first = error.errors()[0]
    where = [str(part) for part in first["loc"]]
    field = ".".join(where) or "the task"
    if first["type"] == "extra_forbidden":
        fault = f"{field} is no field of a task"
    elif first["type"] == "missing":
        fault = f"{field} is missing"
    else:
        fault = f"{field}: {first['msg'].removeprefix('Value error, ').rstrip('.')}"
    return f"{name}, line {_line_of(root, where)}: {fault}."


def _read_yaml(entry: Traversable) -> tuple[yaml.Node | None, object]:
    """A file's nodes and its values."""
    try:
        text = entry.read_bytes().decode("utf-8")
        return yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise TaskError(f"{entry.name}, line {line}: not UTF-8 text.") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise TaskError(f"{entry.name}, line {line}: not valid YAML, {error.problem}.") from error
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise TaskError(f"{entry.name}, line {line}: not valid YAML, {error.reason}.") from error


def _refuse_repeats(read: list[_TaskFile], field: str) -> None:
    """Two files must not claim the same code or the same order in the tables."""
    first: dict[object, str] = {}
    for file in read:
        value = getattr(file.task, field)
        if value in first:
            line = _line_of(file.root, [field])
            raise TaskError(f"{file.name}, line {line}: {field} {value} is used by {first[value]} already.")
        first[value] = file.name


def _refuse_duplicates(name: str, node: yaml.MappingNode) -> None:
    # YAML keeps the last of two equal keys without a word; a prompt that is there twice is a mistake.
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
