from dataclasses import replace

import pytest

from amarathon.generation.outcome import Outcome
from amarathon.runs.answering import prediction_of


@pytest.mark.parametrize(
    ("answer", "reply", "correct"),
    [(1, "B", True), (1, "A", False), (1, "no idea", False), (None, "B", None), (None, "no idea", None)],
)
def test_an_answer_is_right_or_wrong_only_where_the_right_one_is_known(samples, answer, reply, correct):
    record = prediction_of(replace(samples[0], answer=answer), None, Outcome("vanilla", reply=reply), "0")
    assert record.correct is correct


def test_a_failed_answer_is_neither_right_nor_wrong_and_has_no_token_counts(samples):
    record = prediction_of(samples[0], None, Outcome("vanilla", error="No."), "0")
    assert (record.correct, record.answer_read, record.audio_tokens, record.kept_tokens) == (None,) * 4
    assert record.error == "No."


def test_what_a_model_measured_is_kept(samples):
    outcome = Outcome("frame@0.6", reply="A", audio_tokens=100, kept_tokens=40, new_tokens=2, cache_bytes=7)
    record = prediction_of(samples[0], None, outcome, "0")
    assert (record.audio_tokens, record.kept_tokens, record.new_tokens, record.cache_bytes) == (100, 40, 2, 7)
