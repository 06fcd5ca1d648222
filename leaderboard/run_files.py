"""The files of run folders that rows and samples are read from."""

import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import product
from pathlib import Path

from amarathon.efficiency.records import EFFICIENCY_FILE
from amarathon.runs.reading import (
    HEADER_FILE,
    PACKED_FILE,
    PACKED_SUMMARY_FILE,
    PREDICTIONS_FILE,
    SUMMARY_FILE,
)

FILES = (HEADER_FILE, PREDICTIONS_FILE, PACKED_FILE, SUMMARY_FILE, PACKED_SUMMARY_FILE, EFFICIENCY_FILE)
Stamp = tuple[tuple[str, int, int], ...]


def odd_runs(runs: Path) -> Iterator[Path]:
    """Folders that hold a pipe or a device where a file should be: opening one may never end."""
    for name in FILES:
        for path in runs.glob(f"*/{name}"):
            with suppress(OSError):  # deleted meanwhile, or a link to nowhere
                if not stat.S_ISREG(path.stat().st_mode):
                    yield path.parent


def stamp_of_all(runs: Sequence[Path]) -> Stamp:
    """Names, times and sizes of all files in folders of runs."""
    return stamp_of([path for folder in runs if folder.is_dir() for path in sorted(folder.iterdir())])


def stamp_of(folders: Sequence[Path]) -> Stamp:
    """The same of some runs' folders."""
    found = []
    for folder, name in product(folders, FILES):
        path = folder / name
        try:
            status = path.stat()
        except OSError:  # not there, the run was deleted meanwhile, or a link leads nowhere
            continue
        found.append((str(path), status.st_mtime_ns, status.st_size))
    return tuple(found)
