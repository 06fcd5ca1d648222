"""The questions of an evaluation, checked before any model is loaded."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from amarathon.compression import Configuration, parse_configurations
from amarathon.datasets.fingerprint import dataset_sha256
from amarathon.errors import DatasetError, RunError
from amarathon.runs.membership import samples_sha256
from amarathon.runs.reading import Key
from amarathon.runs.records import (
    PROTOCOL_VERSION,
    SEEDING,
    DatasetRecord,
    ExclusionRecord,
    ModelRecord,
    RunHeader,
    Seeding,
    ServiceHeader,
)
from amarathon.tasks import EVERY_TASK
from amarathon.tasks.sample import Sample, SampleSet

_SEED_SOURCES: Mapping[Seeding, str] = {
    "seed": "its seed alone",
    "sample": "its seed and each sample's id",
    "recording": "its seed and each recording",
}


@dataclass(frozen=True)
class Job:
    """One sample and the configurations it still has to be answered under.

    Attributes
    ----------
    sample : Sample
    repeats : mapping of str to str
        Canonical configuration name to the `repeat` of its record.
    asked_before : int
        How often a service was asked the same in this run.
    """

    sample: Sample
    repeats: Mapping[str, str]
    asked_before: int = 0


@dataclass(frozen=True)
class Plan:
    """Every question of an evaluation; made by `make_plan`.

    Attributes
    ----------
    samples : tuple of Sample
    dataset : DatasetRecord
        What the run's header says about them.
    repeats : mapping of str to str
        Canonical configuration name to the `repeat` of its records.
    seed : int
    rounds : int
        How often each question is asked; more than once only of a service.
    """

    samples: tuple[Sample, ...]
    dataset: DatasetRecord
    repeats: Mapping[str, str]
    seed: int
    rounds: int = 1

    @property
    def total(self) -> int:
        """Answers planned."""
        return len(self.samples) * len(self.repeats) * self.rounds

    def jobs(self, done: set[Key]) -> list[Job]:
        """What is left to answer when the keys in `done` have their records, one round after the other."""
        jobs = []
        for asked_before in range(self.rounds):
            repeats = dict.fromkeys(self.repeats, str(asked_before)) if asked_before else self.repeats
            for sample in self.samples:
                pending = {
                    name: repeat for name, repeat in repeats.items() if (sample.id, name, repeat) not in done
                }
                if pending:
                    jobs.append(Job(sample, pending, asked_before))
        return jobs

    def refuse_other_samples(self, path: Path, found: Iterable[Key]) -> None:
        """Refuse a folder with records of samples that are not in the plan.

        Raises
        ------
        RunError
            Naming the first.
        """
        sample_ids = {sample.id for sample in self.samples}
        other = next((name for name, _, _ in found if name not in sample_ids), None)
        if other is not None:
            raise RunError(f"{path} holds an answer to {other}, which is no sample of {self.dataset.name}.")

    def refuse_other_run(self, path: Path, header: RunHeader, model_name: str) -> None:
        """Refuse a folder whose run asks something else.

        Raises
        ------
        RunError
            Naming the first difference.
        """
        _refuse_differences(
            path,
            ("protocol version", header.protocol_version, PROTOCOL_VERSION),
            ("model", header.model.name, model_name),
            ("dataset", *_dataset_names(header.dataset, self.dataset)),
            ("configurations", ", ".join(sorted(header.configurations)), ", ".join(sorted(self.repeats))),
            ("seed", header.seed, self.seed),
        )
        if header.repeats > self.rounds:
            _refuse_differences(path, ("repeats", header.repeats, self.rounds))

    def refuse_other_seeding(self, path: Path, header: RunHeader, pending: Iterable[str]) -> None:
        """Refuse to draw from another source than the answers of a run that are there.

        Parameters
        ----------
        path : Path
        header : RunHeader
        pending : iterable of str
            Configurations that are still to be answered; those without chance can always be.

        Raises
        ------
        RunError
        """
        if any(Configuration.parse(name).randomised for name in pending):
            _refuse_differences(
                path, ("random draws by", _SEED_SOURCES[header.seeding], _SEED_SOURCES[SEEDING])
            )


def make_plan(
    samples: SampleSet | Sequence[Sample], configurations: Sequence[str], seed: int, rounds: int = 1
) -> Plan:
    """Check samples and configurations.

    Raises
    ------
    ConfigurationError
        If a configuration means nothing, or two mean the same.
    DatasetError
        If there are no samples, two share an id, or a task is unknown.
    """
    found = samples if isinstance(samples, SampleSet) else SampleSet("unnamed", tuple(samples))
    parsed = parse_configurations(configurations)
    # A method without chance has one answer, whatever the seed.
    repeats = {configuration.name: str(seed) if configuration.randomised else "0" for configuration in parsed}
    return Plan(found.samples, _describe(found), repeats, seed, rounds)


def refuse_other_model(path: Path, stored: ModelRecord, current: ModelRecord) -> None:
    """Refuse to continue a run with different weights, or the same ones loaded differently.

    Raises
    ------
    RunError
        Naming the first difference.
    """
    # These are what we say about the model, not a part of it.
    fields = [name for name in ModelRecord.model_fields if name not in ("notice", "untrained")]
    if stored.attention is None:  # a run from before it was noted
        fields.remove("attention")
    _refuse_differences(
        path, *((f"model {name}", getattr(stored, name), getattr(current, name)) for name in fields)
    )


def refuse_other_service(path: Path, stored: ServiceHeader | None, current: ServiceHeader | None) -> None:
    """Refuse to continue a run at another service, or asking it in another way.

    Prices may have changed, and a question may be asked more often than it was.

    Raises
    ------
    RunError
        Naming the first difference.
    """
    if stored is None or current is None:
        _refuse_differences(path, ("answers of", _who(stored), _who(current)))
        return
    fields = [name for name in ServiceHeader.model_fields if name not in ("served", "price", "repeats")]
    _refuse_differences(
        path, *((f"service {name}", getattr(stored, name), getattr(current, name)) for name in fields)
    )


def _who(service: ServiceHeader | None) -> str:
    return "a service" if service else "weights"


def _refuse_differences(path: Path, *compared: tuple[str, object, object]) -> None:
    for what, stored, current in compared:
        if stored != current:
            raise RunError(f"{path} holds a run with {what} {stored}, not {current}; choose another folder.")


def _dataset_names(stored: DatasetRecord, current: DatasetRecord) -> tuple[str, str]:
    """Names of two datasets; equal where they ask the same, whatever they are called."""
    if stored.sha256 == current.sha256:
        return stored.name, stored.name
    first, second = (
        f"{dataset.name} ({dataset.count} samples, hash {dataset.sha256[:12]})"
        for dataset in (stored, current)
    )
    return first, second


def _describe(found: SampleSet) -> DatasetRecord:
    if not found.samples:
        raise DatasetError(f"The dataset {found.name} has no samples to ask about.")
    ids = Counter(sample.id for sample in found.samples)
    if repeated := [name for name, count in ids.items() if count > 1]:
        raise DatasetError(f"The dataset {found.name} has two samples with the id {repeated[0]}.")
    tasks = Counter(sample.task for sample in found.samples)
    if unknown := sorted(set(tasks) - set(EVERY_TASK)):
        raise DatasetError(
            f"The dataset {found.name} has a task {unknown[0]}; there are {', '.join(EVERY_TASK)}."
        )
    return DatasetRecord(
        name=found.name,
        sha256=dataset_sha256(found.samples),
        samples_sha256=samples_sha256((sample.id, sample.task) for sample in found.samples),
        count=len(found.samples),
        tasks={code: tasks[code] for code in EVERY_TASK if code in tasks},
        exclusions=[
            ExclusionRecord(record=exclusion.record, reason=exclusion.reason)
            for exclusion in found.exclusions
        ],
    )
