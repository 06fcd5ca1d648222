"""Writing a run folder: one process at a time, and nothing acknowledged is lost."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout

from amarathon.errors import RunError
from amarathon.files import sync_folder, write_atomically
from amarathon.runs.reading import (
    HEADER_FILE,
    PACKED_FILE,
    PREDICTIONS_FILE,
    Key,
    check_line,
    read_header,
    read_lines,
)
from amarathon.runs.records import Prediction, RunHeader

LOCK_FILE = ".lock"


@contextmanager
def writing(path: Path) -> Iterator["RunFolder"]:
    """Hold a run folder for writing, made if it is not there.

    The operating system releases the lock when the process ends, however it ends.

    Raises
    ------
    RunError
        If another process writes to it, it holds something else, or it cannot be written.
    """
    with held(path):
        folder = RunFolder(path)
        try:
            yield folder
        finally:
            folder.close()


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Make a folder and keep other processes from writing to it; the system lets go however this one ends.

    Raises
    ------
    RunError
        If another process writes to it, or it cannot be written.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        sync_folder(path.parent)
        lock = FileLock(path / LOCK_FILE, timeout=0)
        lock.acquire()
    except Timeout:
        raise RunError(f"Another process is writing to {path}; wait until it ends, or stop it.") from None
    except OSError as error:
        raise RunError(f"{path} cannot be written: {error.strerror}.") from error
    try:
        yield
    finally:
        lock.release()


class RunFolder:
    """A run folder that only this process writes to; made by `writing`.

    Attributes
    ----------
    path : Path
    header : RunHeader or None
        `None` until `write_header`, in a folder without a run.
    """

    def __init__(self, path: Path):
        self.path = path
        self.header: RunHeader | None = None
        self._predictions: FileIO | None = None
        if (path / HEADER_FILE).exists():
            self.header = read_header(path)
        elif strange := sorted(entry.name for entry in path.iterdir() if not entry.name.startswith(".")):
            raise RunError(f"{path} has no {HEADER_FILE} but holds {strange[0]}; choose an empty folder.")

    def write_header(self, header: RunHeader) -> None:
        """Write ``run.json``, durably, in one step."""
        write_atomically(self.path / HEADER_FILE, header.model_dump_json(indent=2) + "\n")
        self.header = header

    def recover(self) -> dict[Key, bool]:
        """Cut off a line that a crash left unfinished, and list what is there.

        Returns
        -------
        dict
            Record key to whether it was answered (`False` for a failed one).

        Raises
        ------
        RunError
            Naming a line that is damaged; nothing is changed then.
        """
        if self.header is None:
            return {}
        found: dict[Key, bool] = {}
        for number, prediction in read_lines(self.path):
            check_line(self.header, number, prediction, answered=found.get(prediction.key, False))
            found[prediction.key] = prediction.error is None
        self._cut_unfinished_line()
        return found

    def append(self, prediction: Prediction) -> None:
        """Add one line; it is on the disk when this returns.

        Raises
        ------
        RunError
            If the disk refuses; what was written before stays.
        """
        line = prediction.model_dump_json().encode() + b"\n"
        try:
            file = self._open_predictions()
            # A full disk takes a part of the line without a word, and refuses only the rest.
            while line:
                line = line[file.write(line) :]
            os.fsync(file.fileno())
        except OSError as error:
            raise RunError(
                f"{self.path}/{PREDICTIONS_FILE} cannot be written: {error.strerror}; "
                "what was written before is kept."
            ) from error

    def close(self) -> None:
        """Close the predictions file, if it was opened."""
        if self._predictions is not None:
            self._predictions.close()
            self._predictions = None

    def _open_predictions(self) -> FileIO:
        if self._predictions is None:
            if (self.path / PACKED_FILE).exists():
                raise RunError(f"{self.path} holds a packed run; it is finished.")
            # Unbuffered: a line is written by the call that appends it, not by one that comes later.
            self._predictions = (self.path / PREDICTIONS_FILE).open("ab", buffering=0)
            sync_folder(self.path)
        return self._predictions

    def _cut_unfinished_line(self) -> None:
        path = self.path / PREDICTIONS_FILE
        if not path.exists():
            return
        try:
            with path.open("r+b") as file:
                end = _end_of_last_line(file)
                if end != file.seek(0, os.SEEK_END):
                    file.truncate(end)
                    os.fsync(file.fileno())
        except OSError as error:
            raise RunError(f"{path} cannot be written: {error.strerror}.") from error


def _end_of_last_line(file: BinaryIO, block: int = 1 << 16) -> int:
    """The offset behind the last newline; 0 where there is none."""
    position = file.seek(0, os.SEEK_END)
    while position:
        start = max(0, position - block)
        file.seek(start)
        newline = file.read(position - start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        position = start
    return 0
