"""Metadata files: JSON with every fault named by file and line."""

import json
from pathlib import Path
from typing import Any

from amarathon.errors import DatasetError


def read_text(path: Path) -> str:
    """A UTF-8 text file, with or without a byte order mark.

    Raises
    ------
    DatasetError
        Naming the file and, where the text is not UTF-8, the line.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DatasetError(f"{path.name} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise DatasetError(f"{path.name}, line {line}: not UTF-8 text.") from error


def parse_json(text: str, name: str, first_line: int = 1) -> Any:
    """Parse JSON text that begins at a line of the file `name`.

    Raises
    ------
    DatasetError
        Naming the file and the line.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        line = first_line + error.lineno - 1
        raise DatasetError(f"{name}, line {line}: not valid JSON, {error.msg}.") from error
    except (RecursionError, ValueError) as error:
        # Nested too deeply, or a number with thousands of digits.
        raise DatasetError(f"{name}, line {first_line}: not JSON that can be read.") from error


def read_records(path: Path) -> list[Any]:
    """The list of records in a JSON file: the file itself, or under one of the keys in use.

    Raises
    ------
    DatasetError
        If the file is not JSON or holds no list.
    """
    content = parse_json(read_text(path), path.name)
    if isinstance(content, dict):
        content = next((content[key] for key in ("tasks", "samples", "data") if key in content), None)
    if not isinstance(content, list):
        raise DatasetError(f"{path.name} holds no list of records.")
    return content
