"""Evaluating a model on a dataset: resumable, one record at a time."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from amarathon.errors import ConfigurationError, RunError, ServiceError
from amarathon.files import now
from amarathon.runs.engines import engine_by_name
from amarathon.runs.engines.base import DeferredModel, Engine, Workers, name_of
from amarathon.runs.folder import RunFolder, writing
from amarathon.runs.reading import Run
from amarathon.runs.records import (
    SCHEMA_VERSION,
    SEEDING,
    SERVICE_SCHEMA_VERSION,
    ModelRecord,
    RunHeader,
    SessionRecord,
)
from amarathon.tasks.sample import Sample, SampleSet

if TYPE_CHECKING:
    from amarathon.audio import AudioLimits
    from amarathon.models.model_api import ModelAPI
    from amarathon.models.open_model import OpenModel
    from amarathon.runs.planning import Job, Plan
    from amarathon.runs.records import Prediction
    from amarathon.runs.summary import Summary


@dataclass(frozen=True)
class RunProgress:
    """How far an evaluation is.

    Attributes
    ----------
    done, total : int
        Answers stored, those of earlier starts included, and answers planned.
    failed : int
        Of those done, how many have an error instead of an answer.
    sample_id, task, configuration : str
        The question at work, or the one answered last.
    stage : str
        ``"audio"``, ``"encoder"``, ``"prefill"``, ``"decode"`` or, behind an answer, ``"done"``.
    """

    done: int
    total: int
    failed: int
    sample_id: str
    task: str
    configuration: str
    stage: str


def evaluate(
    lm: "OpenModel | ModelAPI | DeferredModel",
    samples: SampleSet | Sequence[Sample],
    configurations: Sequence[str],
    out: Path,
    *,
    seed: int = 0,
    engine: "str | Engine" = "local",
    limits: "AudioLimits | None" = None,
    retry_failed: bool = False,
    repeats: int = 1,
    progress: Callable[[RunProgress], None] | None = None,
) -> "Summary":
    """Ask a model every sample under every configuration and write a run folder.

    An answer is on the disk as soon as it is there. A second call continues where the
    first one stopped, however it stopped; for a finished run it does nothing.

    Parameters
    ----------
    lm : ModelAPI or DeferredModel
        An `OpenModel` takes every configuration, any other `ModelAPI` ``"vanilla"`` alone.
    samples : SampleSet or sequence of Sample
    configurations : sequence of str
        E.g. ``["vanilla", "frame@0.6"]``.
    out : Path
        The run's folder; its name becomes the run's id.
    seed : int
        Seed of random methods.
    engine : {"local", "threads", "ray"} or Engine
        Where the work is done: in this process, many at once by a service, or by Ray workers; see
        `amarathon.runs.engines.threads.ThreadEngine` and `amarathon.runs.engines.ray.RayEngine`.
    limits : AudioLimits, optional
        Largest audio file that is decoded.
    retry_failed : bool
        Ask again for answers that failed at an earlier start.
    repeats : int
        How often a service is asked each question: it may answer differently each time. A run can be
        continued with more of them.
    progress : callable, optional
        Called with a `RunProgress` when a stage begins and behind every answer.

    Returns
    -------
    Summary

    Raises
    ------
    ConfigurationError
        If a configuration means nothing, or the model cannot do it; also repeats of weights here, which
        answer greedily.
    DatasetError
        If there are no samples, two share an id, or a task is unknown.
    ModelError
        If a deferred model cannot be loaded.
    ServiceError
        If a service cannot be asked any more; what it answered is kept.
    RunError
        If the folder holds a different run, is in use, is damaged or cannot be written.
    """
    # Imported here: reading runs needs none of the datasets, methods and tasks behind it.
    from amarathon.runs.planning import make_plan

    chosen = engine_by_name(engine) if isinstance(engine, str) else engine
    if repeats < 1:
        raise ConfigurationError(f"A question is asked once or more often, not {repeats} times.")
    plan = make_plan(samples, configurations, seed, repeats)
    with writing(out) as folder:
        if folder.header is not None:
            if folder.header.kind == "efficiency":
                raise RunError(f"{out} holds efficiency records; choose another folder for answers.")
            plan.refuse_other_run(folder.path, folder.header, name_of(lm))
        found = folder.recover()
        plan.refuse_other_samples(folder.path, found)
        done = {key: answered for key, answered in found.items() if answered or not retry_failed}
        jobs = plan.jobs(set(done))
        if folder.header is not None:
            plan.refuse_other_seeding(
                folder.path, folder.header, {name for job in jobs for name in job.repeats}
            )
        if jobs:
            tally = _Tally(
                progress, plan.total, len(done), failed=sum(not answered for answered in done.values())
            )
            with chosen.workers(lm) as workers:
                _begin(folder, plan, workers, chosen.name)
                _answer_all(folder, workers, jobs, plan.seed, limits, tally)
        return _finish(folder, again=bool(jobs))


def _begin(folder: RunFolder, plan: "Plan", workers: Workers, engine: str) -> None:
    """Write the header of a new run, or check that the model is the one that began it."""
    from amarathon.compression.configuration import VANILLA
    from amarathon.models.families import check_tasks
    from amarathon.runs.planning import refuse_other_model, refuse_other_service
    from amarathon.runs.services import header_of, take_up

    check_tasks(workers.identity.adapter, plan.dataset.tasks)
    others = [name for name in plan.repeats if name != VANILLA]
    if others and not workers.compresses:
        raise ConfigurationError(
            f"{workers.identity.name} answers only under {VANILLA}, not under {others[0]}."
        )
    if plan.rounds > 1 and workers.remote is None:
        raise ConfigurationError(
            f"{workers.identity.name} is no model behind a service: asked {plan.rounds} times it says "
            "the same each time."
        )
    identity = ModelRecord(**asdict(workers.identity))
    here = asdict(workers.environment)
    service = header_of(workers.remote, plan.rounds) if workers.remote else None
    if folder.header is None:
        header = RunHeader(
            schema_version=SERVICE_SCHEMA_VERSION if service else SCHEMA_VERSION,
            run_id=folder.path.resolve().name,
            created_at=now(),
            model=identity,
            dataset=plan.dataset,
            configurations=list(plan.repeats),
            seed=plan.seed,
            seeding=SEEDING,
            engine=engine,
            service=service,
            **here,
        )
        folder.write_header(header)
        if workers.remote is not None:
            take_up(workers.remote, Run(folder.path, header))
        return
    refuse_other_model(folder.path, folder.header.model, identity)
    refuse_other_service(folder.path, folder.header.service, service)
    if folder.header.service is not None and folder.header.repeats < plan.rounds:
        asked_more = folder.header.service.model_copy(update={"repeats": plan.rounds})
        folder.write_header(folder.header.model_copy(update={"service": asked_more}))
    if workers.remote is not None:
        take_up(workers.remote, Run(folder.path, folder.header))
    session = SessionRecord(at=now(), engine=engine, **here)
    if not _same_environment(folder.header, session):
        continued = [*folder.header.continued, session]
        folder.write_header(folder.header.model_copy(update={"continued": continued}))


def _same_environment(header: RunHeader, session: SessionRecord) -> bool:
    last: RunHeader | SessionRecord = header.continued[-1] if header.continued else header
    fields = {"engine", "hardware", "libraries", "commit"}
    return last.model_dump(include=fields) == session.model_dump(include=fields)


def _answer_all(
    folder: RunFolder,
    workers: Workers,
    jobs: "list[Job]",
    seed: int,
    limits: "AudioLimits | None",
    tally: "_Tally",
) -> None:
    from amarathon.audio import AudioLimits
    from amarathon.runs.services import pin_served

    def keep(prediction: "Prediction") -> None:
        pin_served(folder, prediction)
        folder.append(prediction)
        tally.count(failed=prediction.error is not None)
        tally.report(prediction.sample_id, prediction.task, prediction.configuration, "done")

    try:
        for prediction in workers.answer(
            jobs, seed=seed, limits=limits or AudioLimits(), on_stage=tally.report
        ):
            keep(prediction)
    except (KeyboardInterrupt, ServiceError):
        # What is on its way is paid for. The record in hand may be on the disk, in part or as a whole.
        written = folder.recover()
        for prediction in workers.finish():
            if not written.get(prediction.key, False):
                keep(prediction)
        raise


class _Tally:
    """Counts answers and reports to the caller."""

    def __init__(self, progress: Callable[[RunProgress], None] | None, total: int, done: int, failed: int):
        self._progress, self._total, self._done, self._failed = progress, total, done, failed

    def count(self, *, failed: bool) -> None:
        self._done += 1
        self._failed += failed

    def report(self, sample_id: str, task: str, configuration: str, stage: str) -> None:
        if self._progress is not None:
            self._progress(
                RunProgress(self._done, self._total, self._failed, sample_id, task, configuration, stage)
            )


def _finish(folder: RunFolder, *, again: bool) -> "Summary":
    """Note, once, that every planned answer is there."""
    from amarathon.runs.summary import write_summary

    summary = write_summary(folder.path)
    header = folder.header
    if header is not None and (again or header.finished_at is None):
        folder.write_header(header.model_copy(update={"finished_at": now()}))
    return summary
