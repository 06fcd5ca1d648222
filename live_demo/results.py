"""What the page shows of a comparison: everything is read back from the run that was written."""

import csv
import io
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from amarathon.compression.configuration import VANILLA
from amarathon.errors import RunError
from amarathon.models.families import FAMILIES
from amarathon.runs import Run, read_run
from amarathon.runs.records import Prediction, Record, TimingRecord
from live_demo.errors import GoneError
from live_demo.figures import Answered, ConfigurationFigures, figures_of
from live_demo.gold import Gold, GoldAnswers
from live_demo.records import (
    COMPARISON_FILE,
    KEPT_FILE,
    TIMINGS_FILE,
    ComparisonRecord,
    KeptRecord,
    TimingLine,
)
from web.spreadsheets import safe_cell

Line = TypeVar("Line", bound=Record)
# What a recording is called by whoever may not hear it: its name may say too much.
UNNAMED = "a recording"
NO_PROMPT = "This model reads no prompt: it writes down what it hears."


class ComparisonResults:
    """A comparison as it lies on the disk, finished or not.

    Parameters
    ----------
    folder : Path
    gold : GoldAnswers, optional
        Where right answers come from.
    named : bool
        Whether the recording's name may be seen.

    Raises
    ------
    GoneError
        If it was not begun.
    """

    def __init__(self, folder: Path, gold: GoldAnswers | None = None, *, named: bool = True):
        try:
            self.run: Run = read_run(folder)
            content = (folder / COMPARISON_FILE).read_bytes()
        except (RunError, FileNotFoundError):
            raise GoneError("This comparison has no results.") from None
        self.folder = folder
        self.comparison = ComparisonRecord.model_validate_json(content)
        if not named:
            recording = self.comparison.recording.model_copy(update={"name": UNNAMED})
            self.comparison = self.comparison.model_copy(update={"recording": recording})
        self._gold = gold

    @property
    def prompt(self) -> str:
        """The prompt as the model read it, a line for each message; why there is none where it reads none."""
        adapter = self.run.header.model.adapter
        if any(family.name == adapter and family.reads_by == "cross-attention" for family in FAMILIES):
            return NO_PROMPT
        return "\n".join(
            f"{message['role']}: {''.join(map(_said, message['content']))}"
            for message in self.comparison.messages
        )

    @property
    def predictions(self) -> list[Prediction]:
        """The records, one for each configuration that is done, in the order of the question."""
        order = self.run.header.configurations
        return sorted(self.run.predictions(), key=lambda record: order.index(record.configuration))

    def rows(self) -> list[ConfigurationFigures]:
        """Figures of every configuration that is done."""
        gold = self.gold
        answered = self._answered()
        done = (one for one in answered if one.prediction.configuration == VANILLA)
        vanilla = next((one for one in done if not one.prediction.error), None)
        longest = self.comparison.ask.max_new_tokens
        return [figures_of(one, vanilla, longest, gold) for one in answered]

    @property
    def gold(self) -> Gold:
        """The right answer, where it is known and may be seen now."""
        return self._gold.of(self.comparison) if self._gold else Gold()

    def _answered(self) -> list[Answered]:
        kept = {record.configuration: record for record in self.kept_records()}
        times: defaultdict[str, list[TimingRecord]] = defaultdict(list)
        for line in _lines(self.folder / TIMINGS_FILE, TimingLine):
            times[line.configuration].append(line.timings)
        return [
            Answered(one, kept.get(one.configuration), tuple(times[one.configuration]))
            for one in self.predictions
        ]

    def kept(self, configuration: str) -> KeptRecord:
        """What a configuration kept of the audio.

        Raises
        ------
        GoneError
        """
        for record in self.kept_records():
            if record.configuration == configuration:
                return record
        raise GoneError(f"There is no answer under {configuration} in this comparison.")

    def document(self) -> dict[str, Any]:
        """Everything, for a download: the records as they were written and what follows from them."""
        return {
            "comparison": self.comparison.model_dump(mode="json"),
            "run": self.run.header.model_dump(mode="json"),
            "predictions": [prediction.model_dump(mode="json") for prediction in self.predictions],
            "kept": [record.model_dump(mode="json") for record in self.kept_records()],
            "figures": [asdict(row) for row in self.rows()],
            "right": asdict(self.gold),
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
            for name in ("option_shares", "prefill_range", "first_token_range"):
                fields[name] = " ".join(f"{value:.6g}" for value in fields[name] or [])
            line = {name: safe_cell(value) for name, value in {**fixed, **fields}.items()}
            if writer is None:
                writer = csv.DictWriter(out, list(line))
                writer.writeheader()
            writer.writerow(line)
        return out.getvalue()

    def kept_records(self) -> list[KeptRecord]:
        """What every configuration kept."""
        return _lines(self.folder / KEPT_FILE, KeptRecord)


def _said(part: dict[str, Any]) -> str:
    return "[audio] " if part["type"] == "audio" else str(part["text"])


def _lines(path: Path, kind: type[Line]) -> list[Line]:
    """Read the whole lines of a file that may be being written."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.is_file() else []
    return [kind.model_validate_json(line) for line in lines if line.endswith("\n")]
