"""What an import has done so far: a line for each row, on the disk before the next row is read."""

import json
import os
from pathlib import Path
from types import TracebackType
from typing import Any

from pydantic import ValidationError

from amarathon.datasets.folder import Attribution, FolderRecord
from amarathon.datasets.paths import PathResolver
from amarathon.errors import DatasetError
from amarathon.tasks.sample import Exclusion, Sample

JOURNAL_FILE = "import.part.jsonl"


class Journal:
    """The rows of an import that are done; kept in its folder until it is complete.

    A line that a crash cut is dropped, and so is a sample whose recording is gone: both rows are read again.

    Parameters
    ----------
    folder : Path
        The dataset's.
    """

    def __init__(self, folder: Path):
        self._path, self._resolver = folder / JOURNAL_FILE, PathResolver(folder)
        self._rows: dict[tuple[int, int], Sample | Exclusion] = {}

    def __enter__(self) -> "Journal":
        if self._path.is_file():
            content = self._path.read_bytes()
            whole = content[: content.rfind(b"\n") + 1]
            for line in whole.splitlines():
                self._take(line)
            with self._path.open("r+b") as file:
                file.truncate(len(whole))
        self._file = self._path.open("ab")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    @property
    def usable(self) -> int:
        """Samples so far."""
        return sum(isinstance(found, Sample) for found in self._rows.values())

    def has(self, table: int, row: int) -> bool:
        """Whether a row is done."""
        return (table, row) in self._rows

    def append(self, table: int, row: int, found: Sample | Exclusion) -> None:
        """Note a row."""
        self._rows[table, row] = found
        fields: dict[str, Any] = {"table": table, "row": row}
        if isinstance(found, Sample):
            sha256 = found.audio.sha256 or ""
            fields["sample"] = FolderRecord.of(found, Attribution(), sha256).model_dump()
        else:
            fields["left_out"] = [found.record, found.reason]
        self._file.write(json.dumps(fields).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def samples(self) -> list[Sample]:
        """Every sample, in the tables' order."""
        return [found for _, found in sorted(self._rows.items()) if isinstance(found, Sample)]

    def left_out(self) -> list[Exclusion]:
        """Every row that is none, in the tables' order."""
        return [found for _, found in sorted(self._rows.items()) if isinstance(found, Exclusion)]

    def remove(self) -> None:
        """Delete the file; the dataset says all now."""
        self._file.close()
        self._path.unlink()

    def _take(self, line: bytes) -> None:
        try:
            fields = json.loads(line)
            key = (int(fields["table"]), int(fields["row"]))
            if "sample" in fields:
                sample = FolderRecord.model_validate(fields["sample"]).sample(self._resolver)
                if sample.audio.path.is_file():
                    self._rows[key] = sample
            else:
                record, reason = fields["left_out"]
                self._rows[key] = Exclusion(str(record), str(reason))
        except (ValueError, KeyError, TypeError, ValidationError) as error:
            raise DatasetError(
                f"{JOURNAL_FILE} is damaged; delete the folder {self._path.parent.name} and import again."
            ) from error
