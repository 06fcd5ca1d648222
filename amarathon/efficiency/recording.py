"""Measuring a model on samples and writing what was measured, one record at a time."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from amarathon.audio import load_audio
from amarathon.efficiency.measuring import MeasurementRequest, measure, resident_memory
from amarathon.efficiency.records import EFFICIENCY_FILE, EfficiencyRecord, read_efficiency
from amarathon.errors import RunError
from amarathon.files import now, write_atomically
from amarathon.models.open_model import OpenModel
from amarathon.runs.environment import describe_environment
from amarathon.runs.folder import RunFolder, writing
from amarathon.runs.planning import Plan, make_plan, refuse_other_model
from amarathon.runs.records import SEEDING, ModelRecord, RunHeader
from amarathon.tasks import EVERY_TASK
from amarathon.tasks.sample import Sample, SampleSet

ENGINE = "alone"


def record_efficiency(
    load: Callable[[], OpenModel],
    samples: SampleSet | Sequence[Sample],
    configurations: Sequence[str],
    out: Path,
    *,
    seed: int = 0,
    warm_up: int = 1,
    repeats: int = 5,
    progress: Callable[[EfficiencyRecord], None] | None = None,
) -> list[EfficiencyRecord]:
    """Measure every configuration, each alone, on every sample.

    A second call measures what is not there yet, on the same hardware with the same libraries.

    Parameters
    ----------
    load : callable
        Returns the model. On a CPU it is also called in a fresh process, by pickle, where the
        peak memory is taken.
    samples : SampleSet or sequence of Sample
    configurations : sequence of str
    out : Path
        Gets ``run.json`` and ``efficiency.jsonl``.
    seed, warm_up, repeats : int
    progress : callable, optional
        Called with each new record.

    Returns
    -------
    list of EfficiencyRecord
        All that the folder holds.

    Raises
    ------
    AmarathonError
        If a configuration, a sample or the model does not fit, or the folder holds something else.
    """
    plan = make_plan(samples, configurations, seed)
    with writing(out) as folder:
        if folder.header is not None and folder.header.kind != "efficiency":
            raise RunError(f"{out} holds a run's answers; choose another folder for efficiency records.")
        records = read_efficiency(out)
        model = load()
        model.family.check_takes("measuring its stages alone")
        _begin(folder, plan, model)
        there = {record.key for record in records}
        assert folder.header is not None
        left = {name for sample in plan.samples for name in plan.repeats if (sample.id, name) not in there}
        plan.refuse_other_seeding(folder.path, folder.header, left)
        for sample in plan.samples:
            for name in plan.repeats:
                if (sample.id, name) in there:
                    continue
                records.append(_measured(load, model, sample, name, seed, warm_up, repeats))
                lines = (record.model_dump_json() + "\n" for record in records)
                write_atomically(out / EFFICIENCY_FILE, "".join(lines))
                if progress is not None:
                    progress(records[-1])
        if folder.header.finished_at is None:
            folder.write_header(folder.header.model_copy(update={"finished_at": now()}))
    return records


def _begin(folder: RunFolder, plan: Plan, model: OpenModel) -> None:
    identity, environment = ModelRecord(**asdict(model.identity)), asdict(describe_environment())
    header = folder.header
    if header is None:
        folder.write_header(
            RunHeader(
                run_id=folder.path.resolve().name,
                kind="efficiency",
                created_at=now(),
                model=identity,
                dataset=plan.dataset,
                configurations=list(plan.repeats),
                seed=plan.seed,
                seeding=SEEDING,
                engine=ENGINE,
                **environment,
            )
        )
        return
    plan.refuse_other_run(folder.path, header, identity.name)
    refuse_other_model(folder.path, header.model, identity)
    # Figures of one folder are compared with each other, so they are of one environment.
    if (header.hardware, header.libraries) != (environment["hardware"], environment["libraries"]):
        raise RunError(f"{folder.path} was measured on other hardware or libraries; choose another folder.")


def _measured(
    load: Callable[[], OpenModel],
    model: OpenModel,
    sample: Sample,
    name: str,
    seed: int,
    warm_up: int,
    repeats: int,
) -> EfficiencyRecord:
    audio, task = load_audio(sample.audio.path), EVERY_TASK[sample.task]
    budget = task.reply_budget(audio.duration_s)
    request = MeasurementRequest(audio, task.messages(sample), name, budget, seed, sample.id)
    measured = measure(model, request, warm_up=warm_up, repeats=repeats)
    outcome = measured.outcome
    return EfficiencyRecord(
        configuration=name,
        sample_id=sample.id,
        task=sample.task,
        pcm_sha256=audio.pcm_sha256,
        duration_s=audio.duration_s,
        audio_tokens=outcome.audio_tokens,
        kept_tokens=outcome.kept_tokens,
        new_tokens=outcome.new_tokens,
        warm_up=warm_up,
        repeats=repeats,
        encoder_s=measured.seconds["encoder_s"],
        prefill_s=measured.seconds["prefill_s"],
        first_token_s=measured.seconds["first_token_s"],
        decode_s=measured.seconds["decode_s"],
        memory=measured.memory or resident_memory(load, request),
        cache_bytes=measured.cache_bytes,
        energy_j=measured.energy_j,
        commit=describe_environment().commit,
        at=now(),
    )
