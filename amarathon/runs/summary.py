"""What can be derived from a run's records: ``summary.json``."""

import hashlib
from pathlib import Path

from pydantic import ValidationError

from amarathon.errors import RunError
from amarathon.files import write_atomically
from amarathon.metrics.breakdown import break_down
from amarathon.metrics.cells import Breakdown
from amarathon.runs.reading import PREDICTIONS_FILE, SUMMARY_FILE, Run, open_part, read_run
from amarathon.runs.records import PROTOCOL_VERSION, SCHEMA_VERSION, Record

# Bytes: a packed summary is small on disk, whatever comes out of it.
LARGEST = 1 << 26


class Summary(Record):
    """The scores of a run.

    Attributes
    ----------
    schema_version : int
    protocol_version : str
        What these scores were taken by.
    run_id : str
    predictions_sha256 : str
        Of ``predictions.jsonl``: a summary of other records is out of date.
    planned, answered, failed : int
        Answers asked for, given, and failed with an error. Failed ones are in no score.
    breakdowns : dict of str to Breakdown
        Each configuration's scores by both protocols, by task, slice and duration, with
        intervals, chance levels and the most frequent word errors.
    """

    schema_version: int = SCHEMA_VERSION
    protocol_version: str = PROTOCOL_VERSION
    run_id: str
    predictions_sha256: str
    planned: int
    answered: int
    failed: int
    breakdowns: dict[str, Breakdown]

    @property
    def complete(self) -> bool:
        """Whether every answer that was asked for has its record."""
        return self.answered + self.failed == self.planned


def summarise(folder: Path) -> Summary:
    """Derive a summary from ``run.json`` and ``predictions.jsonl`` alone.

    Raises
    ------
    RunError
        If one of them cannot be read, or the folder holds efficiency records instead.
    ScoreError
        If a record lacks what its task's score needs.
    """
    run = read_run(folder)
    if run.header.kind == "efficiency":
        raise RunError(f"{folder.name} holds efficiency records, no answers to score.")
    digest = predictions_sha256(folder)
    predictions = run.predictions()
    failed = sum(each.error is not None for each in predictions)
    rows: dict[str, list[dict[str, object]]] = {name: [] for name in run.header.configurations}
    for each in predictions:
        rows[each.configuration].append(each.model_dump())
    return Summary(
        run_id=run.header.run_id,
        predictions_sha256=digest,
        planned=_planned(run, len(predictions)),
        answered=len(predictions) - failed,
        failed=failed,
        breakdowns={name: break_down(own) for name, own in rows.items()},
    )


def summary_of(run: Run) -> Summary:
    """The stored summary where it belongs to the run's predictions, else a new one.

    Raises
    ------
    RunError
        If the predictions cannot be read.
    ScoreError
        If a record lacks what its task's score needs.
    """
    return read_summary(run.folder) or summarise(run.folder)


def read_summary(folder: Path) -> Summary | None:
    """The stored summary, or `None` where there is none or it is out of date."""
    try:
        with open_part(folder, SUMMARY_FILE) as file:
            stored = Summary.model_validate_json(file.read(LARGEST))
    except (OSError, RunError, ValidationError):
        return None
    current = (stored.schema_version, stored.protocol_version) == (SCHEMA_VERSION, PROTOCOL_VERSION)
    return stored if current and stored.predictions_sha256 == predictions_sha256(folder) else None


def write_summary(folder: Path, *, afresh: bool = False) -> Summary:
    """Bring ``summary.json`` up to date; `afresh` even where it seems to be.

    Raises
    ------
    RunError
        If the records cannot be read or the summary not be written.
    ScoreError
        If a record lacks what its task's score needs.
    """
    stored = None if afresh else read_summary(folder)
    if stored is not None:
        return stored
    summary = summarise(folder)
    write_atomically(folder / SUMMARY_FILE, summary.model_dump_json(indent=1) + "\n")
    return summary


def predictions_sha256(folder: Path) -> str:
    """SHA-256 of ``predictions.jsonl`` as it is now; of nothing, where it is not there yet."""
    try:
        with open_part(folder, PREDICTIONS_FILE) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return hashlib.sha256().hexdigest()


def _planned(run: Run, there: int) -> int:
    # How many people answer a sample is their study's affair: what is there is what was asked.
    return there if run.header.kind == "human" else run.header.dataset.count * len(run.header.configurations)
