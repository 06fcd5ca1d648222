"""A submission's answers against a known dataset: what is kept of them is written as a packed run.

Of a submitted record only the reply counts, with the order in which options were shown, and what was
measured while answering. Questions, right answers, sources and durations are taken from the dataset as it
is known here; how a reply is read and whether it is right is decided anew.
"""

import lzma
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from amarathon.answers import read_answer
from amarathon.files import replacing, write_atomically
from amarathon.runs.reading import HEADER_FILE, PACKED_FILE, PREDICTIONS_FILE
from amarathon.runs.records import Prediction, RunHeader
from leaderboard.submissions.archive import Archive, opened
from leaderboard.submissions.errors import SubmissionError
from leaderboard.submissions.headers import accepted_header, check_time, read_header, unknown_dataset
from leaderboard.submissions.known import KnownDataset, find_dataset, known_datasets
from leaderboard.submissions.limits import LARGEST_NUMBER, LONGEST_REPLY
from leaderboard.submissions.texts import check_text

# More retries of one answer than any honest run has.
MOST_LINES_EACH = 10
PRESET = 6
SEED = re.compile(r"-?[0-9]{1,19}")


def examine(file: Path, to: Path, roots: Sequence[Path], reference: list[str]) -> RunHeader:
    """Check a submission's zip file and write what is kept of it, a packed run without scores.

    Parameters
    ----------
    file : Path
    to : Path
        An empty folder.
    roots : sequence of Path
        Folders of the runs whose datasets are known.
    reference : list of str
        Hashes of the paper's dataset.

    Raises
    ------
    SubmissionError
        One sentence about the first thing that is wrong.
    """
    with opened(file) as archive:
        header = read_header(archive.header())
        if header.repeats > 1:
            raise SubmissionError("A submitted run asks each question once; this one repeats them.")
        known = find_dataset(roots, header.dataset.sha256)
        if known is None:
            raise SubmissionError(unknown_dataset(header.dataset, known_datasets(roots), reference))
        kept = accepted_header(header, known.record)
        with replacing(to / PACKED_FILE) as path, lzma.open(path, "wb", preset=PRESET) as records:
            for prediction in _checked(archive, kept, known):
                records.write(prediction.model_dump_json().encode() + b"\n")
    write_atomically(to / HEADER_FILE, kept.model_dump_json(indent=2) + "\n")
    return kept


def _checked(archive: Archive, header: RunHeader, known: KnownDataset) -> Iterator[Prediction]:
    """Every answer once, as it is kept."""
    planned = known.record.count * len(header.configurations)
    answered: set[tuple[str, str, str]] = set()
    failed: dict[tuple[str, str, str], str] = {}
    for number, prediction in _read(archive.lines(), MOST_LINES_EACH * planned):
        where = f"{PREDICTIONS_FILE}, line {number}"
        sample = known.samples.get((prediction.task, prediction.sample_id))
        if sample is None:
            raise SubmissionError(f"{where} answers a sample that {known.record.name} does not have.")
        if prediction.configuration not in header.configurations:
            raise SubmissionError(f"{where} is of a configuration that {HEADER_FILE} does not list.")
        key = (prediction.task, prediction.sample_id, prediction.configuration)
        if key in answered:
            raise SubmissionError(f"{where} answers {_named(key)} a second time.")
        if prediction.error is not None:
            failed[key] = where
            continue
        answered.add(key)
        failed.pop(key, None)
        yield _kept(prediction, sample, where)
    if failed:
        key, where = next(iter(failed.items()))
        again = "`amarathon evaluate --retry-failed` asks again"
        raise SubmissionError(f"{_named(key)} failed ({where}): {again}.")
    if len(answered) != planned:
        raise SubmissionError(_missing(answered, header, known))


def _read(lines: Iterable[bytes], most: int) -> Iterator[tuple[int, Prediction]]:
    for number, line in enumerate(lines, start=1):
        if number > most:
            raise SubmissionError(f"{PREDICTIONS_FILE} has more lines than the run can have answers.")
        try:
            yield number, Prediction.model_validate_json(line)
        except ValidationError as error:
            fault = error.errors()[0]
            # Names of fields alone: what stands in them may be anything, and as long as it likes.
            fields = ".".join(str(part) for part in fault["loc"] if part in Prediction.model_fields)
            what = f"{fields}: " if fields else ""
            raise SubmissionError(
                f"{PREDICTIONS_FILE}, line {number}, cannot be read: {what}{fault['type'].replace('_', ' ')}."
            ) from None


def _kept(prediction: Prediction, sample: Prediction, where: str) -> Prediction:
    claimed = (prediction.options, prediction.labels, prediction.answer, prediction.reference)
    if claimed != (sample.options, sample.labels, sample.answer, sample.reference):
        raise SubmissionError(f"{where}: the question or its right answer is not the dataset's.")
    check_text(prediction.reply, f"{where}: the reply", LONGEST_REPLY)
    check_time(prediction.at, where)
    order = prediction.order or list(range(len(sample.options)))
    if sorted(order) != list(range(len(sample.options))):
        raise SubmissionError(f"{where}: the order does not fit the options.")
    shown = read_answer(prediction.reply, [sample.options[index] for index in order]) if order else None
    read = None if shown is None else order[shown]
    return sample.model_copy(
        update={
            **_measured(prediction, where),
            "configuration": prediction.configuration,
            # Runs hold each answer once: the seed of a random method is in the header.
            "repeat": _repeat(prediction, where),
            "order": order,
            "reply": prediction.reply,
            "answer_read": read,
            "correct": None if sample.answer is None else read == sample.answer,
            "error": None,
            "at": prediction.at,
        }
    )


def _measured(prediction: Prediction, where: str) -> dict[str, object]:
    """What was measured while the reply came; kept as told, and ranked nowhere."""
    timings = prediction.timings
    numbers = (
        *(prediction.audio_tokens, prediction.kept_tokens, prediction.new_tokens),
        *(prediction.peak_bytes, prediction.cache_bytes),
        *(timings.encoder_s, timings.prefill_s, timings.first_token_s, timings.decode_s),
        prediction.duration_s,
    )
    for number in numbers:
        if number is not None and not (math.isfinite(number) and 0 <= number <= LARGEST_NUMBER):
            raise SubmissionError(f"{where} holds a measurement that is none: NaN, negative or too large.")
    names = ("audio_tokens", "kept_tokens", "new_tokens", "peak_bytes", "cache_bytes", "timings")
    return {name: getattr(prediction, name) for name in names} | {"audio_warnings": None}


def _repeat(prediction: Prediction, where: str) -> str:
    if not SEED.fullmatch(prediction.repeat):
        raise SubmissionError(f"{where}: the repeat is no seed.")
    return prediction.repeat


def _missing(answered: set[tuple[str, str, str]], header: RunHeader, known: KnownDataset) -> str:
    planned = len(known.samples) * len(header.configurations)
    first = next(
        key
        for task, sample in known.samples
        for configuration in header.configurations
        if (key := (task, sample, configuration)) not in answered
    )
    return f"{len(answered)} of {planned} answers are there; {_named(first)} is missing."


def _named(key: tuple[str, str, str]) -> str:
    """An answer's name; its parts are the dataset's and the header's, which were checked."""
    task, sample, configuration = key
    return f"{sample} ({task}) under {configuration}"
