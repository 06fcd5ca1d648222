"""What a run notes of its files and of its model beside the answers; older runs are read."""

import json
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from amarathon.audio import load_audio
from amarathon.errors import AudioWarning, RunError
from amarathon.models import load_model
from amarathon.runs import evaluate, read_run
from amarathon.runs.export import export_run
from amarathon.runs.records import ModelRecord, Prediction
from amarathon.tasks.sample import Sample, SampleAudio


def cut(path):
    """A recording whose header promises a little more than is there."""
    soundfile.write(path, 0.3 * np.sin(np.arange(32_000) / 5), 16_000)
    path.write_bytes(path.read_bytes()[:-8_000])


def left_open(path):
    """A recorder that crashed: the header says that there is nothing."""
    soundfile.write(path, 0.3 * np.sin(np.arange(32_000) / 5), 16_000)
    content = bytearray(path.read_bytes())
    content[40:44] = bytes(4)
    path.write_bytes(content)


def loud(path):
    soundfile.write(path, 1.5 * np.sin(np.arange(32_000) / 5), 16_000, subtype="FLOAT")


def opposite(path):
    side = 0.3 * np.sin(np.arange(32_000) / 5)
    soundfile.write(path, np.stack([side, -side], axis=1), 16_000)


def sound(path):
    soundfile.write(path, 0.3 * np.sin(np.arange(32_000) / 5), 16_000)


FILES = {"cut": cut, "left open": left_open, "loud": loud, "opposite": opposite, "sound": sound}


@pytest.mark.filterwarnings("ignore::amarathon.errors.AudioWarning")
@pytest.mark.parametrize("kind", FILES)
def test_what_reading_a_file_told_stands_in_its_record(kind, tmp_path, stub):
    path = tmp_path / "it.wav"
    FILES[kind](path)
    told = list(load_audio(path).warnings)
    assert bool(told) == (kind not in ("sound", "left open"))
    sample = Sample("s", "ASR", SampleAudio(path=path, name=path.name, sources=()), reference="one")
    if told:
        with pytest.warns(AudioWarning):
            evaluate(stub(["one"]), [sample], ["vanilla"], tmp_path / "run")
    else:
        evaluate(stub(["one"]), [sample], ["vanilla"], tmp_path / "run")
    run = read_run(tmp_path / "run")
    assert run.predictions()[0].audio_warnings == told
    export_run(run, tmp_path / "answers.csv")
    assert "audio_warnings" in (tmp_path / "answers.csv").read_text().splitlines()[0].split(",")
    assert str(tmp_path) not in (tmp_path / "run" / "predictions.jsonl").read_text()


def test_of_a_file_that_cannot_be_read_nothing_is_noted(tmp_path, stub):
    (tmp_path / "it.wav").write_bytes(b"RIFF")
    sample = Sample(
        "s", "ASR", SampleAudio(path=tmp_path / "it.wav", name="it.wav", sources=()), reference="one"
    )
    evaluate(stub(["one"]), [sample], ["vanilla"], tmp_path / "run")
    (record,) = read_run(tmp_path / "run").predictions()
    assert record.error
    assert record.audio_warnings is None


def test_records_from_before_say_that_it_was_not_noted(record, header):
    old = json.loads(record().model_dump_json())
    del old["audio_warnings"]
    assert Prediction.model_validate(old).audio_warnings is None
    model = json.loads(header.model.model_dump_json())
    del model["attention"]
    assert ModelRecord.model_validate(model).attention is None


def test_a_model_says_what_it_attends_by_now():
    lm = load_model("small-untrained", attn_implementation="eager")
    assert lm.identity.attention == "eager"
    lm.model.set_attn_implementation("sdpa")
    assert lm.identity.attention == "sdpa"


def test_a_run_is_continued_with_the_attention_that_it_was_begun_with(tmp_path, samples, stub):
    def begun(attention):
        model = stub(["B"])
        model.identity = replace(model.identity, attention=attention)
        return model

    folder = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        evaluate(stub(["B", KeyboardInterrupt()]), samples, ["vanilla"], folder)
    header = json.loads((folder / "run.json").read_text())
    assert header["model"]["attention"] is None

    # From before it was noted: whatever attends may go on.
    del header["model"]["attention"]
    (folder / "run.json").write_text(json.dumps(header))
    evaluate(begun("eager"), samples, ["vanilla"], folder)
    assert read_run(folder).header.model.attention is None

    other = tmp_path / "other"
    stopped = begun("sdpa")
    stopped.replies = ["B", KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        evaluate(stopped, samples, ["vanilla"], other)
    assert read_run(other).header.model.attention == "sdpa"
    with pytest.raises(RunError, match="model attention sdpa, not eager"):
        evaluate(begun("eager"), samples, ["vanilla"], other)
    evaluate(begun("sdpa"), samples, ["vanilla"], other)
