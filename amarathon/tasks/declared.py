"""Reading what a YAML file declares: unknown fields are refused, and the file and line at fault are named."""

from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Generic, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from amarathon.errors import AmarathonError

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Declared(Generic[Model]):
    """A file that was read, with its YAML nodes: they know the lines."""

    name: str
    root: yaml.MappingNode
    value: Model

    def line_of(self, *where: str) -> int:
        """The line of the deepest field on a path that the file really has."""
        return _line_of(self.root, list(where))


def read_declared(
    entry: Traversable | Path, model: type[Model], what: str, error: type[AmarathonError]
) -> Declared[Model]:
    """Read one file.

    Parameters
    ----------
    entry : Traversable or Path
    model : type
        What the file's fields are.
    what : str
        What it is called in messages, with its article: ``"a task"``.
    error : type
        What is raised, naming the file, the line and what is wrong with it.
    """
    root, fields = _read_yaml(entry, error)
    if not isinstance(root, yaml.MappingNode):
        raise error(f"{entry.name}, line 1: {what} file is a mapping of fields.")
    _refuse_duplicates(entry.name, root, error)
    try:
        return Declared(entry.name, root, model.model_validate(fields))
    except ValidationError as fault:
        raise error(_describe(entry.name, root, what, fault)) from fault


def _describe(name: str, root: yaml.MappingNode, what: str, error: ValidationError) -> str:
    """Name the first mistake that a definition has."""
    first = error.errors()[0]
    where = [str(part) for part in first["loc"]]
    field = ".".join(where) or f"the {what.partition(' ')[2]}"
    if first["type"] == "extra_forbidden":
        fault = f"{field} is no field of {what}"
    elif first["type"] == "missing":
        fault = f"{field} is missing"
    else:
        fault = f"{field}: {first['msg'].removeprefix('Value error, ').rstrip('.')}"
    return f"{name}, line {_line_of(root, where)}: {fault}."


def _read_yaml(entry: Traversable | Path, failure: type[AmarathonError]) -> tuple[yaml.Node | None, object]:
    """A file's nodes and its values."""
    try:
        text = entry.read_bytes().decode("utf-8")
        return yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)
    except OSError as error:
        raise failure(f"{entry.name} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise failure(f"{entry.name}, line {line}: not UTF-8 text.") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise failure(f"{entry.name}, line {line}: not valid YAML, {error.problem}.") from error
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise failure(f"{entry.name}, line {line}: not valid YAML, {error.reason}.") from error


def _refuse_duplicates(name: str, node: yaml.MappingNode, error: type[AmarathonError]) -> None:
    # YAML keeps the last of two equal keys without a word; a prompt that is there twice is a mistake.
    seen: set[str] = set()
    for key, value in node.value:
        if key.value in seen:
            raise error(f"{name}, line {key.start_mark.line + 1}: {key.value} is given twice.")
        seen.add(key.value)
        if isinstance(value, yaml.MappingNode):
            _refuse_duplicates(name, value, error)


def _line_of(root: yaml.MappingNode, where: list[str]) -> int:
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
