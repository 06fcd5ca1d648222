"""The files of a comparison beside those of a run: the question, what was kept, what was timed."""

from typing import Any

from amarathon.runs.records import Record, TimingRecord
from live_demo.question import AskRecord
from live_demo.recording import RecordingRecord

COMPARISON_FILE, KEPT_FILE, TIMINGS_FILE = "comparison.json", "kept.jsonl", "timings.jsonl"


class ComparisonRecord(Record):
    """``comparison.json``: the question, and the recording that it is about.

    Attributes
    ----------
    id : str
    created_at : str
    recording : RecordingRecord
    ask : AskRecord
    messages : list
        The chat messages as the model got them.
    continues : str or None
        The comparison whose replies were cut off, and whose other answers are here as they were.
    """

    id: str
    created_at: str
    recording: RecordingRecord
    ask: AskRecord
    messages: list[dict[str, Any]]
    continues: str | None = None


class KeptRecord(Record):
    """A line of ``kept.jsonl``: what one configuration kept; see `amarathon.generation.outcome.Outcome`.

    Attributes
    ----------
    configuration : str
    kept_spans, kept_map, details, option_probabilities, attention_curve, unsure_spans
        As in an outcome.
    prefill_operations : float or None
        Floating-point operations of its prefill, by `amarathon.efficiency.flops`.
    """

    configuration: str
    kept_spans: list[tuple[float, float]]
    kept_map: list[list[float]]
    details: dict[str, str]
    option_probabilities: tuple[float, ...] = ()
    prefill_operations: float | None = None
    attention_curve: tuple[float, ...] = ()
    unsure_spans: tuple[tuple[float, float], ...] = ()


class TimingLine(Record):
    """A line of ``timings.jsonl``: one configuration's times in one of the comparison's repeats."""

    configuration: str
    repeat: int
    timings: TimingRecord
