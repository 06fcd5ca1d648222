"""Answers computed by Ray workers: one model in each, and one writer, which is this process.

A worker streams its records back one by one. When it dies, what it sent is kept, the rest of its job
goes to another worker, and a new worker is started in its place; so nothing is lost and nothing
asked twice. Recordings are opened by the workers: on several machines, their paths must lead to
the same files.
"""

import logging
import os
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from amarathon.errors import ModelError, RunError
from amarathon.generation.outcome import Outcome
from amarathon.models.kinds import is_open
from amarathon.models.model_api import ModelIdentity
from amarathon.models.remote.address import is_remote
from amarathon.runs.answering import OnStage, answer, prediction_of
from amarathon.runs.engines.base import DeferredModel, Workers, name_of
from amarathon.runs.environment import Environment, describe_environment
from amarathon.runs.planning import Job
from amarathon.runs.records import Prediction
from amarathon.tasks.sample import Sample

if TYPE_CHECKING:
    from amarathon.audio import AudioLimits
    from amarathon.models.model_api import ModelAPI
    from amarathon.models.open_model import OpenModel
    from amarathon.models.remote.model import RemoteModel

# A sample whose worker died this often becomes failed records: it may be what kills them.
MOST_DEATHS = 3
CONNECTING_S = 10.0


@dataclass(frozen=True)
class RayEngine:
    """Workers of a Ray cluster.

    Attributes
    ----------
    address : str or None
        E.g. ``"ray://head:10001"`` or ``"auto"``; `None` starts a cluster on this machine.
    count : int
        Workers; 0 is one for each GPU of the cluster, or one for each of its machines without.
    """

    address: str | None = None
    count: int = 0

    name = "ray"

    @contextmanager
    def workers(self, lm: "OpenModel | ModelAPI | DeferredModel") -> Iterator[Workers]:
        """See `Engine.workers`.

        Raises
        ------
        RunError
            If the model is behind a service, Ray is not installed, or the cluster cannot be reached or is
            too small.
        ModelError
            If a worker cannot load the model.
        """
        if is_remote(name_of(lm)):
            raise RunError(
                f"{name_of(lm)} is behind a service, which Ray cannot make faster: ask it several questions "
                "at once with --engine threads --workers 32."
            )
        ray = _import_ray()
        started = not ray.is_initialized()
        if started:
            _connect(ray, self.address)
        try:
            load = lm.load if isinstance(lm, DeferredModel) else _Loaded(lm)
            pool = RayWorkers(ray, load, *_share(ray, self.count))
            try:
                yield pool
            finally:
                pool.stop()
        finally:
            if started:
                ray.shutdown()


def _import_ray() -> Any:
    try:
        import ray
    except ModuleNotFoundError as error:
        raise RunError('The Ray engine needs Ray: pip install "amarathon[ray]".') from error
    return ray


def _connect(ray: Any, address: str | None) -> None:
    # A cluster of ours reports nothing to anybody, unless its user says otherwise.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if address is not None:
        _check_reachable(address)
    quiet = {"log_to_driver": False, "logging_level": logging.ERROR}
    try:
        if address is None:
            # Said so, Ray starts one even where the environment names another.
            ray.init("local", include_dashboard=False, **quiet)
        else:
            ray.init(address, **quiet)
    except (ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
        where, first = address or "on this machine", str(error).strip().partition("\n")[0]
        raise RunError(f"The Ray cluster {where} cannot be reached: {first}") from error


def _check_reachable(address: str) -> None:
    """Refuse a host and port at which nothing listens; Ray would try for minutes."""
    url = urlsplit(address if "://" in address else f"//{address}")
    if url.hostname is None or url.port is None:  # e.g. "auto"
        return
    try:
        socket.create_connection((url.hostname, url.port), timeout=CONNECTING_S).close()
    except OSError as error:
        raise RunError(f"The Ray cluster {address} cannot be reached: {error.strerror or error}.") from error


def _share(ray: Any, wanted: int) -> tuple[int, dict[str, float]]:
    """How many workers there will be, and what each may use of its machine."""
    machines = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    gpus = sum(int(machine.get("GPU", 0)) for machine in machines)
    count = wanted or gpus or len(machines)
    cores = sum(int(machine.get("CPU", 0)) for machine in machines)
    if count > cores:
        raise RunError(f"The Ray cluster has {cores} cores, too few for {count} workers.")
    per_machine = -(-count // len(machines))
    # Ray sets the number of threads of a worker's libraries to as many.
    threads = max(1, min(int(machine.get("CPU", 0)) for machine in machines) // per_machine)
    return count, {"num_cpus": threads, "num_gpus": min(1.0, gpus / count)}


@dataclass(frozen=True)
class _Loaded:
    """A model that is there already; workers get copies of it."""

    model: "OpenModel | ModelAPI"

    def __call__(self) -> "OpenModel | ModelAPI":
        return self.model


class _Worker:
    """What runs in a worker's process."""

    def __init__(self, load: "Callable[[], OpenModel | ModelAPI]"):
        self._model = load()

    def describe(self) -> tuple[ModelIdentity, bool, Environment]:
        return self._model.identity, is_open(self._model), describe_environment()

    def answer(self, job: Job, seed: int, limits: "AudioLimits") -> Iterator[Prediction]:
        yield from answer(self._model, [job], seed=seed, limits=limits, on_stage=_ignore_stage)


def _ignore_stage(_sample: str, _task: str, _configuration: str, _stage: str) -> None:
    """Stages stay in the worker: only records are sent."""


@dataclass
class _Assignment:
    """A job at a worker."""

    worker: Any
    job: Job
    pending: dict[str, str]


class RayWorkers:
    """Workers of one evaluation; see `Workers`.

    Parameters
    ----------
    ray : module
    load : callable
        Returns the model, in a worker.
    count : int
    share : dict of str to float
        What each may use, as Ray's actor options.
    """

    def __init__(
        self, ray: Any, load: "Callable[[], OpenModel | ModelAPI]", count: int, share: dict[str, float]
    ):
        self._ray, self._load = ray, load
        self.remote: RemoteModel | None = None
        self._actor = ray.remote(_Worker).options(scheduling_strategy="SPREAD", **share)
        self._idle = [self._start() for _ in range(count)]
        self._busy: dict[Any, _Assignment] = {}
        described = [self._described(worker) for worker in self._idle]
        self.identity, self.compresses, _ = described[0]
        if any(identity != self.identity for identity, _, _ in described):
            raise ModelError(f"Ray's workers loaded different models as {self.identity.name}.")
        self.environment = _merge_environments([environment for _, _, environment in described])

    def _start(self) -> Any:
        return self._actor.remote(self._load)

    def _described(self, worker: Any) -> tuple[ModelIdentity, bool, Environment]:
        try:
            found: tuple[ModelIdentity, bool, Environment] = self._ray.get(worker.describe.remote())
        except self._ray.exceptions.RayActorError as error:
            last = str(error).strip().splitlines()[-1]
            raise ModelError(f"A Ray worker could not load the model: {last}") from error
        return found

    def stop(self) -> None:
        """End every worker."""
        for worker in [*self._idle, *(assigned.worker for assigned in self._busy.values())]:
            self._ray.kill(worker)

    def answer(
        self, jobs: Iterable[Job], *, seed: int, limits: "AudioLimits", on_stage: OnStage
    ) -> Iterator[Prediction]:
        """See `Workers.answer`."""
        waiting, deaths = [_located(job) for job in jobs][::-1], dict[str, int]()
        while waiting or self._busy:
            while waiting and self._idle:
                self._assign(waiting.pop(), seed, limits, on_stage)
            [stream], _ = self._ray.wait(list(self._busy), num_returns=1)
            assigned = self._busy[stream]
            try:
                prediction: Prediction = self._ray.get(next(stream))
            except StopIteration:
                del self._busy[stream]
                self._idle.append(assigned.worker)
            except (self._ray.exceptions.RayActorError, self._ray.exceptions.ObjectLostError):
                del self._busy[stream]
                self._ray.kill(assigned.worker)  # in case it lost a record and lives
                self._idle.append(self._start())
                sample = assigned.job.sample
                deaths[sample.id] = deaths.get(sample.id, 0) + 1
                if not assigned.pending:
                    continue
                if deaths[sample.id] < MOST_DEATHS:
                    waiting.append(Job(sample, assigned.pending))
                else:
                    yield from _failed_records(sample, assigned.pending)
            else:
                del assigned.pending[prediction.configuration]
                yield prediction

    def finish(self) -> Iterator[Prediction]:
        """See `Workers.finish`: what workers were at is asked again, at no cost but time."""
        return iter(())

    def _assign(self, job: Job, seed: int, limits: "AudioLimits", on_stage: OnStage) -> None:
        worker = self._idle.pop()
        on_stage(job.sample.id, job.sample.task, next(iter(job.repeats)), "audio")
        stream = worker.answer.options(num_returns="streaming").remote(job, seed, limits)
        self._busy[stream] = _Assignment(worker, job, dict(job.repeats))


def _located(job: Job) -> Job:
    """A job whose recording is found from any working folder."""
    audio = replace(job.sample.audio, path=job.sample.audio.path.resolve())
    return replace(job, sample=replace(job.sample, audio=audio))


def _failed_records(sample: Sample, pending: dict[str, str]) -> Iterator[Prediction]:
    error = f"The worker ended while it answered this sample, {MOST_DEATHS} times; memory may have run out."
    for configuration, repeat in pending.items():
        yield prediction_of(sample, None, Outcome(configuration, error=error), repeat)


def _merge_environments(environments: list[Environment]) -> Environment:
    """One description of all workers' machines; where they differ, each differing text once."""
    hardware, libraries = (
        {
            key: " | ".join(
                dict.fromkeys(description[key] for description in described if key in description)
            )
            for key in dict.fromkeys(key for description in described for key in description)
        }
        for described in (
            [environment.hardware for environment in environments],
            [environment.libraries for environment in environments],
        )
    )
    commits = dict.fromkeys(environment.commit or "none" for environment in environments)
    commit = environments[0].commit if len(commits) == 1 else " | ".join(commits)
    return Environment(hardware | {"workers": str(len(environments))}, libraries, commit)
