"""One comparison: its folder, its state, and the work itself.

The folder is a run's, written as an evaluation writes its own, with the files of `live_demo.records`.
"""

import shutil
import threading
import time
from contextlib import closing
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from amarathon.compression import Configuration
from amarathon.datasets.fingerprint import dataset_sha256
from amarathon.errors import AmarathonError, ModelError
from amarathon.files import now, write_atomically
from amarathon.generation.outcome import InterruptError, Outcome
from amarathon.runs.answering import prediction_of
from amarathon.runs.environment import Environment, describe_environment
from amarathon.runs.folder import RunFolder, writing
from amarathon.runs.records import DatasetRecord, ModelRecord, RunHeader, TimingRecord
from amarathon.tasks.sample import Sample
from live_demo.context import Context, KnownAnswers
from live_demo.ownership import set_owner
from live_demo.progress import ComparisonProgress, Stopwatch
from live_demo.question import Ask, AskRecord
from live_demo.recording import StoredRecording
from live_demo.records import (
    COMPARISON_FILE,
    KEPT_FILE,
    TIMINGS_FILE,
    ComparisonRecord,
    KeptRecord,
    TimingLine,
)
from live_demo.visitors import Visitor
from web.errors import storage_sentence

if TYPE_CHECKING:
    from amarathon.audio import Audio
    from amarathon.models.open_model import OpenModel

ENGINE = "demo"
DATASET = "demo"

State = Literal["waiting", "loading", "running", "done", "stopped", "failed"]


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
    known : KnownAnswers, optional
        What need not be answered again.
    """

    def __init__(
        self,
        folder: Path,
        ask: Ask,
        recording: StoredRecording,
        sample: Sample,
        visitor: Visitor,
        known: KnownAnswers | None = None,
    ):
        self.id, self.folder, self.visitor = folder.name, folder, visitor
        self.ask, self.recording, self.sample, self.known = ask, recording, sample, known
        self.state: State = "waiting"
        self.error: str | None = None
        self.polled_at = time.monotonic()
        self.stopwatch: Stopwatch | None = None
        self.outcomes: list[Outcome] = []
        self.interrupted = False
        self._stop = threading.Event()
        self._deleted = threading.Event()

    @property
    def active(self) -> bool:
        """Whether it still waits or runs."""
        return self.state in ("waiting", "loading", "running")

    @property
    def running(self) -> bool:
        """Whether it has begun and not ended."""
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

    def delete(self) -> None:
        """Stop, and leave nothing on the disk, now or when the step at work ends."""
        self._deleted.set()
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def progress(self, left_s: float | None) -> ComparisonProgress | None:
        """How far it is, once it runs; `left_s` is until its end."""
        return self.stopwatch.progress(left_s) if self.stopwatch else None

    def work(self, context: Context) -> None:
        """Answer, and write every answer as it comes."""
        try:
            if self._deleted.is_set():
                return
            audio = self.recording.audio()
            context.model.check_audio(audio)
            with writing(self.folder) as folder:
                folder.write_header(self._header(context.model))
                content = self._record().model_dump_json(indent=2) + "\n"
                write_atomically(self.folder / COMPARISON_FILE, content)
                set_owner(self.folder, self.visitor.key)
                self.stopwatch = Stopwatch(context.expectation, self.ask.repeats)
                self.state, self.polled_at = "running", time.monotonic()
                whole = self._answer_all(folder, audio, context)
                self.state = "done" if whole else "stopped"
        except AmarathonError as error:
            self.state, self.error = "failed", str(error)
        except OSError as error:
            self.state, self.error = "failed", storage_sentence(error)
        finally:
            if self._deleted.is_set():
                shutil.rmtree(self.folder, ignore_errors=True)

    def must_stop(self, context: Context) -> bool:
        """Whether to stop: on request, left by its page, or out of time; the reason goes to `error`."""
        if self.silent_s > context.bounds.silent_s:
            self.error = "Its page was closed, so it was stopped. What was answered by then stays."
        elif context.used_s() > context.bounds.longest_s:
            self.error = (
                "It was stopped, because others wait and it took its longest time. What was answered stays."
            )
        return self.stopping or self.error is not None

    def _answer_all(self, folder: RunFolder, audio: "Audio", context: Context) -> bool:
        """Write an answer for each configuration; whether it came to the end."""
        assert self.stopwatch is not None
        assert folder.header is not None
        left = self._write_known(folder)
        for repeat in range(self.ask.repeats):
            if self.stopping:
                return False
            if repeat:
                self.stopwatch.next_pass()
            try:
                if not self._answer(folder, audio, context, left, repeat):
                    return False
            except InterruptError:
                return False
            except ModelError as error:
                # Before any answer: a recording that could not be encoded. It is in the record too.
                for name in left:
                    self._write(folder, audio, context, Outcome(name, error=str(error)))
                break
        folder.write_header(folder.header.model_copy(update={"finished_at": now()}))
        return True

    def _answer(
        self, folder: RunFolder, audio: "Audio", context: Context, left: list[str], repeat: int
    ) -> bool:
        """Answer what is left, or all of it again for another look at the times."""
        assert self.stopwatch is not None
        names = [name for name in self.ask.configurations if repeat or name in left]
        missing, ask = list(names), self.ask.model_copy(update={"configurations": names})
        with closing(context.events(audio, ask)) as events:
            for event in events:
                if isinstance(event, Outcome):
                    missing.remove(event.configuration)
                    self._take(folder, audio, context, event, left, repeat)
                self.stopwatch.record(event)
                more = missing or repeat + 1 < self.ask.repeats
                if more and self.must_stop(context):
                    return False
                if more and context.offer_turn():
                    self.interrupted = True
                    if self.must_stop(context):
                        return False
        return True

    def _take(
        self,
        folder: RunFolder,
        audio: "Audio",
        context: Context,
        outcome: Outcome,
        left: list[str],
        repeat: int,
    ) -> None:
        if self.interrupted:
            # Another comparison's memory is in it.
            outcome, self.interrupted = replace(outcome, peak_bytes=None), False
        self.outcomes.append(replace(outcome, kept_indices=(), kept_spans=(), kept_map=()))
        if outcome.configuration in left:
            left.remove(outcome.configuration)
            self._write(folder, audio, context, outcome)
        if self.ask.repeats > 1 and outcome.error is None:
            times = TimingRecord(**asdict(outcome.timings))
            line = TimingLine(configuration=outcome.configuration, repeat=repeat, timings=times)
            self._append(TIMINGS_FILE, line.model_dump_json())

    def _write_known(self, folder: RunFolder) -> list[str]:
        """Write what is known; the configurations that are left."""
        left = list(self.ask.configurations)
        if self.known is not None:
            for kept in self.known.kept:
                self._append(KEPT_FILE, kept.model_dump_json())
            for prediction in self.known.predictions:
                folder.append(prediction)
                left.remove(prediction.configuration)
        return left

    def _record(self) -> ComparisonRecord:
        return ComparisonRecord(
            id=self.id,
            created_at=now(),
            recording=self.recording.record,
            ask=AskRecord(**self.ask.model_dump()),
            messages=[dict(message) for message in self.ask.messages()],
            continues=self.known.comparison if self.known else None,
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

    def _write(self, folder: RunFolder, audio: "Audio", context: Context, outcome: Outcome) -> None:
        kept = KeptRecord(
            configuration=outcome.configuration,
            kept_spans=list(outcome.kept_spans),
            kept_map=[list(row) for row in outcome.kept_map],
            details=dict(outcome.details),
            option_probabilities=outcome.option_probabilities,
            attention_curve=outcome.attention_curve,
            unsure_spans=outcome.unsure_spans,
            prefill_operations=context.expectation.operations_of(outcome),
        )
        # Written first: an answer that is there has what it kept beside it.
        self._append(KEPT_FILE, kept.model_dump_json())
        randomised = Configuration.parse(outcome.configuration).randomised
        folder.append(prediction_of(self.sample, audio, outcome, str(self.ask.seed) if randomised else "0"))

    def _append(self, name: str, line: str) -> None:
        with (self.folder / name).open("a", encoding="utf-8") as file:
            file.write(line + "\n")


@cache
def _environment() -> Environment:
    return describe_environment()
