"""What a submitted run says of itself: bounded, readable, and of a dataset that is known."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import ValidationError

from amarathon.compression import parse_configurations
from amarathon.errors import ConfigurationError, first_fault
from amarathon.runs.reading import HEADER_FILE
from amarathon.runs.records import PROTOCOL_VERSION, SCHEMA_VERSION, DatasetRecord, ModelRecord, RunHeader
from leaderboard.submissions.errors import SubmissionError
from leaderboard.submissions.limits import (
    LARGEST_NUMBER,
    LONGEST_TEXT,
    MOST_CONFIGURATIONS,
    MOST_RECORDS,
    MOST_TEXTS,
)
from leaderboard.submissions.texts import check_line, check_name

LONGEST_TIME = 40
DIGEST = 12


def read_header(content: bytes) -> RunHeader:
    """Read ``run.json`` and refuse what could not be shown.

    Raises
    ------
    SubmissionError
    """
    try:
        header = RunHeader.model_validate_json(content)
    except ValidationError as error:
        raise SubmissionError(f"{HEADER_FILE} cannot be read: {_fault(error)}.") from None
    if header.schema_version != SCHEMA_VERSION or header.protocol_version != PROTOCOL_VERSION:
        raise SubmissionError("The run was recorded by another version of the program: evaluate it again.")
    if header.kind != "model":
        raise SubmissionError("Only runs of models can be submitted.")
    _check_model(header.model)
    check_name(header.run_id, "The run's id")
    check_line(header.engine, "The engine's name")
    check_line(header.commit or "", "The commit")
    for what, texts in (("hardware", header.hardware), ("libraries", header.libraries)):
        _check_texts(what, texts)
    for number in (header.seed, header.model.parameters):
        if abs(number) > LARGEST_NUMBER:
            raise SubmissionError(f"{HEADER_FILE} holds a number that is too large.")
    for time in (header.created_at, header.finished_at):
        if time is not None:
            check_time(time, HEADER_FILE)
    return header


def accepted_header(header: RunHeader, dataset: DatasetRecord) -> RunHeader:
    """The header as it is kept: with the dataset as it is known here, and canonical configurations.

    Raises
    ------
    SubmissionError
    """
    names = header.configurations
    if len(names) > MOST_CONFIGURATIONS:
        raise SubmissionError(f"The run has more than {MOST_CONFIGURATIONS} configurations.")
    if dataset.count * len(names) > MOST_RECORDS:
        raise SubmissionError(f"The run has more than {MOST_RECORDS:,} answers: submit fewer configurations.")
    try:
        canonical = [configuration.name for configuration in parse_configurations(names)]
    except ConfigurationError as error:
        raise SubmissionError(f"The run's configurations cannot be used: {error}") from None
    if canonical != names:
        raise SubmissionError("The run's configurations are not written in their canonical form.")
    return header.model_copy(update={"dataset": dataset, "continued": []})


def unknown_dataset(claimed: DatasetRecord, known: Mapping[str, DatasetRecord], reference: list[str]) -> str:
    """Why a dataset's runs are not taken, as a sentence that tells of which they are."""
    names = ", ".join(
        f"{record.name} ({record.count} samples, SHA-256 {sha256[:DIGEST]})"
        for sha256, record in sorted(known.items(), key=lambda pair: (pair[1].name, pair[0]))
    )
    shown = claimed.sha256[:DIGEST] if claimed.sha256.isalnum() else "unreadable"
    if claimed.sha256 in reference:
        return f"The right answers of the dataset {shown} are not on this server, so nothing can be scored."
    return f"The run's dataset, SHA-256 {shown}, is not known here; known are {names}."


def check_time(text: str, where: str) -> None:
    """Refuse what is no time.

    Raises
    ------
    SubmissionError
    """
    try:
        datetime.fromisoformat(text[: LONGEST_TIME + 1])
        fits = len(text) <= LONGEST_TIME
    except ValueError:
        fits = False
    if not fits:
        raise SubmissionError(f"{where} holds a time that is none.")


def _check_model(model: ModelRecord) -> None:
    check_name(model.name, "The model's name")
    for what in ("revision", "adapter", "dtype", "device", "attention"):
        check_line(getattr(model, what) or "", f"The model's {what}")
    check_line(model.notice or "", "The model's notice", LONGEST_TEXT)
    if model.parameters < 0:
        raise SubmissionError("The model has fewer than no parameters.")


def _check_texts(what: str, texts: Mapping[str, str]) -> None:
    if len(texts) > MOST_TEXTS:
        raise SubmissionError(f"The run's {what} has more than {MOST_TEXTS} entries.")
    for name, text in texts.items():
        check_line(name, f"The run's {what}")
        check_line(text, f"The run's {what}")


def _fault(error: ValidationError) -> str:
    """The first fault, in characters that a terminal shows too; what it names came from a stranger."""
    return first_fault(error)[:200].encode("unicode_escape").decode()
