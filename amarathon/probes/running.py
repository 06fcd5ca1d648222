"""Probing encoders: embed each clip once, fit every probe, write every figure as it is there."""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from importlib import metadata
from pathlib import Path

import numpy as np

from amarathon.errors import RunError
from amarathon.files import now
from amarathon.metrics.intervals import score_interval
from amarathon.probes.classifiers import Probe, probes_of
from amarathon.probes.classifiers.fitted import Material
from amarathon.probes.clips import SPLITS, ProbeClip, ProbeTask, data_sha256
from amarathon.probes.embedding import Embeddings, embeddings
from amarathon.probes.encoders import layers_of, load_encoder, parse_encoder
from amarathon.probes.encoders.encoder import Encoder
from amarathon.probes.folder import ProbeFolder, writing
from amarathon.probes.material import material
from amarathon.probes.records import EncoderRecord, ProbeHeader, ProbeRecord, ProbeSummary, TaskRecord
from amarathon.probes.scoring import majority_chance, summarise, task_statistic
from amarathon.runs.environment import Environment, describe_environment
from amarathon.runs.records import SessionRecord

Notify = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class _Prepared:
    """A task's clips in a fixed order, and its record."""

    clips: Sequence[ProbeClip]
    record: TaskRecord

    def material(self, vectors: np.ndarray, seed: int) -> Material:
        """Its embeddings by split, with the numbers of their classes."""
        number = {label: index for index, label in enumerate(self.record.labels)}
        rows = {split: [i for i, clip in enumerate(self.clips) if clip.split == split] for split in SPLITS}
        labels = {
            split: np.array([number[self.clips[row].label] for row in rows[split]], np.int64)
            for split in SPLITS
        }
        return Material(
            vectors[rows["train"]],
            labels["train"],
            vectors[rows["validation"]],
            labels["validation"],
            vectors[rows["test"]],
            len(number),
            seed,
        )


def probe(
    encoders: Sequence[str],
    tasks: Sequence[ProbeTask],
    out: Path,
    *,
    suite: str,
    protocol: str = "ours",
    seed: int = 0,
    cache: Path | None = None,
    load: Callable[[str], Encoder] = load_encoder,
    notify: Notify = lambda sentence: None,
) -> ProbeSummary:
    """Probe encoders on tasks; what the folder has already is not measured again.

    Parameters
    ----------
    encoders : sequence of str
        See `amarathon.probes.encoders`.
    tasks : sequence of ProbeTask
    out : Path
        Gets ``probe.json``, ``probes.jsonl`` and ``probes-summary.json``.
    suite : str
        The name of the tasks together.
    protocol : str
        One of `amarathon.probes.classifiers.PROTOCOLS`.
    seed : int
        Of the MLP.
    cache : Path, optional
        Of clips and embeddings.
    load : callable
        From a name to an encoder.
    notify : callable
        Called with a sentence on each step.

    Raises
    ------
    AmarathonError
        A name means nothing, a package cannot be had, or the folder holds another probing.
    """
    probes, names = probes_of(protocol), [parse_encoder(name) for name in encoders]
    with writing(out) as folder:
        prepared = []
        for task in tasks:
            notify(f"Clips of {task.name}: {task.title}.")
            prepared.append(_prepared(task, material(task, cache)))
        _begin(folder, suite, protocol, seed, [task.record for task in prepared])
        for name, text in zip(names, encoders, strict=True):
            notify(f"Loading {name.without_layer}.")
            encoder = load(text)
            _add_encoder(folder, encoder)
            for ready in prepared:
                notify(f"{name.without_layer} on {ready.record.name}.")
                _probe_task(folder, encoder, layers_of(name, encoder), ready, probes, seed, cache)
        assert folder.header is not None
        summary = summarise(folder.header.tasks, folder.records)
        folder.write_summary(summary)
    return summary


def _prepared(task: ProbeTask, clips: Sequence[ProbeClip]) -> _Prepared:
    labels = sorted({clip.label for clip in clips})
    by_split = {split: [clip for clip in clips if clip.split == split] for split in SPLITS}
    truth = [labels.index(clip.label) for clip in by_split["test"]]
    record = TaskRecord(
        name=task.name,
        title=task.title,
        domain=task.domain,
        held_out=task.held_out,
        note=task.note,
        data_sha256=data_sha256(clips),
        labels=labels,
        train=len(by_split["train"]),
        validation=len(by_split["validation"]),
        test=len(truth),
        chance=majority_chance([labels.index(clip.label) for clip in by_split["train"]], truth),
        ids=[clip.id for clip in by_split["test"]],
        truth=truth,
        groups=[clip.group for clip in by_split["test"]],
        licences=sorted({clip.origin.licence for clip in clips}),
    )
    return _Prepared(clips, record)


def _environment() -> Environment:
    """What this machine and process are, with the runtime that some encoders' graphs are computed by."""
    found = describe_environment()
    try:
        runtime = {"onnxruntime": metadata.version("onnxruntime")}
    except metadata.PackageNotFoundError:
        return found
    return replace(found, libraries={**found.libraries, **runtime})


def _begin(folder: ProbeFolder, suite: str, protocol: str, seed: int, tasks: list[TaskRecord]) -> None:
    environment = _environment()
    header = folder.header
    if header is None:
        folder.write_header(
            ProbeHeader(
                run_id=folder.path.resolve().name,
                created_at=now(),
                suite=suite,
                protocol=protocol,
                seed=seed,
                tasks=tasks,
                **asdict(environment),
            )
        )
        return
    for what, there, wanted in (
        ("the suite", header.suite, suite),
        ("the protocol", header.protocol, protocol),
        ("the seed", str(header.seed), str(seed)),
        ("the clips", _hashes(header.tasks), _hashes(tasks)),
    ):
        if there != wanted:
            raise RunError(
                f"{folder.path} holds a probing with {what} {there}, not {wanted}: choose another folder."
            )
    sessions: list[ProbeHeader | SessionRecord] = [*header.continued, header]
    if all(_facts(one) != _facts(environment) for one in sessions):
        session = SessionRecord(at=now(), engine="probe", **asdict(environment))
        folder.write_header(header.model_copy(update={"continued": [*header.continued, session]}))


def _facts(place: Environment | ProbeHeader | SessionRecord) -> tuple[object, ...]:
    return place.hardware, place.libraries, place.commit


def _hashes(tasks: Sequence[TaskRecord]) -> str:
    return ", ".join(f"{task.name}@{task.data_sha256[:8]}" for task in tasks)


def _add_encoder(folder: ProbeFolder, encoder: Encoder) -> None:
    header = folder.header
    assert header is not None
    record = EncoderRecord(
        **asdict(encoder.identity), pooling=encoder.pooling, key=encoder.key, layers=list(encoder.layers)
    )
    there = {known.name: known for known in header.encoders}.get(record.name)
    if there is None:
        folder.write_header(header.model_copy(update={"encoders": [*header.encoders, record]}))
    elif there.key != record.key:
        raise RunError(f"{folder.path} has figures of other weights of {record.name}: choose another folder.")


def _probe_task(
    folder: ProbeFolder,
    encoder: Encoder,
    layers: Sequence[str],
    task: _Prepared,
    probes: Sequence[Probe],
    seed: int,
    cache: Path | None,
) -> None:
    there = {record.key for record in folder.records}
    wanted = [
        (layer, one)
        for layer in layers
        for one in probes
        if (encoder.identity.name, layer, task.record.name, one.name) not in there
    ]
    if not wanted:
        return
    vectors: Embeddings = embeddings(encoder, task.clips, cache)
    commit = describe_environment().commit
    for layer, one in wanted:
        record = _figure(encoder.identity.name, layer, task, one, vectors[layer], seed, commit)
        folder.add([record])


def _figure(
    encoder: str,
    layer: str,
    task: _Prepared,
    one: Probe,
    vectors: np.ndarray,
    seed: int,
    commit: str | None,
) -> ProbeRecord:
    started = time.perf_counter()
    fitted = one.fit(task.material(vectors, seed))
    seconds = time.perf_counter() - started
    predicted = fitted.predicted.tolist()
    statistic = task_statistic(task.record, predicted)
    interval = score_interval(statistic)
    return ProbeRecord(
        encoder=encoder,
        layer=layer,
        task=task.record.name,
        probe=one.name,
        score=statistic.score(),
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        interval_method=interval.method if interval else None,
        n=len(predicted),
        groups=len(set(task.record.groups)),
        width=vectors.shape[1],
        chosen=dict(fitted.chosen),
        validation=fitted.validation,
        predicted=predicted,
        embedding_sha256=hashlib.sha256(np.ascontiguousarray(vectors, np.float32).tobytes()).hexdigest(),
        fit_s=round(seconds, 4),
        commit=commit,
        at=now(),
    )
