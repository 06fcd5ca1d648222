"""A model beside people: pairing, scores, and how sure the distance is."""

import numpy as np
import pytest

from amarathon.metrics import score
from amarathon.runs.people import gaps_to_people, is_same_question, pair_with_people
from amarathon.runs.records import Prediction

OPTIONS = ["one", "two", "three", "four"]


def answer(sample: str, chosen: int, *, right: int = 0, person: str = "0", **changes: object) -> Prediction:
    fields: dict[str, object] = {"task": "MC", "options": OPTIONS, "answer": right} | changes
    return Prediction(
        sample_id=sample,
        configuration="vanilla",
        repeat=person,
        reply="ABCD"[chosen],
        at="2026-01-01T00:00:00Z",
        **fields,
    )


def test_every_answer_of_a_person_is_paired_with_the_models_answer() -> None:
    people = [answer(f"s{n}", n % 4, right=n % 4, person=who) for n in range(8) for who in "ab"]
    model = [answer(f"s{n}", 0, right=n % 4) for n in range(6)]
    task, overall = gaps_to_people(pair_with_people(people, model))
    assert (task.samples, task.answers, overall.samples) == (6, 12, 6)
    assert task.people == 100
    expected = score("MC", [answer.model_dump() for answer in model])["macro_f1"]
    assert task.system == pytest.approx(expected)
    assert overall.difference == pytest.approx(task.difference)


def test_errors_on_either_side_leave_a_question_out() -> None:
    people = [answer("s0", 0), answer("s1", 0, error="Skipped.")]
    model = [answer("s0", 0), answer("s1", 0)]
    assert len(pair_with_people(people, model)) == 1
    assert pair_with_people(people, [answer("s0", 0, error="The audio cannot be read.")]) == []
    assert gaps_to_people([]) == []


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"answer": 1}, False),
        ({"options": OPTIONS[::-1]}, False),
        ({"task": "ASC"}, False),
        ({"sample_id": "s1"}, False),
        ({"pcm_sha256": "b" * 64}, False),
        ({"pcm_sha256": "a" * 64, "audio_sha256": "b" * 64}, True),
        ({"pcm_sha256": None, "audio_sha256": "a" * 64}, True),
        ({"pcm_sha256": None, "audio_sha256": None}, True),
        ({"reply": "D", "order": [3, 2, 1, 0], "sources": ["other"]}, True),
    ],
)
def test_the_same_question_is_the_same_sample_answer_and_sound(
    changes: dict[str, object], same: bool
) -> None:
    one = answer("s0", 0, pcm_sha256="a" * 64, audio_sha256="a" * 64)
    assert is_same_question(one, one.model_copy(update=changes)) is same


def test_the_interval_of_many_small_tasks_holds_what_it_says() -> None:
    """Few recordings a task, as bundled: 95% of intervals should hold the true difference, or more."""
    tasks = ("MC", "ASC", "SED", "ER", "SD", "SAR")
    rng = np.random.default_rng(0)
    truth, covered, tried = 0.0, 0, 60
    for _ in range(tried):
        people, model = [], []
        for task in tasks:
            for n in range(3):
                sample, right = f"{task}-{n}", n % 2
                options = {"task": task, "right": right}
                people.append(answer(sample, right if rng.random() < 0.7 else 1 - right, **options))
                model.append(answer(sample, right if rng.random() < 0.7 else 1 - right, **options))
        interval = gaps_to_people(pair_with_people(people, model))[-1].interval
        covered += interval.low <= truth <= interval.high
    assert covered / tried > 0.88
