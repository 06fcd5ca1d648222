import os
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from amarathon.errors import AudioError, ModelError, RunError
from amarathon.models import load_model
from amarathon.models.model_api import ModelIdentity
from amarathon.runs import DeferredModel, evaluate, read_run
from amarathon.runs.engines.ray import MOST_DEATHS, RayEngine

# What is different about two records of the same answer.
OF_ITS_TIME = {"at", "timings", "peak_bytes"}


@pytest.fixture(scope="module")
def cluster():
    """One Ray cluster for these tests; engines use the one that is there."""
    import ray

    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    ray.init("local", num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    yield ray
    ray.shutdown()


@dataclass
class Noting:
    """Replies alike, and notes each question in a file of its process; may die or fail at some."""

    folder: Path
    deadly: str | None = None
    deaths: int = 0
    broken: str | None = None
    together: int = 1
    max_audio_s: float = 60.0
    compresses: bool = False
    identity: ModelIdentity = field(
        default_factory=lambda: ModelIdentity("noting", "1", "stub", "float32", "cpu", 0)
    )

    def respond(self, audio, messages, *, max_new_tokens):
        line = f"{audio.sha256}\n"
        with (self.folder / f"asked-{os.getpid()}").open("a") as file:
            file.write(line)
        # Nobody goes on before so many are at work: a busy machine may start one of them much later.
        while len(list(self.folder.glob("asked-*"))) < self.together:
            time.sleep(0.01)
        if self.broken == audio.sha256:
            raise ModelError("This one cannot be answered.")
        if self.deadly == audio.sha256:
            died = self.folder / "died"
            count = len(died.read_text()) if died.exists() else 0
            if count < self.deaths:
                died.write_text("x" * (count + 1))
                os.kill(os.getpid(), signal.SIGKILL)
        return "B"


def calls_of(folder):
    """How often each recording was asked about, and by how many processes."""
    files = sorted(folder.glob("asked-*"))
    return Counter(line for file in files for line in file.read_text().split()), len(files)


def lines(folder):
    """A run's records, without what two runs may differ in."""
    records = read_run(folder).predictions()
    return sorted(
        (record.model_dump(exclude=OF_ITS_TIME) for record in records), key=lambda fields: str(fields)
    )


def deferred(folder, **more):
    folder.mkdir(exist_ok=True)
    return DeferredModel("noting", lambda: Noting(folder, **more))


def test_workers_write_the_records_that_one_process_writes(cluster, samples, tmp_path):
    engine = RayEngine(count=2)
    model = deferred(tmp_path / "far", together=2)
    summary = evaluate(model, samples, ["vanilla"], tmp_path / "ray", engine=engine)
    local = evaluate(deferred(tmp_path / "near"), samples, ["vanilla"], tmp_path / "local")
    assert lines(tmp_path / "ray") == lines(tmp_path / "local")
    assert summary.breakdowns == local.breakdowns
    times, processes = calls_of(tmp_path / "far")
    assert set(times.values()) == {1}
    assert processes == 2
    assert not list((tmp_path / "far").glob(f"asked-{os.getpid()}"))
    header = read_run(tmp_path / "ray").header
    assert (header.engine, header.hardware["workers"]) == ("ray", "2")


def test_a_killed_worker_loses_nothing_and_repeats_nothing(cluster, samples, tmp_path):
    deadly = samples[1].audio.sha256
    model = deferred(tmp_path / "far", deadly=deadly, deaths=1)
    evaluate(model, samples, ["vanilla"], tmp_path / "ray", engine=RayEngine(count=2))
    evaluate(deferred(tmp_path / "near"), samples, ["vanilla"], tmp_path / "local")
    assert lines(tmp_path / "ray") == lines(tmp_path / "local")
    times, _ = calls_of(tmp_path / "far")
    # Asked again was only what its worker died over.
    assert {sha for sha, count in times.items() if count > 1} == {deadly}
    assert times[deadly] == 2


def test_a_sample_that_keeps_killing_fails_by_name_and_the_others_stand(cluster, samples, tmp_path):
    model = deferred(tmp_path / "far", deadly=samples[2].audio.sha256, deaths=99)
    evaluate(model, samples, ["vanilla"], tmp_path / "ray", engine=RayEngine(count=1))
    failed = {record.sample_id: record.error for record in read_run(tmp_path / "ray").predictions()}
    assert len(failed) == 4
    assert f"{MOST_DEATHS} times" in failed.pop("s2")
    assert set(failed.values()) == {None}


def test_a_failing_sample_is_the_same_record_as_here(cluster, samples, tmp_path):
    broken = samples[0].audio.sha256
    for name, engine in (("ray", RayEngine(count=1)), ("local", "local")):
        model = deferred(tmp_path / f"of-{name}", broken=broken)
        evaluate(model, samples, ["vanilla"], tmp_path / name, engine=engine)
    assert lines(tmp_path / "ray") == lines(tmp_path / "local")


def test_a_sweep_goes_on_where_its_worker_was_killed(cluster, samples, tmp_path):
    """A real model, several configurations a sample: what a killed worker sent is not asked again."""
    names = ["vanilla", "frame@0.6", "snapkv@0.5", "pool@2"]
    reported = []

    def kill_one(event):
        reported.append((event.sample_id, event.configuration, event.stage))
        if len([stage for *_, stage in reported if stage == "done"]) == 2 and event.stage == "done":
            for process in _workers():
                os.kill(process.pid, signal.SIGKILL)

    small = DeferredModel("small", _small)
    evaluate(small, samples[:2], names, tmp_path / "ray", engine=RayEngine(count=1), progress=kill_one)
    evaluate(small, samples[:2], names, tmp_path / "local")
    assert lines(tmp_path / "ray") == lines(tmp_path / "local")
    # No answer came twice, whatever the worker had sent by the time it was killed; and where it had not
    # sent them all, the sample was handed out a second time, from where it was.
    done = [(sample, name) for sample, name, stage in reported if stage == "done"]
    assert sorted(done) == sorted((sample, name) for sample in ("s0", "s1") for name in names)
    for sample in ("s0", "s1"):
        begun = [name for begun_for, name, stage in reported if begun_for == sample and stage == "audio"]
        assert begun[0] == "vanilla"
        assert begun == sorted(set(begun), key=names.index)


def _small():
    return load_model("small")


def _workers():
    import psutil

    return [
        process
        for process in psutil.Process().children(recursive=True)
        if "ray::_Worker" in " ".join(process.cmdline())
    ]


def test_a_run_goes_on_with_another_engine(cluster, samples, tmp_path):
    folder = tmp_path / "run"
    evaluate(deferred(tmp_path / "near"), samples, ["vanilla"], folder)
    cut = (folder / "predictions.jsonl").read_text().splitlines(keepends=True)[:2]
    (folder / "predictions.jsonl").write_text("".join(cut))
    evaluate(deferred(tmp_path / "far"), samples, ["vanilla"], folder, engine="ray")
    assert (folder / "predictions.jsonl").read_text().startswith("".join(cut))
    assert sum(calls_of(tmp_path / "far")[0].values()) == 2
    assert [session.engine for session in read_run(folder).header.continued] == ["ray"]


def test_what_cannot_be_loaded_is_one_sentence(cluster, samples, tmp_path):
    with pytest.raises(ModelError, match="could not load the model"):
        evaluate(DeferredModel("x", _no_model), samples, ["vanilla"], tmp_path / "run", engine="ray")


def _no_model():
    raise AudioError("Nothing here.")


def test_more_workers_than_cores_are_refused(cluster, samples, tmp_path):
    with pytest.raises(RunError, match="too few for 99 workers"):
        evaluate(
            deferred(tmp_path / "far"), samples, ["vanilla"], tmp_path / "run", engine=RayEngine(count=99)
        )
