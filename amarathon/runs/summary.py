"""What can be derived from a run's records: ``summary.json``."""

import hashlib
from pathlib import Path

from pydantic import Field, ValidationError

from amarathon.runs.folder import write_atomically
from amarathon.runs.reading import PREDICTIONS_FILE, SUMMARY_FILE, read_run
from amarathon.runs.records import PROTOCOL_VERSION, SCHEMA_VERSION, Record


class Summary(Record):
    """The sums of a run.

    Attributes
    ----------
    schema_version, protocol_version, run_id
        As in the run's header; the protocol is the one that these scores were taken by.
    predictions_sha256 : str
        Of ``predictions.jsonl``: a summary of other records is out of date.
    planned, answered, failed : int
        Answers asked for, given, and failed with an error.
    """

    schema_version: int = SCHEMA_VERSION
    protocol_version: str = PROTOCOL_VERSION
    run_id: str
    predictions_sha256: str
    planned: int
    answered: int
    failed: int
    scores: list[str] = Field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether every answer that was asked for has its record."""
        return self.answered + self.failed == self.planned


def summarise(folder: Path) -> Summary:
    """Derive a summary from ``run.json`` and ``predictions.jsonl`` alone.

    Raises
    ------
    RunError
        If one of them cannot be read.
    """
    run = read_run(folder)
    digest = _predictions_sha256(folder)
    predictions = run.predictions()
    failed = sum(each.error is not None for each in predictions)
    return Summary(
        run_id=run.header.run_id,
        predictions_sha256=digest,
        planned=run.header.dataset.count * len(run.header.configurations),
        answered=len(predictions) - failed,
        failed=failed,
    )


def read_summary(folder: Path) -> Summary | None:
    """The stored summary, or `None` where there is none or it belongs to other records."""
    try:
        stored = Summary.model_validate_json((folder / SUMMARY_FILE).read_bytes())
    except (OSError, ValidationError):
        return None
    current = (stored.schema_version, stored.protocol_version) == (SCHEMA_VERSION, PROTOCOL_VERSION)
    return stored if current and stored.predictions_sha256 == _predictions_sha256(folder) else None


def write_summary(folder: Path) -> Summary:
    """Bring ``summary.json`` up to date, if it is not."""
    stored = read_summary(folder)
    if stored is not None:
        return stored
    summary = summarise(folder)
    write_atomically(folder / SUMMARY_FILE, summary.model_dump_json(indent=1) + "\n")
    return summary


def _predictions_sha256(folder: Path) -> str:
    path = folder / PREDICTIONS_FILE
    if not path.exists():
        return hashlib.sha256().hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
