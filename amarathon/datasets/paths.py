"""File names that a dataset states: relative, inside it, with forward slashes."""

import os
import re
import unicodedata
from pathlib import Path

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


class PathResolver:
    """Files of a folder by the names that metadata states, however their accents are encoded.

    A name that was typed on one system and a file that was copied from another can differ in that
    alone: "é" is one character in NFC and two in NFD, which macOS writes.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self._listings: dict[Path, dict[str, list[str]]] = {}

    def find(self, name: str) -> Path:
        """The file of a relative name; the name as it stands where there is none, or more than one."""
        exact = self.folder / name
        if os.path.lexists(exact):
            return exact
        path = self.folder
        for part in name.split("/"):
            if not os.path.lexists(path / part):
                alike = self._listing(path).get(unicodedata.normalize("NFC", part), [])
                if len(alike) != 1:
                    return exact
                part = alike[0]
            path /= part
        return path

    def _listing(self, path: Path) -> dict[str, list[str]]:
        """The names in a folder by their NFC."""
        if path not in self._listings:
            names: dict[str, list[str]] = {}
            for file in path.iterdir() if path.is_dir() else ():
                names.setdefault(unicodedata.normalize("NFC", file.name), []).append(file.name)
            self._listings[path] = names
        return self._listings[path]


def _clean(name: str) -> str:
    parts = name.strip().replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in ("", "."))
