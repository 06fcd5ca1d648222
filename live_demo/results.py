"""What the page shows of a comparison: everything is read back from the run that was written."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import jiwer

from amarathon.compression import METHODS, Configuration
from amarathon.compression.configuration import VANILLA
from amarathon.errors import ConfigurationError, RunError
from amarathon.metrics.transcripts import count_word_errors, spoken_content, whisper_normalise
from amarathon.runs import Run, read_run
from amarathon.runs.records import Prediction
from amarathon.tasks.sample import OPTION_LETTERS
from live_demo.comparison import COMPARISON_FILE, KEPT_FILE, ComparisonRecord, KeptRecord
from live_demo.errors import GoneError
from web.spreadsheets import safe_cell

# Equal words, words of vanilla's reply that are missing, words that are new.
Difference = tuple[Literal["equal", "missing", "new"], str]


@dataclass(frozen=True)
class ConfigurationFigures:
    """One configuration's figures; what is not known is `None`.

    Attributes
    ----------
    configuration : str
    title : str
        Its methods' names.
    stages : list of str
        Where it acts: ``"before"``, ``"prune"``, ``"evict"``; empty for vanilla.
    offers_options : bool
        The question has options, so a reply is read for one of them.
    reply : str
    answer : str or None
        The letter of the option that the reply means.
    answer_text : str or None
    correct : bool or None
        Where the right answer is known.
    word_accuracy : float or None
        WAR against the right transcript, 0 to 1, where that is known.
    agreement : float or None
        With vanilla's reply: 1 or 0 for the same or another option; else WAR with vanilla's reply
        as the reference, 0 to 1.
    same_reply : bool or None
    differences : list of Difference
        Word by word against vanilla's reply.
    audio_tokens, kept_tokens, new_tokens : int or None
    cut_off : bool
        The reply reached the longest length.
    encoder_s, prefill_s, first_token_s, decode_s : float or None
    shared : bool
        Parts of the times were shared between configurations.
    prefill_speedup, first_token_speedup : float or None
        Vanilla's time divided by this one's.
    peak_bytes, cache_bytes : int or None
    cache_share : float or None
        Of vanilla's cache.
    audible : bool
        Pruning kept spans that can be listened to.
    error : str or None
    """

    configuration: str
    title: str
    stages: list[str]
    offers_options: bool
    reply: str
    answer: str | None
    answer_text: str | None
    correct: bool | None
    word_accuracy: float | None
    agreement: float | None
    same_reply: bool | None
    differences: list[Difference]
    audio_tokens: int | None
    kept_tokens: int | None
    new_tokens: int | None
    cut_off: bool
    encoder_s: float | None
    prefill_s: float | None
    first_token_s: float | None
    decode_s: float | None
    shared: bool
    prefill_speedup: float | None
    first_token_speedup: float | None
    peak_bytes: int | None
    cache_bytes: int | None
    cache_share: float | None
    audible: bool
    error: str | None


class ComparisonResults:
    """A comparison as it lies on the disk, finished or not.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    GoneError
        If it was not begun.
    """

    def __init__(self, folder: Path):
        try:
            self.run: Run = read_run(folder)
            content = (folder / COMPARISON_FILE).read_bytes()
        except (RunError, FileNotFoundError):
            raise GoneError("This comparison has no results.") from None
        self.folder = folder
        self.comparison = ComparisonRecord.model_validate_json(content)

    @property
    def predictions(self) -> list[Prediction]:
        """The records, one for each configuration that is done, in the order of the question."""
        order = self.run.header.configurations
        return sorted(self.run.predictions(), key=lambda record: order.index(record.configuration))

    def rows(self) -> list[ConfigurationFigures]:
        """Figures of every configuration that is done."""
        predictions = self.predictions
        done = (record for record in predictions if record.configuration == VANILLA and not record.error)
        vanilla = next(done, None)
        longest = self.comparison.ask.max_new_tokens
        return [_row(prediction, vanilla, longest) for prediction in predictions]

    def kept(self, configuration: str) -> KeptRecord:
        """What a configuration kept of the audio.

        Raises
        ------
        GoneError
        """
        for record in self._kept_records():
            if record.configuration == configuration:
                return record
        raise GoneError(f"There is no answer under {configuration} in this comparison.")

    def document(self) -> dict[str, Any]:
        """Everything, for a download: the records as they were written and what follows from them."""
        return {
            "comparison": self.comparison.model_dump(mode="json"),
            "run": self.run.header.model_dump(mode="json"),
            "predictions": [prediction.model_dump(mode="json") for prediction in self.predictions],
            "kept": [record.model_dump(mode="json") for record in self._kept_records()],
            "figures": [asdict(row) for row in self.rows()],
        }

    def table(self) -> str:
        """Figures as CSV, one line for each configuration."""
        header, recording = self.run.header, self.comparison.recording
        fixed = {
            "comparison": self.comparison.id,
            "model": header.model.name,
            "model_revision": header.model.revision,
            "model_notice": header.model.notice or "",
            "hardware": header.hardware.get("gpu") or header.hardware.get("cpu", ""),
            "recording_sha256": recording.sha256,
            "duration_s": recording.duration_s,
            "task": self.comparison.ask.task,
            "seed": header.seed,
        }
        out = io.StringIO()
        writer: csv.DictWriter[str] | None = None
        for row in self.rows():
            fields = {name: value for name, value in asdict(row).items() if name != "differences"}
            fields["stages"] = "+".join(row.stages)
            line = {name: safe_cell(value) for name, value in {**fixed, **fields}.items()}
            if writer is None:
                writer = csv.DictWriter(out, list(line))
                writer.writeheader()
            writer.writerow(line)
        return out.getvalue()

    def _kept_records(self) -> list[KeptRecord]:
        path = self.folder / KEPT_FILE
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.is_file() else []
        return [KeptRecord.model_validate_json(line) for line in lines if line.endswith("\n")]


def _row(prediction: Prediction, vanilla: Prediction | None, longest: int) -> ConfigurationFigures:
    timings = prediction.timings
    index = prediction.answer_read
    parsed = _parsed(prediction.configuration)
    stages = [step.stage for step in parsed.steps]
    compared = vanilla is not None and prediction.error is None
    base = vanilla if compared else None
    return ConfigurationFigures(
        configuration=prediction.configuration,
        title=" + ".join(step.label for step in parsed.steps) or "Vanilla",
        stages=list(stages),
        offers_options=bool(prediction.options),
        reply=prediction.reply,
        answer=None if index is None else OPTION_LETTERS[index],
        answer_text=None if index is None else prediction.options[index],
        correct=prediction.correct if prediction.answer is not None else None,
        word_accuracy=_against_reference(prediction),
        agreement=_agreement(prediction, base),
        same_reply=prediction.reply == base.reply if base else None,
        differences=_differences(base.reply, prediction.reply) if base else [],
        audio_tokens=prediction.audio_tokens,
        kept_tokens=prediction.kept_tokens,
        new_tokens=prediction.new_tokens,
        cut_off=prediction.new_tokens == longest,
        encoder_s=timings.encoder_s,
        prefill_s=timings.prefill_s,
        first_token_s=timings.first_token_s,
        decode_s=timings.decode_s,
        shared=timings.shared,
        prefill_speedup=_ratio(base.timings.prefill_s, timings.prefill_s) if base else None,
        first_token_speedup=_ratio(base.timings.first_token_s, timings.first_token_s) if base else None,
        peak_bytes=prediction.peak_bytes,
        cache_bytes=prediction.cache_bytes,
        cache_share=_ratio(prediction.cache_bytes, base.cache_bytes) if base else None,
        audible="prune" in stages and prediction.error is None,
        error=prediction.error,
    )


def _parsed(name: str) -> Configuration:
    try:
        return Configuration.parse(name)
    except ConfigurationError:
        # A method that this version no longer has; its figures still stand.
        return Configuration()


def _ratio(above: float | None, below: float | None) -> float | None:
    return above / below if above is not None and below else None


def _agreement(prediction: Prediction, vanilla: Prediction | None) -> float | None:
    if vanilla is None:
        return None
    if prediction.options:
        # Two replies without an option do not agree on one.
        return None if vanilla.answer_read is None else float(prediction.answer_read == vanilla.answer_read)
    return _word_accuracy(vanilla.reply, prediction.reply)


def _against_reference(prediction: Prediction) -> float | None:
    if prediction.reference is None or prediction.error is not None:
        return None
    return _word_accuracy(prediction.reference, prediction.reply)


def _word_accuracy(reference: str, reply: str) -> float | None:
    """WAR of a reply, 0 to 1, as `amarathon.metrics` takes it under the strict protocol."""
    errors = count_word_errors(*(whisper_normalise(spoken_content(text)) for text in (reference, reply)))
    return max(0.0, 1.0 - errors.edits / errors.reference_words) if errors.reference_words else None


def _differences(reference: str, reply: str) -> list[Difference]:
    """Align two replies word by word.

    The words of a substitution are first missing and then new.
    """
    old, new = reference.split(), reply.split()
    if old == new:
        return _piece("equal", old)
    if not old or not new:
        return [*_piece("missing", old), *_piece("new", new)]
    aligned = jiwer.process_words(" ".join(old), " ".join(new)).alignments[0]
    pieces: list[Difference] = []
    for chunk in aligned:
        before = old[chunk.ref_start_idx : chunk.ref_end_idx]
        after = new[chunk.hyp_start_idx : chunk.hyp_end_idx]
        if chunk.type == "equal":
            pieces += _piece("equal", before)
        else:
            pieces += [*_piece("missing", before), *_piece("new", after)]
    return pieces


def _piece(kind: Literal["equal", "missing", "new"], words: Sequence[str]) -> list[Difference]:
    return [(kind, " ".join(words))] if words else []


def method_list() -> list[Mapping[str, Any]]:
    """Every method as the page offers it."""
    return [
        {
            "name": method.name,
            "title": method.title,
            "stage": method.stage,
            "paper": method.paper,
            "kind": method.amount_kind,
            "randomised": method.randomised,
        }
        for method in METHODS.values()
    ]
