"""What an imported dataset says of itself: ``import.json`` beside its metadata."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from amarathon.datasets.metadata import read_text
from amarathon.errors import DatasetError, first_fault
from amarathon.tasks.sample import Exclusion

IMPORT_FILE = "import.json"


class _Noted(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TableNote(_Noted):
    """A table that was read, by its path in the source and its hash."""

    name: str
    sha256: str


class RowNote(_Noted):
    """A row that is no sample, and why."""

    record: str
    reason: str


class ImportNote(_Noted):
    """Where a dataset is from and how its rows were read.

    Attributes
    ----------
    schema_version : int
    benchmark, title, split, kind : str
        See `amarathon.datasets.imports.mapping.Benchmark`.
    mapping_sha256 : str
        Of all that the mapping declares.
    limit : int or None
        Most samples that were taken, in the tables' order.
    repository, commit : str or None
        Of the Hub, where the tables were downloaded.
    tables : tuple of TableNote
    state : {"broken off", "complete"}
    left_out : tuple of RowNote
    """

    schema_version: Literal[1] = 1
    benchmark: str
    title: str
    split: str
    kind: str
    mapping_sha256: str
    limit: int | None
    repository: str | None
    commit: str | None
    tables: tuple[TableNote, ...]
    state: Literal["broken off", "complete"] = "broken off"
    left_out: tuple[RowNote, ...] = ()

    @property
    def name(self) -> str:
        """What runs and pages call the dataset."""
        first = f", first {self.limit}" if self.limit else ""
        return f"{self.title}, {self.split}{first}"

    @property
    def exclusions(self) -> list[Exclusion]:
        """The rows that were left out."""
        return [Exclusion(row.record, row.reason) for row in self.left_out]


def read_note(folder: Path) -> ImportNote | None:
    """An imported dataset's note; `None` where the folder is no import.

    Raises
    ------
    DatasetError
        It is damaged.
    """
    path = folder / IMPORT_FILE
    if not path.is_file():
        return None
    try:
        return ImportNote.model_validate_json(read_text(path))
    except ValidationError as error:
        raise DatasetError(f"{IMPORT_FILE} is damaged: {first_fault(error, 'the file')}.") from error


def finished_note(folder: Path) -> ImportNote | None:
    """The same, of an import that is whole.

    Raises
    ------
    DatasetError
        It is damaged, or the import was broken off.
    """
    note = read_note(folder)
    if note is not None and note.state != "complete":
        raise DatasetError(f"The import into {folder.name} was broken off; the same command goes on with it.")
    return note
