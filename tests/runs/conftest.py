import pytest

from amarathon.runs.records import DatasetRecord, ModelRecord, Prediction, RunHeader


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
