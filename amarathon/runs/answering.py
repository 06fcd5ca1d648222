"""Putting samples to a model on this machine, and turning what happens into records."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING

from amarathon.answers import read_answer
from amarathon.audio import Audio, AudioLimits
from amarathon.errors import AmarathonError, ServiceError
from amarathon.files import now
from amarathon.generation.outcome import Outcome, Progress
from amarathon.generation.sweep import sweep
from amarathon.models.memory import memory_errors
from amarathon.models.remote.again import asked_again
from amarathon.runs.ahead import decoded_ahead
from amarathon.runs.planning import Job
from amarathon.runs.records import Prediction, ServiceAnswer, TimingRecord
from amarathon.tasks import EVERY_TASK
from amarathon.tasks.sample import Sample

if TYPE_CHECKING:
    from amarathon.models.model_api import ModelAPI
    from amarathon.models.open_model import OpenModel


# Called when a stage begins: with the sample's id and task, the configuration and the stage.
OnStage = Callable[[str, str, str, str], None]


def answer(
    model: "OpenModel | ModelAPI", jobs: Iterable[Job], *, seed: int, limits: AudioLimits, on_stage: OnStage
) -> Iterator[Prediction]:
    """Answer every job, one record at a time.

    A sample that fails, as an `AmarathonError` or for want of memory, becomes records with its
    error and the next one follows. A service that cannot be asked any more ends it; so does any other
    exception, which is a fault of the program.
    """
    with closing(decoded_ahead(jobs, limits)) as decoded:
        for job, load in decoded:
            yield from answer_job(model, job, load, seed=seed, on_stage=on_stage)


def answer_job(
    model: "OpenModel | ModelAPI", job: Job, load: Callable[[], Audio], *, seed: int, on_stage: OnStage
) -> Iterator[Prediction]:
    """Answer one job; see `answer`.

    Parameters
    ----------
    model : OpenModel or ModelAPI
    job : Job
    load : callable
        Decodes the sample's recording, or has done so.
    seed : int
    on_stage : callable
    """
    sample, pending = job.sample, dict(job.repeats)
    audio: Audio | None = None
    if job.asked_before:
        model = asked_again(model, job.asked_before)
    try:
        with memory_errors("answer this sample"):
            on_stage(sample.id, sample.task, next(iter(pending)), "audio")
            audio = load()
            for event in _respond(model, sample, audio, list(pending), seed):
                if isinstance(event, Outcome):
                    yield prediction_of(sample, audio, event, pending.pop(event.configuration))
                else:
                    on_stage(sample.id, sample.task, event.configuration, event.stage)
    except ServiceError:
        raise
    except AmarathonError as error:
        for configuration, repeat in pending.items():
            yield prediction_of(sample, audio, Outcome(configuration, error=str(error)), repeat)


def _respond(
    model: "OpenModel | ModelAPI", sample: Sample, audio: Audio, configurations: list[str], seed: int
) -> Iterator[Progress | Outcome]:
    task = EVERY_TASK[sample.task]
    messages, budget = task.messages(sample), task.reply_budget(audio.duration_s)
    yield from sweep(
        model,
        audio,
        messages,
        configurations,
        max_new_tokens=budget,
        seed=seed,
        recording=sample.id,
        shared=len(configurations) > 1,
    )


def prediction_of(sample: Sample, audio: Audio | None, outcome: Outcome, repeat: str) -> Prediction:
    """Make the record of an outcome, with the reply read and compared with the right answer."""
    answered = outcome.error is None
    read = read_answer(outcome.reply, sample.option_texts) if answered and sample.options else None
    return Prediction(
        sample_id=sample.id,
        task=sample.task,
        configuration=outcome.configuration,
        repeat=repeat,
        order=list(range(len(sample.options))),
        options=sample.option_texts,
        labels=[option.label for option in sample.options],
        answer=sample.answer,
        reference=sample.reference,
        reply=outcome.reply,
        answer_read=read,
        correct=read == sample.answer if answered and sample.answer is not None else None,
        duration_s=audio.duration_s if audio else sample.audio.duration_s,
        sources=list(sample.audio.sources),
        slices=dict(sample.slices),
        audio_sha256=audio.sha256 if audio else None,
        pcm_sha256=audio.pcm_sha256 if audio else None,
        audio_warnings=list(audio.warnings) if audio else None,
        audio_tokens=outcome.audio_tokens if answered and outcome.audio_tokens else None,
        kept_tokens=outcome.kept_tokens if answered and outcome.audio_tokens else None,
        new_tokens=outcome.new_tokens if answered and outcome.new_tokens else None,
        timings=TimingRecord(**asdict(outcome.timings)),
        peak_bytes=outcome.peak_bytes,
        cache_bytes=outcome.cache_bytes,
        service=ServiceAnswer.of(outcome.service) if outcome.service else None,
        error=outcome.error,
        at=now(),
    )
