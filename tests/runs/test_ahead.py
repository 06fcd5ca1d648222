"""Recordings are decoded ahead, each once, and their answers are what they were."""

import threading
from contextlib import closing
from dataclasses import replace

import pytest

from amarathon.audio import AudioLimits, load_audio
from amarathon.errors import AudioError, DatasetError
from amarathon.runs import ahead, evaluate
from amarathon.runs.ahead import AHEAD, KEPT, decoded_ahead
from amarathon.runs.planning import Job
from tests.runs.comparable import without_times


@pytest.fixture
def decoded(monkeypatch):
    """Names of the recordings that were decoded, in order, and what is waited for before the next one."""
    names, gate = [], threading.Semaphore(0)

    def load(path, limits):
        gate.acquire(timeout=10)
        names.append(path.name)
        return load_audio(path, limits)

    monkeypatch.setattr(ahead, "load_audio", load)
    return names, gate


def jobs_of(samples):
    return [Job(sample, {"vanilla": "0"}) for sample in samples]


def test_the_next_recordings_are_decoded_meanwhile_and_no_more(samples, decoded):
    names, gate = decoded
    for _ in range(20):
        gate.release()
    with closing(decoded_ahead(jobs_of(samples), AudioLimits())) as jobs:
        _, load = next(jobs)
        assert load().samples is load().samples
        deadline = threading.Event()
        while len(names) < 1 + AHEAD and not deadline.wait(0.01):
            pass
        assert names == [sample.audio.path.name for sample in samples[: 1 + AHEAD]]


def test_questions_about_one_recording_decode_it_once(samples, decoded):
    names, gate = decoded
    for _ in range(20):
        gate.release()
    asked = [samples[0], samples[1], replace(samples[0], id="again"), samples[0]]
    with closing(decoded_ahead(jobs_of(asked), AudioLimits())) as jobs:
        sounds = [load() for _, load in jobs]
    assert names == [samples[0].audio.path.name, samples[1].audio.path.name]
    assert sounds[0] is sounds[2] is sounds[3]


def test_few_recordings_are_kept(samples, decoded, tmp_path):
    _, gate = decoded
    many = []
    for index in range(AHEAD + KEPT + 4):
        path = tmp_path / f"{index}.wav"
        path.write_bytes(samples[0].audio.path.read_bytes())
        many.append(replace(samples[0], audio=replace(samples[0].audio, path=path)))
        gate.release()
    with closing(decoded_ahead(jobs_of(many), AudioLimits())) as jobs:
        for _, load in jobs:
            load()
            assert len(jobs.gi_frame.f_locals["recordings"]) <= AHEAD + KEPT


def test_each_question_states_its_own_sum(samples, decoded):
    _, gate = decoded
    gate.release()
    wrong = replace(samples[0], audio=replace(samples[0].audio, sha256="0" * 64))
    with closing(decoded_ahead(jobs_of([samples[0], wrong]), AudioLimits())) as jobs:
        (_, load), (_, refused) = jobs
        load()
        with pytest.raises(DatasetError, match="is not the file"):
            refused()


def test_a_recording_that_cannot_be_read_fails_where_it_is_asked_for(samples, tmp_path):
    bad = tmp_path / "bad.wav"
    bad.write_bytes(b"no sound")
    broken = replace(samples[1], audio=replace(samples[1].audio, path=bad))
    with closing(decoded_ahead(jobs_of([samples[0], broken, samples[2]]), AudioLimits())) as jobs:
        first, second, third = (load for _, load in jobs)
        assert first().duration_s == third().duration_s
        with pytest.raises(AudioError):
            second()


def test_records_are_those_of_one_recording_after_the_other(samples, stub, tmp_path, monkeypatch):
    evaluate(stub(), samples, ["vanilla"], tmp_path / "ahead")
    monkeypatch.setattr(ahead, "AHEAD", 1)
    monkeypatch.setattr(ahead, "KEPT", 0)
    evaluate(stub(), samples, ["vanilla"], tmp_path / "in-turn")
    assert without_times(tmp_path / "ahead") == without_times(tmp_path / "in-turn")
