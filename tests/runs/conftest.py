import hashlib

import numpy as np
import pytest
import soundfile

from amarathon.models.model_api import ModelIdentity
from amarathon.runs.records import DatasetRecord, ModelRecord, Prediction, RunHeader
from amarathon.tasks.sample import Option, Sample, SampleAudio


@pytest.fixture(scope="session")
def header():
    """The header of a run of two samples under two configurations."""
    return RunHeader(
        run_id="a-run",
        created_at="2026-01-01T00:00:00.000+00:00",
        model=ModelRecord(
            name="stub", revision="1", adapter="stub", dtype="float32", device="cpu", parameters=0
        ),
        dataset=DatasetRecord(name="two", sha256="ab" * 32, count=2, tasks={"SCR": 2}),
        configurations=["vanilla", "frame@0.6"],
        seed=0,
        engine="local",
        hardware={"cpu": "none"},
        libraries={"python": "3"},
        commit=None,
    )


@pytest.fixture(scope="session")
def record():
    """Makes a prediction; every field can be given."""

    def make(sample_id="s1", **fields):
        given = {
            "task": "SCR",
            "configuration": "vanilla",
            "options": ["one", "two"],
            "labels": ["one", "two"],
            "order": [0, 1],
            "answer": 0,
            "reply": "A",
            "answer_read": 0,
            "correct": True,
            "duration_s": 2.0,
            "sources": [sample_id],
            "at": "2026-01-01T00:00:01.000+00:00",
        }
        return Prediction(sample_id=sample_id, **(given | fields))

    return make


@pytest.fixture(scope="session")
def recordings(tmp_path_factory):
    """Four short files, by number."""
    folder = tmp_path_factory.mktemp("recordings")
    time = np.arange(8000) / 16_000
    for index in range(4):
        soundfile.write(folder / f"{index}.wav", 0.3 * np.sin(2 * np.pi * (200 + 50 * index) * time), 16_000)
    return [folder / f"{index}.wav" for index in range(4)]


@pytest.fixture(scope="session")
def samples(recordings):
    """Four samples of two tasks, one of them without options."""
    options = (Option("one", "one"), Option("two", "two"), Option("three", "three"), Option("four", "four"))

    def audio(index):
        path = recordings[index]
        return SampleAudio(
            path=path,
            name=path.name,
            sources=(f"speaker-{index % 2}",),
            sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        )

    return (
        Sample("s0", "SCR", audio(0), "How many?", options, answer=0, slices={"subset": "high"}),
        Sample("s1", "SCR", audio(1), "How many?", options, answer=1, slices={"subset": "middle"}),
        Sample("s2", "SCR", audio(2), "How many?", options, answer=2, slices={"subset": "high"}),
        Sample("t0", "ASR", audio(3), reference="the quick brown fox"),
    )


class Stub:
    """Answers from a list, one reply or exception after the other, and counts what it was asked."""

    max_audio_s = 60.0
    compresses = False

    def __init__(self, replies=("B",), name="stub"):
        self.replies, self.calls = list(replies), 0
        self.identity = ModelIdentity(name, "1", "stub", "float32", "cpu", 0)

    def respond(self, audio, messages, *, max_new_tokens):
        reply = self.replies[self.calls % len(self.replies)]
        self.calls += 1
        if isinstance(reply, BaseException):
            raise reply
        return reply


@pytest.fixture(scope="session")
def stub():
    """Makes a model."""
    return Stub
