"""Evaluations that a service answers: their records, what goes on, and what is refused."""

import json

import pytest

pytest.importorskip("openai")
pytest.importorskip("google.genai")

from amarathon.errors import ConfigurationError, RunError, ServiceError
from amarathon.files import file_sha256
from amarathon.models import load_model
from amarathon.models.remote import ServiceOptions
from amarathon.runs import DeferredModel, evaluate, read_run
from amarathon.runs.engines import ThreadEngine
from amarathon.runs.engines.ray import RayEngine
from amarathon.runs.export import export_run
from amarathon.runs.packing import pack_run
from amarathon.runs.summary import write_summary
from tests.models.remote.asking import KEY, model_at
from tests.models.remote.replies import chat, failure
from tests.models.remote.standin import stand_in


@pytest.fixture
def it():
    with stand_in() as made:
        yield made


@pytest.fixture(autouse=True)
def keys(monkeypatch):
    for name in ("OPENAI_API_KEY", "GEMINI_API_KEY", "AMARATHON_API_KEY"):
        monkeypatch.setenv(name, KEY)


def run(model, samples, folder, engine=None, **more):
    return evaluate(model, samples, ["vanilla"], folder, engine=engine or ThreadEngine(2), **more)


@pytest.mark.parametrize("kind", ["openai", "gemini", "served"])
def test_the_records_say_who_answered_how_and_at_what_cost(kind, it, samples, tmp_path):
    it.served = "the-version-of-today"
    run(model_at(kind, it, price=(2.5, 32.0, 10.0)), samples, tmp_path / "run")
    header = read_run(tmp_path / "run").header
    assert header.schema_version == 2
    assert header.provenance == "service"
    assert header.service.served == "the-version-of-today"
    assert header.service.host == (None if kind == "served" else "127.0.0.1")
    assert (header.service.price.audio, header.service.price.source) == (32.0, "named by the user")
    assert header.hardware == {"machine": "of a service"}
    assert {"openai": "openai", "gemini": "google-genai", "served": "openai"}[kind] in header.libraries
    for record in read_run(tmp_path / "run").predictions():
        told = record.service
        assert (record.error, record.reply, told.stop, told.attempts) == (None, "A", "stop", 1)
        assert told.usd > 0
        assert record.audio_tokens == told.audio_tokens == record.kept_tokens
        assert record.timings.model_dump(exclude={"shared"}) == dict.fromkeys(
            ("encoder_s", "prefill_s", "first_token_s", "decode_s")
        )


def test_what_went_out_is_what_the_record_names(it, samples, tmp_path):
    import hashlib
    import io

    import soundfile

    run(model_at("openai", it), samples, tmp_path / "run")
    sent = {
        hashlib.sha256(soundfile.read(io.BytesIO(seen.sounds[0][0]), dtype="int16")[0].tobytes()).hexdigest()
        for seen in it.seen
    }
    assert sent == {record.pcm_sha256 for record in read_run(tmp_path / "run").predictions()}


def test_records_of_weights_here_have_no_trace_of_services(samples, stub, tmp_path):
    evaluate(stub(), samples, ["vanilla"], tmp_path / "run")
    text = (tmp_path / "run" / "run.json").read_text() + (tmp_path / "run" / "predictions.jsonl").read_text()
    text += (tmp_path / "run" / "summary.json").read_text()
    assert '"service"' not in text
    assert '"refusals"' not in text
    assert json.loads((tmp_path / "run" / "run.json").read_text())["schema_version"] == 1
    assert read_run(tmp_path / "run").header.provenance == "measured"


def test_a_run_that_was_stopped_goes_on_and_nothing_is_asked_twice(it, samples, tmp_path):
    model = model_at("openai", it, budget_tokens=250)
    with pytest.raises(ServiceError, match="budget of 250 tokens"):
        run(model, samples, tmp_path / "run", engine="local")
    first = len(it.seen)
    assert 0 < first < len(samples)
    with pytest.raises(ServiceError, match="are spent"):  # what was spent counts
        run(model_at("openai", it, budget_tokens=250), samples, tmp_path / "run", engine="local")
    assert len(it.seen) == first
    run(model_at("openai", it), samples, tmp_path / "run")
    assert len(it.seen) == len(samples)
    deferred = DeferredModel("openai:gpt-audio-1.5", lambda: pytest.fail("asked"))
    run(deferred, samples, tmp_path / "run")


def test_an_alias_that_moves_stops_the_run_and_keeps_it_from_going_on(it, samples, tmp_path):
    it.served = "gpt-audio-2025-08-28"
    it.reply = lambda _seen: setattr(it, "served", "gpt-audio-2026-01-01") if len(it.seen) == 2 else "A"
    with pytest.raises(ServiceError, match="now answered by gpt-audio-2026-01-01"):
        run(model_at("openai", it), samples, tmp_path / "run", engine="local")
    kept = [record.service.served for record in read_run(tmp_path / "run").predictions()]
    assert kept == ["gpt-audio-2025-08-28"]
    it.reply = "A"
    with pytest.raises(ServiceError, match="another model needs another run"):
        run(model_at("openai", it), samples, tmp_path / "run")
    assert len(read_run(tmp_path / "run").predictions()) == 1


def test_another_way_of_asking_is_another_run_and_another_price_is_not(it, samples, tmp_path):
    it.faults = [failure(401)]
    with pytest.raises(ServiceError):
        run(model_at("gemini", it, "gemini-2.5-flash-lite"), samples, tmp_path / "run", engine="local")
    with pytest.raises(RunError, match="service sent"):
        run(model_at("gemini", it, thinking_tokens=99), samples, tmp_path / "run")
    run(model_at("gemini", it, price=(1.0, 1.0, 1.0)), samples, tmp_path / "run")


def test_a_failed_sample_can_be_asked_again(it, samples, tmp_path):
    it.faults = [failure(413, message="too large")]
    run(model_at("openai", it), samples, tmp_path / "run")
    assert sum(record.error is not None for record in read_run(tmp_path / "run").predictions()) == 1
    run(model_at("openai", it), samples, tmp_path / "run", retry_failed=True)
    assert len(it.seen) == len(samples) + 1
    assert not any(record.error for record in read_run(tmp_path / "run").predictions())


def test_a_recording_that_is_too_long_is_not_sent(it, samples, tmp_path):
    run(model_at("openai", it, max_audio_s=0.2), samples, tmp_path / "run")
    assert it.seen == []
    assert all("takes at most" in record.error for record in read_run(tmp_path / "run").predictions())


def test_refusals_are_replies_that_are_counted(it, samples, tmp_path):
    it.faults = [
        (200, (), chat("B", finish="content_filter")),
        (200, (), chat(None, refusal="I can't say.")),
        (200, (), chat("I'm sorry, but I can't identify people.")),
        (200, (), chat("the quick brown fox")),
    ]
    summary = run(model_at("openai", it), samples, tmp_path / "run", engine="local")
    breakdown = summary.breakdowns["vanilla"]
    cell = next(cell for cell in breakdown.refusals if cell.task == "SCR")
    assert (cell.count, cell.blocked, cell.refused, cell.declined, cell.share) == (3, 1, 1, 1, 100.0)
    strict, published = (
        next(
            cell.count
            for cell in breakdown.cells
            if (cell.task, cell.group, cell.metric, cell.protocol) == ("SCR", "all", "accuracy", protocol)
        )
        for protocol in ("strict", "published")
    )
    assert (summary.failed, strict, published) == (0, 3, 0)
    said = [record.service.said for record in read_run(tmp_path / "run").predictions()]
    assert said[:2] == ["B", "I can't say."]


def test_a_run_of_a_service_is_exported_packed_and_scored_without_a_key_in_it(it, samples, tmp_path):
    run(model_at("openai", it), samples, tmp_path / "run")
    whole = read_run(tmp_path / "run")
    export_run(whole, tmp_path / "run.csv")
    export_run(whole, tmp_path / "run.json")
    pack_run(tmp_path / "run", tmp_path / "packed")
    assert read_run(tmp_path / "packed").predictions() == whole.predictions()
    assert write_summary(tmp_path / "run", afresh=True).breakdowns["vanilla"].refusals
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) >= 7
    for path in written:
        assert KEY.encode() not in path.read_bytes(), path
        if path.parent.name == "run":
            assert it.url.encode() not in path.read_bytes(), path


def test_compression_and_ray_are_refused_by_name(it, samples, tmp_path):
    model = model_at("served", it)
    with pytest.raises(ConfigurationError, match=r"served:Qwen2\.5-Omni-7B answers only under vanilla"):
        evaluate(model, samples, ["vanilla", "frame@0.6"], tmp_path / "run", engine="threads")
    with pytest.raises(RunError, match=r"served:Qwen2\.5-Omni-7B is behind a service, which Ray"):
        evaluate(model, samples, ["vanilla"], tmp_path / "run", engine=RayEngine())
    assert it.seen == []


def test_a_replayed_run_has_the_records_of_the_recorded_one(it, samples, tmp_path):
    run(model_at("openai", it, record=tmp_path / "tape"), samples, tmp_path / "first")
    asked = len(it.seen)
    run(model_at("openai", it, replay=tmp_path / "tape"), samples, tmp_path / "second")
    assert len(it.seen) == asked

    def records(folder):
        return sorted(
            (record.model_dump(exclude={"at"}) for record in read_run(folder).predictions()), key=str
        )

    assert records(tmp_path / "first") == records(tmp_path / "second")


def test_the_library_asks_a_server_on_this_machine_by_its_name_alone(it, samples, tmp_path):
    model = load_model(f"{it.url}/v1#Qwen2.5-Omni-7B")
    run(model, samples, tmp_path / "run")
    assert len(read_run(tmp_path / "run").predictions()) == len(samples)
    assert load_model(f"{it.url}/v1#Qwen2.5-Omni-7B", service=ServiceOptions(attempts=1)).identity


def test_one_model_answers_several_runs_each_with_its_own_version_and_budget(it, samples, tmp_path):
    model = model_at("openai", it, budget_tokens=1000)
    for number in range(3):
        it.served = f"version-{number}"
        run(model, samples, tmp_path / f"run-{number}")
        assert read_run(tmp_path / f"run-{number}").header.service.served == f"version-{number}"


def test_a_run_of_a_worker_is_a_run_like_any_other(samples, tmp_path):
    program = tmp_path / "mine.py"
    program.write_text("def load():\n    return lambda sound, messages, max_new_tokens: 'A'\n")
    run(load_model(f"worker:{program}"), samples, tmp_path / "run")
    header = read_run(tmp_path / "run").header
    assert (header.model.name, header.service.name, header.service.host) == ("worker:mine", "worker", None)
    assert (header.model.revision, header.service.served) == (file_sha256(program), "mine")
    records = list(read_run(tmp_path / "run").predictions())
    assert [record.error for record in records] == [None] * len(samples)
    program.write_text("def load():\n    return lambda sound, messages, max_new_tokens: 'B'\n")
    answers = tmp_path / "run/predictions.jsonl"
    answers.write_bytes(answers.read_bytes().splitlines(keepends=True)[0])
    with pytest.raises(RunError, match="revision"):
        run(load_model(f"worker:{program}"), samples, tmp_path / "run")
