"""File names that a dataset states: relative, inside it, with forward slashes."""

import re

from amarathon.errors import DatasetError

_DRIVE = re.compile(r"[A-Za-z]:")


def relative_name(stated: str) -> str:
    """A stated file name as a clean relative path with forward slashes.

    Backslashes count as separators, as metadata written on Windows has them. The check is on the
    name alone: a symbolic link inside a dataset may lead out of it, as in the Hub's own cache,
    where every file is one.

    Raises
    ------
    DatasetError
        The name is empty or absolute, or steps out of the dataset.
    """
    name = _clean(stated)
    while (cleaner := _clean(name)) != name:
        name = cleaner
    if "\0" in name:
        raise DatasetError("The name of its audio file has a zero byte in it.")
    if stated.strip().startswith(("/", "\\")) or _DRIVE.match(name):
        raise DatasetError("The path of its audio file is absolute.")
    if not name:
        raise DatasetError("It names no audio file.")
    if ".." in name.split("/"):
        raise DatasetError("The path of its audio file leads out of the dataset.")
    return name


def _clean(name: str) -> str:
    parts = name.strip().replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in ("", "."))
