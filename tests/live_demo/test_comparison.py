"""A whole comparison with the real small model, over the routes that the page uses."""

import csv
import io
import json
from dataclasses import dataclass, replace

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from amarathon.audio import load_audio
from amarathon.compression import METHODS
from amarathon.errors import ModelError
from amarathon.generation.outcome import Outcome, Progress
from amarathon.models.small import TRAINED_NOTICE
from amarathon.runs import evaluate, read_run
from amarathon.tasks.sample import SampleAudio
from live_demo.api import routes_of
from live_demo.question import Ask
from live_demo.service import DemoService
from live_demo.visitors import Visitor
from tests.audio.makers import wav_bytes
from tests.live_demo.conftest import make_ask, make_service, tone_file

COMPARISONS = "/v1/demo/comparisons"
CONFIGURATIONS = ["vanilla", "frame@0.6", "random@0.3", "frame@0.6+snapkv@0.5"]


@dataclass
class Finished:
    """A comparison that has run, its service and its routes."""

    service: DemoService
    client: TestClient
    id: str
    shown: dict


@pytest.fixture(scope="module")
def finished(tmp_path_factory, shared_model):
    """One comparison, run once for all tests that only look at it."""
    service = make_service(tmp_path_factory.mktemp("finished"), shared_model)
    with TestClient(FastAPI(routes=routes_of(service).routes)) as client:
        recording = client.post("/v1/demo/recordings", content=tone_file(4.0)).json()
        ask = make_ask(recording["id"], configurations=CONFIGURATIONS, seed=7, max_new_tokens=16)
        answer = client.post(COMPARISONS, json=ask.model_dump(mode="json"))
        assert answer.status_code == 201, answer.text
        assert answer.json()["state"] == "waiting"
        identifier = answer.json()["id"]
        service.queue.run(identifier)
        status = client.get(f"{COMPARISONS}/{identifier}/status").json()
        assert (status["state"], status["error"], status["done"]) == ("done", None, 4)
        yield Finished(service, client, identifier, client.get(f"{COMPARISONS}/{identifier}").json())


def test_every_figure_is_the_records(finished):
    identifier, shown = finished.id, finished.shown
    run = read_run(finished.service.folder / identifier)
    records = {record.configuration: record for record in run.predictions()}
    assert list(records) == CONFIGURATIONS == [row["configuration"] for row in shown["rows"]]
    assert run.header.finished_at is not None
    assert run.header.model.notice == TRAINED_NOTICE == shown["run"]["model"]["notice"]
    assert {name: record.repeat for name, record in records.items()} == {
        "vanilla": "0",
        "frame@0.6": "0",
        "random@0.3": "7",
        "frame@0.6+snapkv@0.5": "0",
    }
    for row in shown["rows"]:
        record = records[row["configuration"]]
        for field in ("reply", "audio_tokens", "kept_tokens", "new_tokens", "peak_bytes", "cache_bytes"):
            assert row[field] == getattr(record, field), field
        for field in ("encoder_s", "prefill_s", "first_token_s", "decode_s"):
            assert row[field] == getattr(record.timings, field), field
        assert row["prefill_speedup"] == records["vanilla"].timings.prefill_s / record.timings.prefill_s
    kept = {row["configuration"]: row["kept_tokens"] for row in shown["rows"]}
    assert kept == {"vanilla": 100, "frame@0.6": 40, "random@0.3": 70, "frame@0.6+snapkv@0.5": 40}


def test_the_answers_are_those_of_an_evaluation(finished, shared_model, tmp_path):
    service, identifier, shown = finished.service, finished.id, finished.shown
    recording = service.recordings.get(shown["comparison"]["recording"]["id"])
    ask = Ask.read(shown["comparison"]["ask"])
    path = tmp_path / "tone.wav"
    samples = np.asarray(recording.samples)
    path.write_bytes(wav_bytes(np.rint(samples * 32768).astype(np.int16).tobytes()))
    sample = ask.sample(recording)
    # A sample's id is in the seed of an evaluation, a recording's digest in that of a comparison.
    name = recording.record.pcm_sha256
    sample = replace(sample, id=name, audio=SampleAudio(path, "tone.wav", ("tone",)), answer=0)
    evaluate(shared_model.get(), [sample], CONFIGURATIONS, tmp_path / "run", seed=7)
    evaluated = {record.configuration: record for record in read_run(tmp_path / "run").predictions()}
    for record in read_run(service.folder / identifier).predictions():
        assert record.repeat == evaluated[record.configuration].repeat
        assert record.reply == evaluated[record.configuration].reply
        assert record.kept_tokens == evaluated[record.configuration].kept_tokens
        assert record.cache_bytes == evaluated[record.configuration].cache_bytes


def test_what_was_kept_can_be_seen_and_heard(finished):
    service, client, identifier = finished.service, finished.client, finished.id
    address = f"{COMPARISONS}/{identifier}/kept"
    spans = client.get(address, params={"configuration": "frame@0.6"}).json()["spans"]
    assert len(spans) == 40
    assert sum(end - start for start, end in spans) == pytest.approx(1.6)
    evicted = client.get(address, params={"configuration": "frame@0.6+snapkv@0.5"}).json()
    assert len(evicted["map"]) == 8
    assert all(0 <= share <= 1 for layer in evicted["map"] for share in layer)
    answer = client.get(
        f"{address}.opus", params={"configuration": "frame@0.6"}, headers={"Range": "bytes=0-3"}
    )
    assert (answer.status_code, answer.content) == (206, b"OggS")
    index = CONFIGURATIONS.index("frame@0.6")
    assert load_audio(service.folder / identifier / f"kept-{index}-closed.opus").duration_s == pytest.approx(
        1.6, abs=0.1
    )
    for form, seconds in (("gaps", 4.0), ("removed", 2.4)):
        heard = client.get(f"{address}.opus", params={"configuration": "frame@0.6", "form": form})
        assert heard.status_code == 200
        path = service.folder / identifier / f"kept-{index}-{form}.opus"
        assert load_audio(path).duration_s == pytest.approx(seconds, abs=0.1)
    assert client.get(address, params={"configuration": "fastv@0.6"}).status_code == 404
    assert client.get(f"{address}.mp3", params={"configuration": "../frame@0.6"}).status_code == 404


def test_downloads_hold_everything(finished):
    client, identifier, shown = finished.client, finished.id, finished.shown
    answer = client.get(f"{COMPARISONS}/{identifier}/comparison.json")
    assert answer.headers["content-disposition"].startswith("attachment")
    document = answer.json()
    assert document["figures"] == json.loads(json.dumps(shown["rows"]))
    assert [record["configuration"] for record in document["predictions"]] == CONFIGURATIONS
    assert document["comparison"]["messages"][1]["content"][1]["text"].startswith(
        "Listen to this audio segment"
    )
    lines = list(csv.DictReader(io.StringIO(client.get(f"{COMPARISONS}/{identifier}/comparison.csv").text)))
    assert [line["configuration"] for line in lines] == CONFIGURATIONS
    assert float(lines[1]["prefill_s"]) == shown["rows"][1]["prefill_s"]
    assert lines[0]["model"] == "small"
    assert lines[0]["model_notice"] == TRAINED_NOTICE


def test_a_finished_comparison_is_there_after_a_restart(finished):
    service, client, identifier, shown = finished.service, finished.client, finished.id, finished.shown
    service.queue._comparisons.clear()
    status = client.get(f"{COMPARISONS}/{identifier}/status").json()
    assert (status["state"], status["done"], status["ask"]["seed"]) == ("done", 4, 7)
    assert client.get(f"{COMPARISONS}/{identifier}").json() == shown
    service.queue.run(identifier)  # its event arrives a second time
    assert client.get(f"{COMPARISONS}/{identifier}").json() == shown


def test_a_configuration_that_fails_leaves_the_others(service, client, ask):
    names = ["frame@0.6:layer=99", "frame@0.6"]
    comparison = service.submit(ask(configurations=names), Visitor())
    service.queue.run(comparison.id)
    rows = client.get(f"{COMPARISONS}/{comparison.id}").json()["rows"]
    assert [row["error"] is None for row in rows] == [True, False, True]
    assert rows[1]["reply"] == ""
    assert rows[1]["prefill_speedup"] is None
    assert client.get(f"{COMPARISONS}/{comparison.id}/status").json()["state"] == "done"


def test_a_recording_that_is_too_long_for_the_model_is_refused_before_the_work(service, client, ask):
    long = wav_bytes((np.arange(301 * 4000) % 200).astype(np.uint8).tobytes(), rate=4000, bits=8)
    recording = client.post("/v1/demo/recordings", content=long).json()["id"]
    comparison = service.submit(ask(recording=recording), Visitor())
    service.queue.run(comparison.id)
    status = client.get(f"{COMPARISONS}/{comparison.id}/status").json()
    assert status["state"] == "failed"
    assert status["error"] == "The recording lasts 301.0 s; small takes at most 300 s."


def test_a_model_that_does_not_load_is_said_and_tried_again(service, client, ask, monkeypatch):
    def fail():
        raise ModelError("There is no model here.")

    working = service.queue.models["small"].get
    monkeypatch.setattr(service.queue.models["small"], "get", fail)
    first = service.submit(ask(), Visitor())
    service.queue.run(first.id)
    assert client.get(f"{COMPARISONS}/{first.id}/status").json()["error"] == "There is no model here."
    monkeypatch.setattr(service.queue.models["small"], "get", working)
    second = service.submit(ask(), Visitor())
    service.queue.run(second.id)
    assert second.state == "done"


def test_stopping_ends_the_work_and_keeps_what_is_there(service, client, ask):
    comparison = service.submit(ask(), Visitor())
    begun = []

    def events(model, audio, ask, interrupted):
        for index, name in enumerate(ask.configurations):
            begun.append(name)
            yield Progress(name, "prefill", index, len(ask.configurations))
            yield Outcome(name, reply="A", audio_tokens=100, kept_tokens=100)
            client.post(f"{COMPARISONS}/{comparison.id}/stop")

    service.queue.answer = events
    service.queue.run(comparison.id)
    assert begun == ["vanilla", "frame@0.6"]  # the event behind the stop is the last that is looked at
    status = client.get(f"{COMPARISONS}/{comparison.id}/status").json()
    assert (status["state"], status["done"]) == ("stopped", 1)
    service.queue._comparisons.clear()
    status = client.get(f"{COMPARISONS}/{comparison.id}/status").json()
    assert (status["state"], status["done"]) == ("stopped", 1)
    assert client.post(f"{COMPARISONS}/{comparison.id}/stop").status_code == 404


def test_stopping_after_the_last_answer_changes_nothing(service, ask):
    comparison = service.submit(ask(configurations=[]), Visitor())

    def events(model, audio, ask, interrupted):
        yield Outcome("vanilla", reply="A", audio_tokens=100, kept_tokens=100)
        comparison.stop()

    service.queue.answer = events
    service.queue.run(comparison.id)
    assert comparison.state == "done"


def test_running_out_of_memory_in_the_encoder_is_in_the_record(service, client, ask):
    def events(model, audio, ask, interrupted):
        yield Progress("vanilla", "encoder", 0, 3, 0.5)
        raise ModelError("There was not enough memory to encode this recording.")

    service.queue.answer = events
    comparison = service.submit(ask(), Visitor())
    service.queue.run(comparison.id)
    rows = client.get(f"{COMPARISONS}/{comparison.id}").json()["rows"]
    assert [row["error"] for row in rows] == ["There was not enough memory to encode this recording."] * 3


def test_a_fault_of_ours_is_no_silence(service, ask):
    def events(model, audio, ask, interrupted):
        raise ZeroDivisionError
        yield

    service.queue.answer = events
    comparison = service.submit(ask(), Visitor())
    with pytest.raises(ZeroDivisionError):
        service.queue.run(comparison.id)
    assert comparison.state == "failed"
    assert "fault of this program" in comparison.error


def test_every_method_of_the_registry_can_be_compared(service, client, ask):
    amounts = {"ratio": "0.5", "factor": "2"}
    names = [f"{method.name}@{amounts[method.amount_kind]}" for method in METHODS.values()]
    comparison = service.submit(ask(seconds=1.0, configurations=names, max_new_tokens=1), Visitor())
    service.queue.run(comparison.id)
    rows = client.get(f"{COMPARISONS}/{comparison.id}").json()["rows"]
    assert {row["configuration"]: row["error"] for row in rows} == dict.fromkeys(["vanilla", *names])
    for row in rows:
        kept = client.get(
            f"{COMPARISONS}/{comparison.id}/kept", params={"configuration": row["configuration"]}
        )
        assert kept.json()["spans"] or kept.json()["map"], row["configuration"]
