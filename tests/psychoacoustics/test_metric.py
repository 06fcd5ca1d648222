"""The ratio, its test and its floor."""

import itertools

import numpy as np
import pytest
from scipy.stats import permutation_test

from amarathon.errors import ScoreError
from amarathon.psychoacoustics.metric import (
    VERDICTS,
    contrast,
    effect,
    q_values,
    sign_flip_p_value,
    squared_distance,
    squared_spread,
    verdict,
)

RNG = np.random.default_rng(0)
SAME = RNG.uniform(1, 2, 9)
OPPOSITE = SAME * RNG.uniform(0.8, 1.6, 9)


def test_the_two_averages_by_hand():
    found = effect([4.0, 100.0], [1.0, 10.0], 8.0)
    assert found.ratio_of_means_db == pytest.approx(10 * np.log10(104 / 11))
    assert found.mean_of_db == pytest.approx((10 * np.log10(4) + 10) / 2)
    assert found.d_opposite == pytest.approx(np.sqrt(52 / 8))
    assert found.d_same == pytest.approx(np.sqrt(5.5 / 8))
    assert found.n == 2


def test_the_p_value_is_scipys_over_all_signs():
    values = contrast(OPPOSITE, SAME)
    other = permutation_test(
        (values,),
        lambda x: abs(x.mean()),
        permutation_type="samples",
        alternative="greater",
        n_resamples=10_000,
    )
    assert sign_flip_p_value(OPPOSITE, SAME) == pytest.approx(other.pvalue)


def test_the_p_value_is_that_of_counting_all_signs_by_hand():
    values = contrast(OPPOSITE, SAME)
    signs = np.array(list(itertools.product((1, -1), repeat=len(values))))
    extreme = np.mean(np.abs(signs @ values) >= abs(values.sum()) - 1e-12)
    assert sign_flip_p_value(OPPOSITE, SAME) == extreme


def test_eight_seeds_cannot_go_below_two_in_256():
    assert sign_flip_p_value(np.full(8, 1e6), np.full(8, 1e-6)) == 2 / 256


def test_p_values_of_no_difference_are_uniform():
    generator = np.random.default_rng(2)
    found = [sign_flip_p_value(*generator.uniform(1, 2, (2, 8))) for _ in range(1000)]
    assert np.mean(np.array(found) < 0.05) == pytest.approx(0.05, abs=0.02)


def test_contrasts_are_finite_where_decibels_are_not():
    found = contrast(np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0]))
    assert found.tolist() == [1.0, -1.0, 0.0]


def test_the_interval_holds_the_ratio_and_is_the_same_again():
    one, again = (effect(OPPOSITE.tolist(), SAME.tolist(), 1.0) for _ in range(2))
    low, high = one.interval_db
    assert low < one.ratio_of_means_db < high
    assert one == again


@pytest.mark.parametrize(
    ("opposite", "same", "spread", "expected"),
    [
        ([9.0] * 8, [1.0] * 8, 1.0, "unmasking"),
        ([1.0] * 8, [9.0] * 8, 1.0, "reversal"),
        ([0.0] * 8, [9.0] * 8, 1.0, "reversal"),
        ([9.0] * 8, [0.0] * 8, 0.0, "unmasking"),
        ([9e-9] * 8, [1e-9] * 8, 1.0, "below the floor"),
        ([0.0] * 8, [0.0] * 8, 0.0, "not significant"),
        ([1.0, 2.0] * 4, [2.0, 1.0] * 4, 1.0, "not significant"),
    ],
)
def test_verdicts(opposite, same, spread, expected):
    found = effect(opposite, same, spread)
    assert verdict(found, q_values([found])[0]) == expected
    assert expected in VERDICTS


def test_corrected_together():
    found = [effect(OPPOSITE.tolist(), SAME.tolist(), 1.0), effect([9.0] * 9, [1.0] * 9, 1.0)]
    first, second = (one.p_value for one in found)
    assert q_values(found) == pytest.approx([max(first, 2 * second), 2 * second])
    assert q_values([]) == []


def test_the_spread_is_the_trace_of_the_covariance():
    embeddings = list(RNG.standard_normal((20, 5)))
    assert squared_spread(embeddings) == pytest.approx(np.trace(np.cov(np.stack(embeddings).T)))


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: effect([1.0], [1.0], 1.0), "at least two"),
        (lambda: effect([1.0, 2.0], [1.0], 1.0), "same seeds"),
        (lambda: squared_spread([np.zeros(2)]), "at least two seeds"),
        (lambda: squared_distance(np.zeros(2), np.zeros(3)), "vector of the same size"),
        (lambda: squared_distance(np.zeros((2, 2)), np.zeros((2, 2))), "vector of the same size"),
        (lambda: squared_distance(np.zeros(2), np.array([np.nan, 0])), "NaN"),
    ],
)
def test_what_has_no_answer_is_refused(make, why):
    with pytest.raises(ScoreError, match=why):
        make()
