"""Right answers: shown where they are known, unless a study asks the same question."""

import pytest

from amarathon.errors import AmarathonError
from amarathon.generation.outcome import Outcome
from amarathon.tasks.identity import identities
from live_demo.results import ComparisonResults
from live_demo.visitors import Visitor
from tests.live_demo.conftest import make_ask


@pytest.fixture
def example(service):
    """A multiple-choice question of the benchmark."""
    return next(one.sample for one in service.examples.values() if one.sample.task == "MC")


@pytest.fixture
def compared(service, example):
    """A comparison of it: vanilla is right, the other is wrong."""
    recording = service.add_example(example.id).record.id
    right = "ABCD"[example.answer]
    wrong = "ABCD"[(example.answer + 1) % 4]
    replies = {"vanilla": right, "frame@0.6": wrong}
    service.queue.answer = lambda model, audio, ask, stop: (
        Outcome(one, reply=replies[one]) for one in ask.configurations
    )
    ask = make_ask(
        recording, question=example.question, options=example.option_texts, configurations=["frame@0.6"]
    )
    comparison = service.submit(ask, Visitor())
    service.queue.run(comparison.id)
    return comparison


def corrects(service, comparison):
    return [row.correct for row in ComparisonResults(comparison.folder, service.gold).rows()]


def test_right_and_wrong_are_said_of_the_benchmarks_questions(service, compared):
    assert corrects(service, compared) == [True, False]


def test_a_question_that_a_study_asks_is_not_answered_while_it_does(service, compared, example):
    secret = identities(example.task, example.id)
    service.gold.held_back = lambda: secret
    assert corrects(service, compared) == [None, None]
    document = ComparisonResults(compared.folder, service.gold).document()
    assert document["right"] == {"answer": None, "reference": None}
    assert all(line["answer"] is None for line in document["predictions"])
    service.gold.held_back = frozenset
    assert corrects(service, compared) == [True, False]


def test_nothing_on_the_disk_says_what_is_right(compared):
    text = (compared.folder / "predictions.jsonl").read_text()
    assert '"answer":null' in text.replace(" ", "")
    assert '"correct":null' in text.replace(" ", "")


def test_where_studies_cannot_be_asked_nothing_is_shown(service, compared):
    def broken():
        raise AmarathonError("The database cannot be reached.")

    service.gold.held_back = broken
    assert corrects(service, compared) == [None, None]
