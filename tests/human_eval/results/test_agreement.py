import pytest
from hypothesis import given
from hypothesis import strategies as st

from human_eval.results.agreement import agreement, nominal_alpha
from tests.human_eval.answers import answer, spoken


def test_alpha_is_that_of_krippendorffs_own_example():
    # Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", section C: nominal alpha 0.743.
    observers = {
        "a": "1 2 3 3 2 1 4 1 2 . . .",
        "b": "1 2 3 3 2 2 4 1 2 5 . 3",
        "c": ". 3 3 3 2 3 4 2 2 5 1 .",
        "d": "1 2 3 3 2 4 4 1 2 5 1 .",
    }
    rows = {name: text.split() for name, text in observers.items()}
    units = [{name: row[unit] for name, row in rows.items() if row[unit] != "."} for unit in range(12)]
    assert nominal_alpha(units) == pytest.approx(0.743, abs=5e-4)


def test_pairs_are_counted_on_samples_that_two_answered():
    answers = [
        answer("s0", "ann", 1), answer("s0", "bob", 1), answer("s0", "eve", 2),
        answer("s1", "ann", 3), answer("s1", "bob", 3),
        answer("s2", "zoe", 0), answer("s3", "ann", 0, error="No sound."),
    ]  # fmt: skip
    (found,) = agreement(answers)
    assert (found.task, found.annotators, found.samples, found.pairs) == ("SCR", 3, 2, 4)
    assert found.pairwise == pytest.approx(50)


def test_the_order_in_which_options_were_shown_does_not_matter():
    answers = [answer("s0", "ann", 0), answer("s0", "bob", 3, order=[3, 1, 2, 0])]
    assert agreement(answers)[0].pairwise == 100


def test_labels_are_compared_where_a_task_has_them():
    shown = {"task": "MC", "options": ["Rock", "Jazz"], "answer": 0}
    units = [("s0", ["rock", "jazz"], (0, 0)), ("s1", ["jazz", "rock"], (0, 0))]
    answers = [
        answer(sample, name, choice, labels=labels, **shown)
        for sample, labels, choices in units
        for name, choice in zip(("ann", "bob"), choices, strict=True)
    ]
    # By places all answers would be one category, for which alpha is not defined.
    assert agreement(answers)[0].alpha == 1.0


def test_transcripts_agree_by_their_words():
    answers = [spoken("s0", "ann", "The quick brown fox."), spoken("s0", "bob", "the quick brown dog")]
    (found,) = agreement(answers)
    assert found.alpha is None
    assert found.pairwise == pytest.approx(75)
    assert agreement([spoken("s0", "ann", ""), spoken("s0", "bob", "")])[0].pairwise == 100


@given(st.lists(st.lists(st.integers(0, 3), min_size=0, max_size=4), max_size=6))
def test_alpha_is_defined_or_none_and_at_most_one(units):
    found = nominal_alpha([dict(zip("abcd", unit, strict=False)) for unit in units])
    shared = [unit for unit in units if len(unit) > 1]
    if found is None:
        assert len(shared) < 2 or len({answer for unit in shared for answer in unit}) < 2
    else:
        assert found <= 1 + 1e-12
        assert (found > 1 - 1e-12) == all(len(set(unit)) == 1 for unit in shared)
