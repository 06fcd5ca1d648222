"""Options: seeded by name, even over positions, never doubled or empty."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amarathon.construction.questions import (
    balanced_index,
    balanced_indices,
    distractors,
    fixed_options,
    make_options,
)
from amarathon.errors import DatasetError

LABELS = [f"label {number}" for number in range(10)]


@given(st.integers(1, 6), st.integers(0, 60), st.integers(0, 5))
def test_every_beginning_of_a_series_is_balanced(count: int, length: int, seed: int) -> None:
    found = Counter(balanced_index(index, count, seed, "SED") for index in range(length))
    assert set(found) <= set(range(count))
    frequencies = [found[position] for position in range(count)]
    assert max(frequencies) - min(frequencies) <= 1


def test_positions_have_no_period() -> None:
    positions = [balanced_index(index, 4, 0, "SED") for index in range(400)]
    for period in range(1, 40):
        same = sum(one == two for one, two in zip(positions, positions[period:], strict=False))
        assert same / (400 - period) < 0.4


@given(st.lists(st.text(min_size=1), unique=True, max_size=40), st.integers(2, 5), st.randoms())
def test_finished_sets_are_dealt_evenly_in_any_order(ids: list[str], count: int, rng) -> None:
    other = list(ids)
    rng.shuffle(other)
    positions = balanced_indices(ids, count, 7)
    assert positions == balanced_indices(other, count, 7)
    found = Counter(positions.values())
    assert max(found.values(), default=0) - min((found[index] for index in range(count)), default=0) <= 1


@given(st.sampled_from(LABELS), st.permutations(LABELS), st.text())
def test_distractors_come_from_the_family_in_no_order_of_its_own(
    right: str, family: list[str], name: str
) -> None:
    wrong = distractors(right, family, 3, 0, name)
    assert len({*wrong, right}) == 4
    assert set(wrong) <= set(LABELS)
    assert wrong == distractors(right, LABELS, 3, 0, name)


def test_other_samples_have_other_distractors() -> None:
    assert len({tuple(distractors(LABELS[0], LABELS, 3, 0, name)) for name in range(30)}) > 20


@pytest.mark.parametrize("position", range(4))
def test_the_right_answer_is_at_its_position(position: int) -> None:
    options, answer = make_options("MC", "jazz", ["rock", "blues", "metal"], position)
    assert answer == position
    assert options[answer].label == "jazz"
    assert [option.label for option in options if option.label != "jazz"] == ["rock", "blues", "metal"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (["", "b", "c"], "is empty"),
        (["  ", "b", "c"], "is empty"),
        (["Right", "b", "c"], "are the same"),
        (["b", "b", "c"], "are the same"),
    ],
)
def test_empty_and_doubled_options_are_refused(wrong: list[str], message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        make_options("SCR", "right", wrong, 0)


def test_what_cannot_be_asked_is_refused() -> None:
    with pytest.raises(DatasetError, match="no position 4"):
        make_options("SCR", "a", ["b", "c", "d"], 4)
    with pytest.raises(DatasetError, match="only 1 other answers"):
        distractors("a", ["a", "b"], 3)
    with pytest.raises(DatasetError, match="is not fixed"):
        fixed_options("SCR")
    assert [fixed_option.label for fixed_option in fixed_options("SGR")] == ["male", "female"]
