"""Scores from sums of counts equal the scores of the samples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score

from amarathon.metrics.statistic import (
    Statistic,
    accuracy_of,
    choice_statistic,
    macro_f1_of,
    word_accuracy_of,
)

ROWS = st.lists(st.tuples(st.integers(0, 4), st.one_of(st.none(), st.integers(0, 4))), min_size=1)


@given(ROWS)
def test_counts_give_scikit_learns_scores(rows: list[tuple[int, int | None]]) -> None:
    gold, read = [row[0] for row in rows], [row[1] for row in rows]
    clusters = np.arange(len(rows))
    codes = [-1 if label is None else label for label in read]
    labels = sorted({*gold, *codes} - {-1})
    macro_f1 = 100 * f1_score(gold, codes, labels=labels, average="macro", zero_division=0)
    assert choice_statistic(gold, read, clusters, macro_f1_of).score() == pytest.approx(macro_f1)
    accuracy = 100 * accuracy_score(gold, codes)
    assert choice_statistic(gold, read, clusters, accuracy_of).score() == pytest.approx(accuracy)
    # Classes that only occur elsewhere change nothing.
    wider = choice_statistic(gold, read, clusters, macro_f1_of, classes=range(9))
    assert wider.score() == pytest.approx(macro_f1)


def test_sums_without_samples_have_no_score() -> None:
    empty = choice_statistic([], [], np.arange(0), macro_f1_of)
    assert np.isnan(empty.score())
    assert np.isnan(Statistic(np.zeros((0, 2)), np.arange(0), word_accuracy_of).score())


def test_word_accuracy_stops_at_zero() -> None:
    counts = np.array([[1.0, 10.0], [30.0, 10.0]])
    assert word_accuracy_of(counts).tolist() == [90.0, 0.0]
    assert Statistic(counts, np.arange(2), word_accuracy_of).score() == 0.0


def test_many_sums_are_scored_at_once() -> None:
    rng = np.random.default_rng(0)
    sums = rng.integers(0, 9, size=(3, 5, 12)).astype(float)
    for value in (macro_f1_of, accuracy_of):
        together = value(sums)
        assert together.shape == (3, 5)
        assert together[1, 2] == pytest.approx(float(value(sums[1, 2])))
