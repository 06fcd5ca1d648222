from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amarathon.audio import AudioLimits
from amarathon.errors import ConfigurationError, DatasetError, ModelError, RunError
from amarathon.runs import DeferredModel, evaluate, read_run
from amarathon.runs.summary import summary_of
from amarathon.tasks.sample import Exclusion, SampleSet
from tests.runs.comparable import without_times

REPLIES = ("A", "B", "no idea", "Spoken Content: the quick brown fox")


def test_every_sample_gets_a_record_with_all_that_scoring_needs(tmp_path, samples, stub):
    summary = evaluate(stub(REPLIES), samples, ["vanilla"], tmp_path / "run")
    run = read_run(tmp_path / "run")
    first, second, third, transcript = run.predictions()
    assert (first.reply, first.answer, first.answer_read, first.correct) == ("A", 0, 0, True)
    assert (second.answer_read, second.correct) == (1, True)
    assert (third.answer_read, third.correct) == (None, False)
    assert (transcript.reference, transcript.answer_read, transcript.correct) == (
        samples[3].reference,
        None,
        None,
    )
    assert first.options == ["one", "two", "three", "four"] == first.labels
    assert first.order == [0, 1, 2, 3]
    assert first.duration_s == 0.5
    assert first.audio_sha256 == samples[0].audio.sha256
    assert len(first.pcm_sha256) == 64
    assert first.sources == ["speaker-0"]
    assert first.slices == {"subset": "high"}
    assert first.error is None
    assert summary == summary_of(run)


def test_the_header_says_what_was_asked_of_whom_and_where(tmp_path, samples, stub):
    sample_set = SampleSet("numbers", samples, (Exclusion("x.wav", "It is missing."),))
    evaluate(stub(), sample_set, ["vanilla"], tmp_path / "run", seed=3)
    header = read_run(tmp_path / "run").header
    assert header.run_id == "run"
    assert header.kind == "model"
    assert header.model.name == "stub"
    assert header.dataset.name == "numbers"
    assert header.dataset.count == 4
    assert header.dataset.tasks == {"SCR": 3, "ASR": 1}
    assert [(exclusion.record, exclusion.reason) for exclusion in header.dataset.exclusions] == [
        ("x.wav", "It is missing.")
    ]
    assert header.configurations == ["vanilla"]
    assert header.seed == 3
    assert header.finished_at > header.created_at
    assert {"cpu", "memory"} <= set(header.hardware)
    assert str(tmp_path) not in header.model_dump_json()
    assert not (tmp_path / "run" / "predictions.jsonl").read_text().count(str(samples[0].audio.path.parent))


def test_a_finished_run_is_left_alone_and_its_model_not_loaded(tmp_path, samples, stub):
    folder = tmp_path / "run"
    summary = evaluate(stub(REPLIES), samples, ["vanilla"], folder)
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}

    def load():
        raise AssertionError("loaded")

    assert evaluate(DeferredModel("stub", load), samples, ["vanilla"], folder) == summary
    after = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}
    assert {name: after[name] for name in before if name != ".lock"} == {
        name: before[name] for name in before if name != ".lock"
    }


def test_a_deferred_model_is_loaded_once_when_it_is_needed(tmp_path, samples, stub):
    made = []
    deferred = DeferredModel("stub", lambda: made.append(stub(REPLIES)) or made[-1])
    evaluate(deferred, samples, ["vanilla"], tmp_path / "run")
    assert [model.calls for model in made] == [4]


@pytest.fixture(scope="module")
def whole_run(tmp_path_factory, samples, stub):
    folder = tmp_path_factory.mktemp("whole") / "run"
    evaluate(stub(REPLIES), samples, ["vanilla"], folder)
    return folder


@given(cut=st.integers(min_value=0))
@settings(max_examples=30)
def test_a_run_cut_off_at_any_byte_continues_to_the_same_records(
    tmp_path_factory, samples, stub, whole_run, cut
):
    folder = tmp_path_factory.mktemp("cut") / "run"
    folder.mkdir()
    predictions = (whole_run / "predictions.jsonl").read_bytes()
    cut %= len(predictions) + 1
    there = predictions[:cut].count(b"\n")
    (folder / "run.json").write_bytes((whole_run / "run.json").read_bytes())
    (folder / "predictions.jsonl").write_bytes(predictions[:cut])
    model = stub(REPLIES[there:] or ["never asked"])
    summary = evaluate(model, samples, ["vanilla"], folder)
    assert model.calls == len(samples) - there
    assert without_times(folder) == without_times(whole_run)
    assert summary.breakdowns == summary_of(read_run(whole_run)).breakdowns


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"seed": 1}, "seed 0, not 1"),
        ({"samples": lambda samples: samples[:-1]}, r"dataset unnamed \(4 samples, .*, not unnamed \(3 "),
        ({"samples": lambda samples: (replace(samples[0], answer=3), *samples[1:])}, "dataset unnamed"),
        ({"configurations": ["vanilla", "frame@0.6"]}, "configurations vanilla, not frame@0.6, vanilla"),
        ({"name": "another"}, "model stub, not another"),
        ({"protocol": "0"}, "protocol version"),
    ],
    ids=["seed", "fewer samples", "another answer", "configurations", "model", "protocol"],
)
def test_a_folder_of_a_different_run_is_refused_by_what_differs(
    tmp_path, samples, stub, monkeypatch, change, named
):
    folder = tmp_path / "run"
    evaluate(stub(REPLIES), samples, ["vanilla"], folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    if "protocol" in change:
        monkeypatch.setattr("amarathon.runs.planning.PROTOCOL_VERSION", change["protocol"])
    sample_set = change.get("samples", lambda samples: samples)(samples)
    model = stub(name=change.get("name", "stub"))
    with pytest.raises(RunError, match=named) as caught:
        evaluate(
            model, sample_set, change.get("configurations", ["vanilla"]), folder, seed=change.get("seed", 0)
        )
    assert str(caught.value).endswith("; choose another folder.")
    assert model.calls == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_an_unfinished_run_does_not_go_on_with_other_weights(tmp_path, samples, stub):
    folder = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        evaluate(stub(["A", KeyboardInterrupt()]), samples, ["vanilla"], folder)
    model = stub()
    model.identity = replace(model.identity, revision="2", notice="Another wording.")
    with pytest.raises(RunError, match="model revision 1, not 2"):
        evaluate(model, samples, ["vanilla"], folder)
    assert len(read_run(folder).predictions()) == 1


def test_the_same_questions_under_another_name_are_the_same_run(tmp_path, samples, stub):
    folder = tmp_path / "run"
    summary = evaluate(stub(REPLIES), samples, ["vanilla"], folder)
    assert evaluate(stub(), SampleSet("moved", samples), [" vanilla "], folder) == summary


def test_a_failed_sample_is_recorded_and_the_run_goes_on(tmp_path, samples, stub, recordings):
    broken = tmp_path / "noise.wav"
    broken.write_bytes(b"not audio at all" * 10)
    there = samples[1].audio
    sample_set = (
        replace(samples[0], audio=replace(there, path=broken, name="noise.wav", sha256=None)),
        replace(samples[1], audio=replace(there, path=tmp_path / "gone.wav")),
        replace(samples[2], audio=replace(there, path=recordings[0])),
        samples[3],
        replace(samples[0], id="s3"),
        replace(samples[0], id="s4"),
        replace(samples[0], id="s5"),
    )
    failures = [ModelError("The service is away."), MemoryError(), RuntimeError("CUDA out of memory. Tried")]
    summary = evaluate(stub([*failures, "A"]), sample_set, ["vanilla"], tmp_path / "run")
    errors = [prediction.error for prediction in read_run(tmp_path / "run").predictions()]
    assert "noise.wav" in errors[0]
    assert "does not exist" in errors[1]
    assert errors[2].startswith("1.wav is not the file that the dataset lists: its SHA-256 begins with")
    assert errors[3] == "The service is away."
    assert "not enough memory" in errors[4]
    assert "not enough memory" in errors[5]
    assert errors[6] is None
    assert all(error.endswith(".") and "\n" not in error for error in errors[:6])
    assert (summary.planned, summary.answered, summary.failed) == (7, 1, 6)
    assert str(tmp_path) not in (tmp_path / "run" / "predictions.jsonl").read_text()


def test_a_recording_too_long_for_the_model_fails_alone(tmp_path, samples, stub):
    model = stub()
    model.max_audio_s = 0.4
    summary = evaluate(model, samples, ["vanilla"], tmp_path / "run")
    assert summary.failed == 4
    assert (
        read_run(tmp_path / "run").predictions()[0].error
        == "The recording lasts 0.5 s; stub takes at most 0 s."
    )


def test_the_limits_of_audio_are_the_callers(tmp_path, samples, stub):
    summary = evaluate(stub(), samples, ["vanilla"], tmp_path / "run", limits=AudioLimits(max_seconds=0.4))
    assert summary.failed == 4


def test_failed_samples_are_asked_again_only_when_that_is_wanted(tmp_path, samples, stub):
    folder = tmp_path / "run"
    evaluate(stub(["A", ModelError("No."), "B", "fox"]), samples, ["vanilla"], folder)
    again = stub(["B"])
    assert evaluate(again, samples, ["vanilla"], folder).failed == 1
    assert again.calls == 0
    assert evaluate(again, samples, ["vanilla"], folder, retry_failed=True).failed == 0
    assert again.calls == 1
    assert [prediction.reply for prediction in read_run(folder).predictions()] == ["A", "B", "B", "fox"]


def test_a_fault_of_the_program_stops_the_run_and_keeps_what_is_written(tmp_path, samples, stub):
    folder = tmp_path / "run"
    with pytest.raises(TypeError, match="a bug"):
        evaluate(stub(["A", "B", TypeError("a bug")]), samples, ["vanilla"], folder)
    with pytest.raises(RuntimeError, match="another bug"):
        evaluate(stub([RuntimeError("another bug")]), samples, ["vanilla"], folder)
    run = read_run(folder)
    assert [prediction.reply for prediction in run.predictions()] == ["A", "B"]
    assert run.header.finished_at is None


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"configurations": []}, ConfigurationError, "at least one"),
        ({"configurations": ["vanila"]}, ConfigurationError, "vanila"),
        ({"configurations": ["vanilla", "vanilla"]}, ConfigurationError, "the same"),
        ({"configurations": ["frame@0.6"]}, ConfigurationError, "stub answers only under vanilla"),
        ({"samples": ()}, DatasetError, "no samples"),
        ({"engine": "steam"}, RunError, "no engine 'steam'"),
    ],
)
def test_what_cannot_work_is_refused_before_anything_is_written(
    tmp_path, samples, stub, arguments, error, words
):
    call = {"samples": samples, "configurations": ["vanilla"]} | arguments
    with pytest.raises(error, match=words):
        evaluate(stub(), call.pop("samples"), call.pop("configurations"), tmp_path / "run", **call)
    assert not (tmp_path / "run" / "run.json").exists()


def test_samples_that_cannot_be_told_apart_or_have_no_task_are_refused(tmp_path, samples, stub):
    with pytest.raises(DatasetError, match="two samples with the id s0"):
        evaluate(stub(), [samples[0], samples[0]], ["vanilla"], tmp_path / "run")
    with pytest.raises(DatasetError, match="a task XYZ"):
        evaluate(stub(), [replace(samples[0], task="XYZ")], ["vanilla"], tmp_path / "run")


def test_progress_counts_every_answer_and_starts_where_the_run_stopped(tmp_path, samples, stub):
    folder, seen = tmp_path / "run", []
    with pytest.raises(KeyboardInterrupt):
        evaluate(stub([ModelError("No."), KeyboardInterrupt()]), samples, ["vanilla"], folder)
    evaluate(stub(), samples, ["vanilla"], folder, progress=seen.append)
    assert [event.done for event in seen if event.stage == "done"] == [2, 3, 4]
    assert {(event.total, event.failed) for event in seen} == {(4, 1)}
    assert [event.sample_id for event in seen if event.stage == "audio"] == ["s1", "s2", "t0"]


def test_a_later_start_elsewhere_is_noted(tmp_path, samples, stub, monkeypatch):
    folder = tmp_path / "run"
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            evaluate(stub(["A", KeyboardInterrupt()]), samples, ["vanilla"], folder)
    assert read_run(folder).header.continued == []
    monkeypatch.setattr("amarathon.runs.environment._commit", lambda: "f" * 40)
    evaluate(stub(), samples, ["vanilla"], folder)
    assert [session.commit for session in read_run(folder).header.continued] == ["f" * 40]
