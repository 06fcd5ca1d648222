"""Submissions as people make them, and as others do: zip files from a run with known answers."""

import io
import json
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.leaderboard.run_folders import write_run

DATASET = "cd" * 32
MODEL, RUN_ID = "org/bold-model", "bold-1"
Lines = list[dict[str, Any]]


def known_runs(folder: Path) -> Path:
    """A runs folder with one measured run, by which its dataset is known."""
    write_run(folder, "measured", dataset="known", sha256=DATASET)
    return folder


class Pack:
    """A submission that a test may spoil before it is packed.

    Attributes
    ----------
    header : dict
        ``run.json``.
    lines : list of dict
        Records.
    """

    def __init__(self, folder: Path, right: int = 10, run_id: str = RUN_ID, model: str = MODEL):
        run = write_run(
            folder, run_id, model=model, dataset="known", sha256=DATASET, right=right, summed_up=False
        )
        self.header = json.loads((run / "run.json").read_text()) | {"run_id": run_id}
        self.lines: Lines = [
            json.loads(line) for line in (run / "predictions.jsonl").read_text().splitlines()
        ]

    def records(self) -> bytes:
        """The lines, as they stand in the file."""
        return "".join(json.dumps(line) + "\n" for line in self.lines).encode()

    def files(self) -> dict[str, bytes]:
        """The files of the packed run."""
        return {
            "run.json": json.dumps(self.header).encode(),
            "predictions.jsonl.xz": lzma.compress(self.records()),
        }

    def zip(self) -> bytes:
        """The submission."""
        return zipped(self.files())


def zipped(
    files: dict[str, bytes], change: Callable[[zipfile.ZipInfo], None] | None = None, **options: Any
) -> bytes:
    """A zip file; `change` spoils each entry."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", **options) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = options.get("compression", zipfile.ZIP_STORED)
            if change is not None:
                change(entry)
            archive.writestr(entry, content)
    return out.getvalue()
