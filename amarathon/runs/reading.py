"""Reading run folders back; torch is not needed for it.

A folder may be one that is still being written: an unfinished last line is not there yet.
"""

import lzma
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from amarathon.errors import RunError
from amarathon.errors import first_fault as first_fault
from amarathon.runs.records import SCHEMA_VERSION, SERVICE_SCHEMA_VERSION, Prediction, Record, RunHeader

AnyRecord = TypeVar("AnyRecord", bound=Record)

HEADER_FILE = "run.json"
PREDICTIONS_FILE = "predictions.jsonl"
SUMMARY_FILE = "summary.json"
# Instead of the former two, in a finished run that is kept or passed on.
PACKED_FILE, PACKED_SUMMARY_FILE = f"{PREDICTIONS_FILE}.xz", f"{SUMMARY_FILE}.xz"
# Bytes: a packed file is small on disk, whatever comes out of it.
LONGEST_LINE = 1 << 24

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Run:
    """A run as it lies in its folder.

    Attributes
    ----------
    folder : Path
    header : RunHeader
    """

    folder: Path
    header: RunHeader

    def predictions(self) -> list[Prediction]:
        """Every record that counts, in the order in which its key was first written.

        Raises
        ------
        RunError
            Naming the line that is damaged or contradicts another.
        """
        latest: dict[Key, Prediction] = {}
        for number, prediction in read_lines(self.folder):
            earlier = latest.get(prediction.key)
            answered = earlier is not None and earlier.error is None
            check_line(self.header, number, prediction, answered=answered)
            latest[prediction.key] = prediction
        return list(latest.values())


@dataclass(frozen=True)
class BrokenRun:
    """A folder that should be a run and cannot be read.

    Attributes
    ----------
    name : str
        The folder's name.
    reason : str
        One sentence.
    """

    name: str
    reason: str


def read_run(folder: Path) -> Run:
    """Open a run folder for reading.

    Raises
    ------
    RunError
        If the folder is not a run, or its header cannot be read.
    """
    return Run(folder, read_header(folder))


def find_runs(root: Path, left_out: AbstractSet[Path] = frozenset()) -> list[Run | BrokenRun]:
    """Every run directly inside a folder, sorted by name; folders that are no runs are passed over.

    Parameters
    ----------
    root : Path
    left_out : set of Path
        Folders that are not looked into.
    """
    if not root.is_dir():
        return []
    files = (HEADER_FILE, PREDICTIONS_FILE, PACKED_FILE, SUMMARY_FILE)
    folders = sorted(
        entry
        for entry in root.iterdir()
        if entry not in left_out and any((entry / name).exists() for name in files)
    )
    found: list[Run | BrokenRun] = []
    for folder in folders:
        try:
            found.append(read_run(folder))
        except RunError as error:
            found.append(BrokenRun(folder.name, str(error)))
    return found


def read_header(folder: Path) -> RunHeader:
    """Read ``run.json``.

    Raises
    ------
    RunError
        If it is missing, or not the header of a run.
    """
    path = folder / HEADER_FILE
    try:
        header = RunHeader.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise RunError(f"{folder.name} is not a run: it has no {HEADER_FILE}.") from None
    except OSError as error:
        raise RunError(f"{folder.name}/{HEADER_FILE} cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        raise RunError(f"{folder.name}/{HEADER_FILE} cannot be read: {first_fault(error)}.") from error
    if header.schema_version not in (SCHEMA_VERSION, SERVICE_SCHEMA_VERSION):
        raise RunError(
            f"{folder.name} has records of version {header.schema_version}; "
            f"this program reads versions {SCHEMA_VERSION} and {SERVICE_SCHEMA_VERSION}."
        )
    return header


@contextmanager
def open_part(folder: Path, name: str) -> Iterator[BufferedIOBase]:
    """``predictions.jsonl`` or ``summary.json`` as bytes, from its packed form where only that is there.

    Raises
    ------
    OSError
    RunError
        The packed form is damaged; perhaps only while it is read.
    """
    plain, packed = folder / name, folder / f"{name}.xz"
    try:
        with lzma.open(packed) if packed.exists() and not plain.exists() else plain.open("rb") as file:
            yield file
    except (lzma.LZMAError, EOFError) as error:
        raise RunError(f"{folder.name}/{packed.name} is damaged.") from error


def pack(content: bytes) -> bytes:
    """The packed form that `open_part` reads."""
    return lzma.compress(content, preset=9 | lzma.PRESET_EXTREME)


def read_lines(folder: Path, wanted: AbstractSet[int] | None = None) -> Iterator[tuple[int, Prediction]]:
    """Every whole line of ``predictions.jsonl`` with its number, from 1.

    Parameters
    ----------
    folder : Path
    wanted : set of int, optional
        Numbers of the lines to read; the others are passed over.

    Raises
    ------
    RunError
        Naming the line that cannot be read.
    """
    name = f"{folder.name}/{PREDICTIONS_FILE}"
    try:
        with open_part(folder, PREDICTIONS_FILE) as file:
            for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), start=1):
                if wanted is not None and number not in wanted:
                    continue
                if line.endswith(b"\n"):
                    yield number, _read_line(name, number, line)
                elif len(line) == LONGEST_LINE:
                    raise RunError(f"{name}, line {number}, is damaged: it is too long.")
    except FileNotFoundError:
        return
    except OSError as error:
        raise RunError(f"{name} cannot be read: {error.strerror}.") from error


def _read_line(name: str, number: int, line: bytes) -> Prediction:
    try:
        return Prediction.model_validate_json(line)
    except ValidationError as error:
        raise RunError(f"{name}, line {number}, is damaged: {first_fault(error)}.") from error


def read_records(folder: Path, name: str, kind: type[AnyRecord]) -> list[AnyRecord]:
    """Every line of a file of records; none, where there is no such file.

    Raises
    ------
    RunError
        Naming the line that cannot be read.
    """
    try:
        lines = (folder / name).read_bytes().splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise RunError(f"{folder.name}/{name} cannot be read: {error.strerror}.") from error
    records = []
    for number, line in enumerate(lines, start=1):
        try:
            records.append(kind.model_validate_json(line))
        except ValidationError as error:
            raise RunError(
                f"{folder.name}/{name}, line {number}, is damaged: {first_fault(error)}."
            ) from error
    return records


def check_line(header: RunHeader, number: int, prediction: Prediction, *, answered: bool) -> None:
    """Refuse a record that does not belong to its run, or whose key is `answered` by an earlier line.

    Raises
    ------
    RunError
    """
    where = f"{PREDICTIONS_FILE} of {header.run_id}, line {number}"
    if prediction.configuration not in header.configurations:
        raise RunError(f"{where}: {prediction.configuration} is no configuration of this run.")
    if answered:
        raise RunError(
            f"{where}: {prediction.sample_id} is answered under {prediction.configuration} a second time."
        )
