"""A probing's folder: one process writes to it, and each record is whole or not there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from amarathon.errors import RunError, first_fault
from amarathon.files import write_atomically
from amarathon.probes.records import PROBE_SCHEMA_VERSION, ProbeHeader, ProbeRecord, ProbeSummary
from amarathon.runs.folder import held

T = TypeVar("T", bound=BaseModel)
HEADER_FILE, RECORDS_FILE, SUMMARY_FILE = "probe.json", "probes.jsonl", "probes-summary.json"


class ProbeFolder:
    """A folder that only this process writes to; made by `writing`.

    Attributes
    ----------
    path : Path
    header : ProbeHeader or None
    records : list of ProbeRecord
    """

    def __init__(self, path: Path):
        self.path = path
        self.header: ProbeHeader | None = None
        self.records: list[ProbeRecord] = []
        if (path / HEADER_FILE).exists():
            self.header, self.records = read_probing(path)
        elif strange := sorted(entry.name for entry in path.iterdir() if not entry.name.startswith(".")):
            raise RunError(f"{path} has no {HEADER_FILE} but holds {strange[0]}; choose an empty folder.")

    def write_header(self, header: ProbeHeader) -> None:
        """Write ``probe.json`` in one step."""
        write_atomically(self.path / HEADER_FILE, header.model_dump_json(indent=1) + "\n")
        self.header = header

    def add(self, records: list[ProbeRecord]) -> None:
        """Add records: a reader, or a crash, finds all of them or none."""
        self.records += records
        lines = (record.model_dump_json() + "\n" for record in self.records)
        write_atomically(self.path / RECORDS_FILE, "".join(lines))

    def write_summary(self, summary: ProbeSummary) -> None:
        """Write ``probes-summary.json`` in one step."""
        write_atomically(self.path / SUMMARY_FILE, summary.model_dump_json(indent=1) + "\n")


@contextmanager
def writing(path: Path) -> Iterator[ProbeFolder]:
    """Hold a folder for writing, made if it is not there; the system releases it however the process ends.

    Raises
    ------
    RunError
        Another process writes to it, it holds something else, or it cannot be written.
    """
    with held(path):
        yield ProbeFolder(path)


def read_probing(path: Path) -> tuple[ProbeHeader, list[ProbeRecord]]:
    """Read a folder back.

    Raises
    ------
    RunError
        Naming what cannot be read, or was written by a newer program.
    """
    header = _read(ProbeHeader, path, HEADER_FILE, (path / HEADER_FILE))
    if header.schema_version > PROBE_SCHEMA_VERSION:
        raise RunError(
            f"{path} was written by a newer version of this program: update it to read the folder."
        )
    records_path = path / RECORDS_FILE
    if not records_path.exists():
        return header, []
    return header, [
        _parsed(ProbeRecord, line, f"{path.name}/{RECORDS_FILE}, line {number},")
        for number, line in enumerate(_content(records_path).splitlines(), start=1)
    ]


def read_summary(path: Path) -> ProbeSummary:
    """Read a folder's summary; the same errors."""
    return _read(ProbeSummary, path, SUMMARY_FILE, path / SUMMARY_FILE)


def _read(kind: type[T], folder: Path, name: str, path: Path) -> T:
    return _parsed(kind, _content(path), f"{folder.name}/{name}")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RunError(f"{path.parent.name}/{path.name} cannot be read: {error.strerror}.") from error


def _parsed(kind: type[T], content: bytes, where: str) -> T:
    try:
        return kind.model_validate_json(content)
    except ValidationError as error:
        raise RunError(f"{where} is damaged: {first_fault(error)}.") from error
