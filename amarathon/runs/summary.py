"""What can be derived from a run's records: ``summary.json``."""

import hashlib
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ValidationError

from amarathon.errors import RunError
from amarathon.files import write_atomically
from amarathon.metrics.breakdown import break_down
from amarathon.metrics.cells import Breakdown
from amarathon.runs.membership import check_samples
from amarathon.runs.reading import (
    PACKED_FILE,
    PACKED_SUMMARY_FILE,
    PREDICTIONS_FILE,
    SUMMARY_FILE,
    Run,
    open_part,
    pack,
    read_run,
)
from amarathon.runs.records import PROTOCOL_VERSION, SCHEMA_VERSION, Record

# What scores are derived by: raised whenever the same answers would give another summary, so that none
# made before is taken for what is derived now. The bundled runs' summaries are made anew with it.
DERIVATION_VERSION = "3"
# Bytes: a packed summary is small on disk, whatever comes out of it.
LARGEST = 1 << 26


class Summary(Record):
    """The scores of a run.

    Attributes
    ----------
    schema_version : int
    protocol_version, derivation_version : str
        What these scores were taken by, and derived by.
    seal : str
        SHA-256 of everything but itself and the run's id: a summary that was changed by hand is none.
    run_id : str
    predictions_sha256 : str
        Of ``predictions.jsonl``: a summary of other records is out of date.
    planned, answered, failed : int
        Answers planned, answered, and failed with an error. Failed ones are in no score.
    breakdowns : dict of str to Breakdown
        Each configuration's scores by both protocols, by task, slice and duration, with
        intervals, chance levels and the most frequent word errors.
    """

    schema_version: int = SCHEMA_VERSION
    protocol_version: str = PROTOCOL_VERSION
    derivation_version: str = "1"
    seal: str = ""
    run_id: str
    predictions_sha256: str
    planned: int
    answered: int
    failed: int
    breakdowns: dict[str, Breakdown]

    def content_sha256(self) -> str:
        """What `seal` has to be."""
        return hashlib.sha256(self.model_dump_json(exclude={"seal", "run_id"}).encode()).hexdigest()

    @property
    def complete(self) -> bool:
        """Whether every planned answer has its record."""
        return self.answered + self.failed == self.planned


def summarise(folder: Path) -> Summary:
    """Derive a summary from ``run.json`` and ``predictions.jsonl`` alone.

    Raises
    ------
    RunError
        If one of them cannot be read, holds answers to samples that the dataset does not have, or the
        folder holds efficiency records instead.
    ScoreError
        If a record lacks what its task's score needs.
    """
    run = read_run(folder)
    if run.header.kind == "efficiency":
        raise RunError(f"{folder.name} holds efficiency records, no answers to score.")
    digest = predictions_sha256(folder)
    predictions = run.predictions()
    failed = sum(prediction.error is not None for prediction in predictions)
    rows: dict[str, list[dict[str, object]]] = {name: [] for name in run.header.configurations}
    for prediction in predictions:
        rows[prediction.configuration].append(prediction.model_dump())
    breakdowns = {name: break_down(own) for name, own in rows.items()}
    check_samples(run.header, predictions)
    summary = Summary(
        derivation_version=DERIVATION_VERSION,
        run_id=run.header.run_id,
        predictions_sha256=digest,
        planned=_planned(run, len(predictions)),
        answered=len(predictions) - failed,
        failed=failed,
        breakdowns=breakdowns,
    )
    return summary.model_copy(update={"seal": summary.content_sha256()})


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
    """The stored summary, or `None` where there is none that is known to be what the answers give."""
    found = find_summary(folder)
    return found if isinstance(found, Summary) else None


class SummaryFault(StrEnum):
    """Why a stored summary is not what a run's answers give."""

    MISSING = "It has no scores yet."
    DAMAGED = "Its summary is damaged or was changed by hand."
    OUTDATED = "Its scores are of another version of the program."
    OTHER_ANSWERS = "Its scores are not of the answers it holds."


def find_summary(folder: Path) -> Summary | SummaryFault:
    """The stored summary, or what is wrong with it.

    Raises
    ------
    RunError
        The predictions cannot be read.
    """
    try:
        with open_part(folder, SUMMARY_FILE) as file:
            content = file.read(LARGEST)
    except FileNotFoundError:
        return SummaryFault.MISSING
    except (OSError, RunError):
        return SummaryFault.DAMAGED
    try:
        versions = Versions.model_validate_json(content)
        if versions != Versions.now():
            return SummaryFault.OUTDATED
        stored = Summary.model_validate_json(content)
    except ValidationError:
        return SummaryFault.DAMAGED
    if stored.seal != stored.content_sha256():
        return SummaryFault.DAMAGED
    return stored if stored.predictions_sha256 == predictions_sha256(folder) else SummaryFault.OTHER_ANSWERS


class Versions(BaseModel):
    """What a summary says it was derived by; all else may look different in another version."""

    schema_version: int
    protocol_version: str
    derivation_version: str = "1"

    @classmethod
    def now(cls) -> "Versions":
        """Those of this program."""
        return cls(
            schema_version=SCHEMA_VERSION,
            protocol_version=PROTOCOL_VERSION,
            derivation_version=DERIVATION_VERSION,
        )


def write_summary(folder: Path, *, afresh: bool = False) -> Summary:
    """Bring ``summary.json`` up to date; `afresh` even where it seems to be.

    That of a packed run is written packed.

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
    content = (summary.model_dump_json(indent=1) + "\n").encode()
    if (folder / PACKED_FILE).exists() and not (folder / PREDICTIONS_FILE).exists():
        write_atomically(folder / PACKED_SUMMARY_FILE, pack(content))
        (folder / SUMMARY_FILE).unlink(missing_ok=True)
    else:
        write_atomically(folder / SUMMARY_FILE, content)
    return summary


def predictions_sha256(folder: Path) -> str:
    """SHA-256 of ``predictions.jsonl`` as it is now; of nothing, where it is not there yet."""
    try:
        with open_part(folder, PREDICTIONS_FILE) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return hashlib.sha256().hexdigest()


def _planned(run: Run, there: int) -> int:
    # How many people answer a sample is their study's affair: what is there is what was planned.
    if run.header.kind == "human":
        return there
    return run.header.dataset.count * len(run.header.configurations) * run.header.repeats
