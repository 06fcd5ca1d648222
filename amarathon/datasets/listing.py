"""A folder compared with a list of what should be in it: names and sizes, nothing is opened."""

import re
from collections.abc import Mapping
from pathlib import Path

from amarathon.datasets.metadata import read_text
from amarathon.errors import DatasetError
from amarathon.tasks.sample import Exclusion

ABSENT = "The file does not exist."
_LINE = re.compile(r"\s*(\d+)\s+(?:\./)?(\S.*?)\s*")


def read_listing(path: Path) -> dict[str, int]:
    r"""Bytes of every file by its path, from lines of a size and a path.

    ``find . -type f -printf '%s %P\n'`` writes them.

    Raises
    ------
    DatasetError
        If the file cannot be read, or a line is something else.
    """
    sizes: dict[str, int] = {}
    for number, line in enumerate(read_text(path).splitlines(), 1):
        if not line.strip():
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise DatasetError(f"{path.name}, line {number}: it has to be a size in bytes and a path.")
        sizes[found[2]] = int(found[1])
    if not sizes:
        raise DatasetError(f"{path.name} lists no file.")
    return sizes


def compare(folder: Path, sizes: Mapping[str, int]) -> list[Exclusion]:
    """The files of a listing that a folder lacks or has in another size, by path."""
    found = []
    for name, size in sorted(sizes.items()):
        path = folder / name
        if not path.is_file():
            found.append(Exclusion(name, ABSENT))
        elif path.stat().st_size != size:
            found.append(Exclusion(name, f"It has {path.stat().st_size} bytes, the listing says {size}."))
    return found
