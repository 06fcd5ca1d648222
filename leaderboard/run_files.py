"""The files of run folders that rows and samples are read from, and how one sees that they have changed."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path

from amarathon.efficiency.records import EFFICIENCY_FILE
from amarathon.psychoacoustics.records import CELLS_FILE
from amarathon.psychoacoustics.records import HEADER_FILE as BMLD_HEADER_FILE
from amarathon.runs.reading import (
    HEADER_FILE,
    PACKED_FILE,
    PACKED_SUMMARY_FILE,
    PREDICTIONS_FILE,
    SUMMARY_FILE,
)
from leaderboard.submissions.marks import MARK_FILE

FILES = (
    *(HEADER_FILE, PREDICTIONS_FILE, PACKED_FILE, SUMMARY_FILE, PACKED_SUMMARY_FILE, EFFICIENCY_FILE),
    *(MARK_FILE, BMLD_HEADER_FILE, CELLS_FILE),
)
# A folder with none of these is no run's.
OF_RUNS = frozenset(FILES) - {PACKED_SUMMARY_FILE, EFFICIENCY_FILE, MARK_FILE, CELLS_FILE}
# A run's own files: names, times, sizes and whether they are files.
FolderStamp = tuple[tuple[str, int, int, bool], ...]
Stamp = dict[Path, FolderStamp]


def stamp_of(*runs: Path) -> Stamp:
    """Every run's folder and its files as they are now, folder by folder, each by name."""
    return dict(chain.from_iterable(_stamps(folder) for folder in runs))


def has_only_files(files: FolderStamp) -> bool:
    """Whether none is a pipe, a device or a folder: opening one may never end."""
    return all(is_file for *_, is_file in files)


def _stamps(runs: Path) -> Iterator[tuple[Path, FolderStamp]]:
    for folder in sorted(runs.iterdir()) if runs.is_dir() else ():
        # No folder, or it was deleted meanwhile.
        with suppress(OSError), os.scandir(folder) as entries:
            files = tuple(sorted(chain.from_iterable(map(_file_stamp, entries))))
            if OF_RUNS.intersection(name for name, *_ in files):
                yield folder, files


def _file_stamp(entry: os.DirEntry[str]) -> FolderStamp:
    if entry.name in FILES:
        # It was deleted meanwhile, or a link leads nowhere.
        with suppress(OSError):
            status = entry.stat()
            return ((entry.name, status.st_mtime_ns, status.st_size, stat.S_ISREG(status.st_mode)),)
    return ()
