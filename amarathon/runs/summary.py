"""Sums of a run."""

from pathlib import Path
from amarathon.runs.records import Record


class Summary(Record):
    run_id: str


def summarise(folder: Path) -> Summary: ...
def read_summary(folder: Path) -> Summary | None: ...
def write_summary(folder: Path) -> Summary: ...
