"""What one cell of a published table says, or one sentence on why it says nothing."""

import ast
import json
import math
import re
from collections.abc import Callable, Sequence
from typing import Any

from amarathon.datasets.imports.mapping import Benchmark
from amarathon.datasets.imports.tables import Row
from amarathon.datasets.options import text_key
from amarathon.errors import DatasetError
from amarathon.tasks.sample import ALL_LETTERS

# Longer text in a cell is no question, choice or transcript.
_LONGEST = 100_000
_LETTER = re.compile(rf"\(?([{ALL_LETTERS}])[).:]?", re.IGNORECASE)


def text_of(row: Row, column: str) -> str:
    """The text of a cell; a number counts as its digits.

    Raises
    ------
    DatasetError
        It is empty, or no text.
    """
    text = optional_text(row, column)
    if text is None:
        raise DatasetError(f"Its column {column!r} is empty.")
    return text


def optional_text(row: Row, column: str) -> str | None:
    """The text of a cell, or `None` where it is empty: null, blank or not a number.

    Raises
    ------
    DatasetError
        It is no text.
    """
    value = row[column]
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise DatasetError(f"Its column {column!r} holds {_kind(value)}, not text.")
    text = str(value).strip()
    if len(text) > _LONGEST:
        raise DatasetError(f"Its column {column!r} holds more than {_LONGEST} characters.")
    return text or None


def choices_of(row: Row, column: str | Sequence[str]) -> list[str]:
    """The choices: of one column with a list, or of one column each, where trailing ones may be empty.

    Raises
    ------
    DatasetError
        There are none, or one is missing.
    """
    if isinstance(column, str):
        return _listed(row, column)
    found = [optional_text(row, name) for name in column]
    while found and found[-1] is None:
        found.pop()
    if None in found:
        raise DatasetError(f"Its column {column[found.index(None)]!r} is empty: a choice is missing.")
    if not found:
        raise DatasetError(f"Its columns {', '.join(column)} are empty: there are no choices.")
    return [text for text in found if text is not None]


def _listed(row: Row, column: str) -> list[str]:
    value = row[column]
    if isinstance(value, str):
        value = _parsed(value, column)
    if value is None or (isinstance(value, list) and not value):
        raise DatasetError(f"Its column {column!r} is empty: there are no choices.")
    if not isinstance(value, list):
        raise DatasetError(f"Its column {column!r} holds {_kind(value)}, not a list of choices.")
    return [text_of({column: item}, column) for item in value]


def _parsed(text: str, column: str) -> Any:
    """A list as text, in JSON or as Python prints it; literals alone, nothing is run."""
    readers: tuple[Callable[[str], Any], ...] = (json.loads, ast.literal_eval)
    if len(text) <= _LONGEST:
        for read in readers:
            try:
                return read(text)
            except (ValueError, SyntaxError, RecursionError, MemoryError):
                continue
    raise DatasetError(f"Its column {column!r} holds text that is no list of choices.")


def answer_of(row: Row, benchmark: Benchmark, choices: Sequence[str]) -> int:
    """The index of the right choice, by the form that the mapping says.

    Raises
    ------
    DatasetError
        It is none of the choices, or may be two.
    """
    column = benchmark.columns.answer or ""
    if benchmark.answer_form == "index":
        return _index(row[column], column, benchmark.first_index, len(choices))
    gold = text_of(row, column)
    if benchmark.answer_form == "letter":
        letter = _LETTER.fullmatch(gold)
        index = ALL_LETTERS.index(letter[1].upper()) if letter else len(choices)
        fitting = [index] if index < len(choices) else []
    else:
        fitting = [place for place, choice in enumerate(choices) if text_key(choice) == text_key(gold)]
    if len(fitting) != 1:
        fault = "two of its choices" if fitting else f"none of its {len(choices)} choices"
        raise DatasetError(f"Its column {column!r} says {gold[:80]!r}, which is {fault}.")
    return fitting[0]


def _index(value: Any, column: str, first: int, count: int) -> int:
    whole = isinstance(value, str) and re.fullmatch(r"\s*[0-9]{1,4}\s*", value)
    if whole or (isinstance(value, int | float) and not isinstance(value, bool) and value == value // 1):
        index = int(value) - first
        if 0 <= index < count:
            return index
    last = first + count - 1
    raise DatasetError(
        f"Its column {column!r} says {str(value)[:80]!r}, not an index from {first} to {last}."
    )


def _kind(value: Any) -> str:
    named = {bytes: "bytes", list: "a list", dict: "an object", bool: "a truth value"}
    return named.get(type(value), type(value).__name__)
