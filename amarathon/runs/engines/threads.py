"""Many questions at once to one service, and one writer, which is this process's main thread.

Recordings are decoded ahead, so that a question is on its way as soon as another's answer is there.
"""

import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING

from amarathon.errors import RunError
from amarathon.models.kinds import is_open
from amarathon.runs.engines.base import DeferredModel, Workers, name_of, remote_of
from amarathon.runs.environment import describe_environment

if TYPE_CHECKING:
    from amarathon.audio import Audio, AudioLimits
    from amarathon.models.model_api import ModelAPI
    from amarathon.models.open_model import OpenModel
    from amarathon.runs.answering import OnStage
    from amarathon.runs.planning import Job
    from amarathon.runs.records import Prediction

DEFAULT_COUNT = 4
# Recordings decoded and not yet asked about: one for each thread, for answers come in bursts, while they take
# no more room than so many of five minutes.
MOST_AHEAD = 8
AHEAD_BYTES = MOST_AHEAD * 20_000_000


@dataclass(frozen=True)
class ThreadEngine:
    """Threads that wait for a service.

    Attributes
    ----------
    count : int
        Most questions on their way at once.
    """

    count: int = DEFAULT_COUNT

    name = "threads"

    @contextmanager
    def workers(self, lm: "OpenModel | ModelAPI | DeferredModel") -> Iterator[Workers]:
        """See `Engine.workers`.

        Raises
        ------
        RunError
            If the model computes on this machine: threads would only wait for each other.
        """
        model = lm.load() if isinstance(lm, DeferredModel) else lm
        if is_open(model):
            raise RunError(f"{name_of(lm)} computes on this machine, one question at a time: use local.")
        pool = ThreadWorkers(model, self.count)
        try:
            yield pool
        finally:
            pool.stop()


@dataclass(frozen=True)
class _Stage:
    """What a thread has begun."""

    told: tuple[str, str, str, str]


class ThreadWorkers:
    """Threads of one evaluation; see `Workers`.

    Parameters
    ----------
    model : ModelAPI
        It is asked by several threads at once.
    count : int
    """

    compresses = False

    def __init__(self, model: "ModelAPI", count: int):
        self._model, self._count = model, count
        self.identity, self.remote = model.identity, remote_of(model)
        self.environment = describe_environment(elsewhere=self.remote is not None)
        self._decoders = ThreadPoolExecutor(min(MOST_AHEAD, 2 * (os.cpu_count() or 1)))
        self._jobs: SimpleQueue[tuple[Job, Future[Audio]] | None] = SimpleQueue()
        # What is told stays here until it has been dealt with: an interrupt may come between any two steps.
        self._told: deque[_Stage | Prediction] = deque()
        self._news: SimpleQueue[None] = SimpleQueue()
        # Lists, for they grow in one step; threads note here what they took up and are through with.
        self._begun: list[str] = []
        self._over: list[str] = []
        self._failures: list[BaseException] = []
        self._largest = 0
        self._closed = threading.Event()

    def answer(
        self, jobs: "Iterable[Job]", *, seed: int, limits: "AudioLimits", on_stage: "OnStage"
    ) -> "Iterator[Prediction]":
        """See `Workers.answer`."""
        waiting, handed = iter(jobs), 0
        self._start(seed)

        def hand_out() -> None:
            nonlocal handed
            while handed - len(self._over) < self._count + self._ahead() and (job := next(waiting, None)):
                self._hand_out(job, limits)
                handed += 1

        while True:
            hand_out()
            all_over = handed == len(self._over)
            while self._told:
                told = self._told[0]
                if isinstance(told, _Stage):
                    on_stage(*told.told)
                else:
                    yield told
                self._told.popleft()
                # An answer takes a while to write; nobody waits for work meanwhile.
                hand_out()
            if self._failures:
                raise self._failures[0]
            if all_over:
                return
            self._news.get()

    def finish(self) -> "Iterator[Prediction]":
        """See `Workers.finish`; the answer in hand may come a second time."""
        self._close()
        while True:
            all_over = len(self._begun) == len(self._over)
            while self._told:
                told = self._told.popleft()
                if not isinstance(told, _Stage):
                    yield told
            if all_over:
                return
            self._news.get()

    def stop(self) -> None:
        """Wait for nobody."""
        self._close()
        for _ in range(self._count):
            self._jobs.put(None)
        self._decoders.shutdown(wait=False, cancel_futures=True)

    def _close(self) -> None:
        self._closed.set()
        if self.remote is not None:
            self.remote.halt()

    def _start(self, seed: int) -> None:
        for _ in range(self._count):
            # Daemons: a second Ctrl-C ends the process, whatever a service still thinks about.
            threading.Thread(target=self._work, args=(seed,), daemon=True).start()

    def _ahead(self) -> int:
        return max(MOST_AHEAD, min(self._count, AHEAD_BYTES // max(self._largest, 1)))

    def _hand_out(self, job: "Job", limits: "AudioLimits") -> None:
        from amarathon.runs.ahead import load_sample

        self._jobs.put((job, self._decoders.submit(load_sample, job.sample, limits)))

    def _work(self, seed: int) -> None:
        while (handed := self._jobs.get()) is not None:
            job, decoded = handed
            self._begun.append(job.sample.id)
            try:
                if not self._closed.is_set():
                    self._answer(job, decoded, seed)
            except BaseException as error:  # noqa: BLE001 - it is raised where the run is written
                self._failures.append(error)
            finally:
                self._over.append(job.sample.id)
                self._news.put(None)

    def _answer(self, job: "Job", decoded: "Future[Audio]", seed: int) -> None:
        from amarathon.runs.answering import answer_job

        def load() -> "Audio":
            audio = decoded.result()
            self._largest = max(self._largest, audio.samples.nbytes)
            return audio

        for prediction in answer_job(self._model, job, load, seed=seed, on_stage=self._tell):
            self._told.append(prediction)
            self._news.put(None)

    def _tell(self, sample: str, task: str, configuration: str, stage: str) -> None:
        self._told.append(_Stage((sample, task, configuration, stage)))
        self._news.put(None)
