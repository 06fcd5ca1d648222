"""What a reply in JSON, or a call, says in the field that holds its answer."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

# A field's name in words, best first: {"answer": "A", "final_answer": "B"} says B.
Rank = Callable[[frozenset[str]], int]

_DECODER = json.JSONDecoder()
_MAX_TRIES = 16
_MAX_DEPTH = 8
_PART_OF_A_NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_a-zA-Z]+")
# A value that was cut off, is quoted otherwise, or is an argument of a call.
_LOOSE_FIELD = re.compile(
    r"""(?:["']([\w -]{2,40})["']\s?:|\b([^\W\d]\w{1,40})\s?=)\s?"""
    r"""(?:"((?:[^"\\\n]|\\.){0,200})"|'([^'\n]{0,200})')"""
)


def name_words(name: str) -> frozenset[str]:
    """Cut a field's name into words: ``finalAnswer``, ``final_answer`` and ``Final Answer`` are one."""
    return frozenset(part.casefold() for part in _PART_OF_A_NAME.findall(name))


def field_values(text: str, rank: Rank) -> list[str] | None:
    """Read the values of the fields that hold an answer.

    Parameters
    ----------
    text : str
        Text with an object or list in it; before and behind it may be words.
    rank : callable
        How well a field's name (its words) fits, 0 where it does not.

    Returns
    -------
    list of str or None
        The values of the best field, usually one; `None` where there is no such field, or no object.
    """
    found: list[str] | None = None
    for value in _values(text):
        best = _best(value, rank)
        if best is not None:
            found = best
    return found if found is not None else _loose(text, rank)


def whole_value(text: str) -> Any:
    """The object or list that a text is, or `None`."""
    stripped = text.strip()
    if not stripped.startswith(("{", "[")) or not stripped.endswith(("}", "]")):
        return None
    return next((value for value, end in _decoded(stripped, 0) if end == len(stripped)), None)


def _values(text: str) -> Iterator[Any]:
    """The objects and lists in a text, one behind the other."""
    at, tries = 0, 0
    while tries < _MAX_TRIES:
        start = min((position for mark in "{[" if (position := text.find(mark, at)) >= 0), default=-1)
        if start < 0:
            return
        at, tries = start + 1, tries + 1
        for value, end in _decoded(text, start):
            yield value
            at = end


def _decoded(text: str, start: int) -> Iterator[tuple[Any, int]]:
    """The value that begins at `start` and where it ends; nothing where there is none."""
    try:
        yield _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return


def _best(value: Any, rank: Rank, depth: int = 0) -> list[str] | None:
    """The values of the field that fits best; fields of outer objects before those within."""
    if depth > _MAX_DEPTH:
        return None
    if isinstance(value, str):
        inner = whole_value(value)
        return None if inner is None else _best(inner, rank, depth + 1)
    if isinstance(value, dict):
        ranked = {name: rank(name_words(name)) for name in value if isinstance(name, str)}
        name = max(ranked, key=lambda field: ranked[field], default=None)
        if name is not None and ranked[name]:
            return _best(value[name], rank, depth + 1) or list(_texts(value[name]))
        children = list(value.values())
    elif isinstance(value, list | tuple):
        children = list(value)
    else:
        return None
    found = [values for child in children if (values := _best(child, rank, depth + 1)) is not None]
    return [text for values in found for text in values] if found else None


def _texts(value: Any, depth: int = 0) -> Iterator[str]:
    """What a field says, as text: an object or a list says what its members say."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict) and depth < _MAX_DEPTH:
        yield ", ".join(
            f"{name}: {text}" for name, member in value.items() for text in _texts(member, depth + 1)
        )
    elif isinstance(value, list | tuple) and depth < _MAX_DEPTH:
        for member in value:
            yield from _texts(member, depth + 1)
    elif value is not None:
        yield str(value)


def _loose(text: str, rank: Rank) -> list[str] | None:
    start = min((position for position in map(text.find, "{[(") if position >= 0), default=-1)
    if start < 0:
        return None
    ranked = [
        (rank(name_words(match[1] or match[2])), match[3] if match[3] is not None else match[4])
        for match in _LOOSE_FIELD.finditer(text, start)
    ]
    best = max((fit for fit, _ in ranked), default=0)
    return [value for fit, value in ranked if fit == best] if best else None
