"""One comparison: its folder, its state, and the work itself.

The folder is a run's, written as an evaluation writes its own, with two files more:
``comparison.json`` is the question, ``kept.jsonl`` what each configuration kept of the audio.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from amarathon.compression import Configuration
from amarathon.datasets.fingerprint import dataset_sha256
from amarathon.errors import AmarathonError, ModelError
from amarathon.files import now, write_atomically
from amarathon.generation.outcome import Outcome, Progress
from amarathon.runs.answering import prediction_of
from amarathon.runs.environment import Environment, describe_environment
from amarathon.runs.folder import RunFolder, writing
from amarathon.runs.records import DatasetRecord, ModelRecord, Record, RunHeader
from amarathon.tasks import Message
from amarathon.tasks.sample import Sample
from live_demo.progress import ComparisonProgress, Stopwatch
from live_demo.question import Ask, AskRecord
from live_demo.recording import RecordingRecord, StoredRecording
from live_demo.visitors import Visitor
from web.errors import storage_sentence

if TYPE_CHECKING:
    from amarathon.audio import Audio
    from amarathon.models.open_model import OpenModel

COMPARISON_FILE, KEPT_FILE = "comparison.json", "kept.jsonl"
ENGINE = "demo"
DATASET = "demo"

State = Literal["waiting", "loading", "running", "done", "stopped", "failed"]

# What answers a comparison, event by event: a sweep, or a sweep on a borrowed GPU.
Events = Callable[["Audio", list[Message], list[str], int, int], Iterator[Progress | Outcome]]


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
    """

    id: str
    created_at: str
    recording: RecordingRecord
    ask: AskRecord
    messages: list[dict[str, Any]]


class KeptRecord(Record):
    """A line of ``kept.jsonl``: what one configuration kept; see `amarathon.generation.sweep.Outcome`."""

    configuration: str
    kept_spans: list[tuple[float, float]]
    kept_map: list[list[float]]
    details: dict[str, str]


@dataclass(frozen=True)
class TurnBounds:
    """After how long others have their turn, counted from when the model is there.

    Attributes
    ----------
    longest_s : float
        Seconds that one comparison takes at most.
    silent_s : float
        Seconds that its page may be silent: it was closed.
    """

    longest_s: float
    silent_s: float


class DemoComparison:
    """A comparison that waits, runs or has just ended.

    Parameters
    ----------
    folder : Path
        Its own; made once it works.
    ask : Ask
    recording : StoredRecording
    sample : Sample
        The question as a sample.
    visitor : Visitor
        Whose it is.
    """

    def __init__(self, folder: Path, ask: Ask, recording: StoredRecording, sample: Sample, visitor: Visitor):
        self.id, self.folder, self.visitor = folder.name, folder, visitor
        self.ask, self.recording, self.sample = ask, recording, sample
        self.state: State = "waiting"
        self.error: str | None = None
        self.polled_at = time.monotonic()
        self.stopwatch: Stopwatch | None = None
        self._stop = threading.Event()

    @property
    def active(self) -> bool:
        """Whether it still waits or runs."""
        return self.state in ("waiting", "loading", "running")

    @property
    def running(self) -> bool:
        """Whether it has the turn."""
        return self.state in ("loading", "running")

    @property
    def silent_s(self) -> float:
        """Seconds since its page asked for its status."""
        return time.monotonic() - self.polled_at

    @property
    def stopping(self) -> bool:
        """Whether a stop was requested."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Request a stop; what is answered by then stays."""
        self._stop.set()
        if self.state == "waiting":
            self.state = "stopped"

    def progress(self) -> ComparisonProgress | None:
        """How far it is, once it runs."""
        return self.stopwatch.progress() if self.stopwatch else None

    def work(
        self, load: "Callable[[], OpenModel]", events: Events, expected_s: float | None, bounds: TurnBounds
    ) -> None:
        """Load the model if need be, answer, and write every answer as it comes.

        Parameters
        ----------
        load : callable
            Gives the model.
        events : callable
            Answers with it.
        expected_s : float, optional
            See `Stopwatch`.
        bounds : TurnBounds
        """
        self.state = "loading"
        try:
            model = load()
            audio = self.recording.audio()
            model.check_audio(audio)
            with writing(self.folder) as folder:
                folder.write_header(self._header(model))
                write_atomically(
                    self.folder / COMPARISON_FILE, self._record().model_dump_json(indent=2) + "\n"
                )
                self.stopwatch = Stopwatch(len(self.ask.configurations), expected_s)
                self.state = "running"
                self.polled_at = began = time.monotonic()
                whole = self._answer(folder, audio, events, bounds, began)
                self.state = "done" if whole else "stopped"
        except AmarathonError as error:
            self.state, self.error = "failed", str(error)
        except OSError as error:
            self.state, self.error = "failed", storage_sentence(error)
        finally:
            # Any other exception is a fault of the program: it passes, and is in the server's log.
            if self.active:
                self.state, self.error = "failed", "The comparison broke off by a fault of this program."

    def _give_up(self, bounds: TurnBounds, began: float) -> bool:
        """Whether to stop: on request, left by its page, or out of time; the reason goes to `error`."""
        if self.silent_s > bounds.silent_s:
            self.error = "Its page was closed, so it was stopped. What was answered by then stays."
        elif time.monotonic() - began > bounds.longest_s:
            self.error = (
                "It was stopped, because others wait and it took its longest time. What was answered stays."
            )
        return self.stopping or self.error is not None

    def _answer(
        self, folder: RunFolder, audio: "Audio", events: Events, bounds: TurnBounds, began: float
    ) -> bool:
        """Write an answer for each configuration; whether it came to the end."""
        assert self.stopwatch is not None
        assert folder.header is not None
        ask, left = self.ask, list(self.ask.configurations)
        if self.stopping:
            return False
        try:
            for event in events(audio, ask.messages(), ask.configurations, ask.max_new_tokens, ask.seed):
                if isinstance(event, Outcome):
                    self._write(folder, audio, event)
                    left.remove(event.configuration)
                self.stopwatch.record(event)
                if left and self._give_up(bounds, began):
                    return False
        except ModelError as error:
            # Before any answer: a recording that could not be encoded. It is in the record too.
            for name in left:
                self._write(folder, audio, Outcome(name, error=str(error)))
        folder.write_header(folder.header.model_copy(update={"finished_at": now()}))
        return True

    def _record(self) -> ComparisonRecord:
        return ComparisonRecord(
            id=self.id,
            created_at=now(),
            recording=self.recording.record,
            ask=AskRecord(**self.ask.model_dump()),
            messages=[dict(message) for message in self.ask.messages()],
        )

    def _header(self, model: "OpenModel") -> RunHeader:
        environment = _environment()
        return RunHeader(
            run_id=self.id,
            created_at=now(),
            model=ModelRecord(**asdict(model.identity)),
            dataset=DatasetRecord(
                name=DATASET, sha256=dataset_sha256([self.sample]), count=1, tasks={self.ask.task: 1}
            ),
            configurations=list(self.ask.configurations),
            seed=self.ask.seed,
            seeding="recording",
            engine=ENGINE,
            **asdict(environment),
        )

    def _write(self, folder: RunFolder, audio: "Audio", outcome: Outcome) -> None:
        kept = KeptRecord(
            configuration=outcome.configuration,
            kept_spans=list(outcome.kept_spans),
            kept_map=[list(row) for row in outcome.kept_map],
            details=dict(outcome.details),
        )
        # Written first: an answer that is there has what it kept beside it.
        with (self.folder / KEPT_FILE).open("a", encoding="utf-8") as file:
            file.write(kept.model_dump_json() + "\n")
        randomised = Configuration.parse(outcome.configuration).randomised
        folder.append(prediction_of(self.sample, audio, outcome, str(self.ask.seed) if randomised else "0"))


@cache
def _environment() -> Environment:
    return describe_environment()
