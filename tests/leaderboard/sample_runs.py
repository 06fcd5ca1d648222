"""A dataset on this machine and runs about it, for the tests of samples."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from amarathon.datasets import load_dataset
from amarathon.datasets.fingerprint import dataset_sha256
from amarathon.files import file_sha256
from amarathon.runs.records import DatasetRecord, ModelRecord, Prediction, RunHeader, WholeRecord
from amarathon.settings import Settings
from amarathon.tasks.sample import OPTION_LETTERS, Sample
from leaderboard.samples.api import routes_of
from leaderboard.samples.library import open_library
from tests.human_eval.material import write_dataset

CONFIGURATIONS = ("vanilla", "frame@0.6")
SECRET = "SECRET"


def licensed_dataset(folder: Path, licence: str = "CC0-1.0") -> Path:
    """Six questions and two transcripts, whose metadata state hash and licence."""
    write_dataset(folder)
    path = folder / "metadata.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for line in lines:
        line |= {"licence": licence, "author": "somebody", "slices": {"kind": f"{SECRET}-{line['id']}"}}
        line["sha256"] = file_sha256(folder / line["file_name"])
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def write_answers(
    runs: Path,
    name: str,
    samples: Sequence[Sample],
    choose: Callable[[int, Sample, str], int] = lambda number, sample, configuration: sample.answer or 0,
    *,
    kind: str = "model",
    dataset: str = "mini",
    sha256: str | None = None,
    whole: Sequence[Sample] = (),
) -> Path:
    """A run about samples; `choose` gives the option of the sample of a number under a configuration."""
    tasks = [sample.task for sample in samples]
    header = RunHeader(
        run_id=name,
        kind=kind,
        created_at="2026-01-01T00:00:00.000+00:00",
        model=ModelRecord(
            name=name, revision="1", adapter="stub", dtype="float32", device="cpu", parameters=1, notice=None
        ),
        dataset=DatasetRecord(
            name=dataset,
            sha256=sha256 or dataset_sha256(samples),
            count=len(samples),
            part_of=WholeRecord(sha256=dataset_sha256(whole), count=len(whole)) if whole else None,
            tasks={task: tasks.count(task) for task in dict.fromkeys(tasks)},
        ),
        configurations=list(CONFIGURATIONS if kind == "model" else CONFIGURATIONS[:1]),
        seed=0,
        engine="local",
        hardware={},
        libraries={},
        commit=None,
    )
    folder = runs / name
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(header.model_dump_json())
    lines = [
        _record(number, sample, configuration, choose).model_dump_json()
        for number, sample in enumerate(samples)
        for configuration in header.configurations
    ]
    (folder / "predictions.jsonl").write_text("\n".join(lines) + "\n")
    return folder


def _record(
    number: int, sample: Sample, configuration: str, choose: Callable[[int, Sample, str], int]
) -> Prediction:
    chosen = choose(number, sample, configuration) if sample.options else None
    return Prediction(
        sample_id=sample.id,
        task=sample.task,
        configuration=configuration,
        options=sample.option_texts,
        answer=sample.answer,
        reference=sample.reference,
        reply="the reference" if chosen is None else OPTION_LETTERS[chosen],
        answer_read=chosen,
        correct=None if chosen is None else chosen == sample.answer,
        duration_s=sample.audio.duration_s,
        slices=dict(sample.slices),
        audio_sha256=sample.audio.sha256,
        audio_tokens=100,
        kept_tokens=40 if configuration == "frame@0.6" else 100,
        at="2026-01-01T00:00:01.000+00:00",
    )


def samples_of(folder: Path) -> tuple[Sample, ...]:
    """A dataset's samples."""
    return load_dataset(folder).samples


def client_of(
    data: Path, datasets: Sequence[Path] = (), held_back: Callable[[], frozenset[str]] = frozenset
) -> TestClient:
    """The sample routes over a data folder, once all datasets have been read."""
    library = open_library(Settings(data=data, datasets=tuple(datasets)), held_back)
    client = TestClient(FastAPI(routes=routes_of(library).routes))
    while "still being read" in str(client.get("/v1/samples").json()["notes"]):
        pass
    return client
