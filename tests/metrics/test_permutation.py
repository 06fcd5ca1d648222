"""Paired tests and ranks with ties."""

from itertools import product

import numpy as np
import pytest

from amarathon.metrics.permutation import paired_permutation_test, rank_ranges
from amarathon.metrics.statistic import Statistic, accuracy_of, choice_statistic, macro_f1_of
from amarathon.metrics.swaps import _drawn, swaps_of


def statistic(correct: list[int], clusters: np.ndarray) -> Statistic:
    """Accuracy of answers that are right (1) or wrong (0)."""
    return choice_statistic([1] * len(correct), list(correct), clusters, accuracy_of, classes=[0, 1])


def test_few_clusters_are_tried_in_every_way() -> None:
    rng = np.random.default_rng(0)
    gold = rng.integers(0, 3, 24).tolist()
    first, second = (rng.integers(0, 3, 24).tolist() for _ in range(2))
    clusters = np.arange(24) // 4

    def difference(here: list[int], there: list[int]) -> float:
        scores = [choice_statistic(gold, answers, clusters, macro_f1_of).score() for answers in (here, there)]
        return scores[0] - scores[1]

    observed = abs(difference(first, second))
    extreme = 0
    for swaps in product([False, True], repeat=6):  # the obvious way: swap the answers themselves
        swapped = [swaps[cluster] for cluster in clusters]
        here = [there if swap else own for own, there, swap in zip(first, second, swapped, strict=True)]
        there = [own if swap else there for own, there, swap in zip(first, second, swapped, strict=True)]
        extreme += abs(difference(here, there)) >= observed - 1e-9
    pair = tuple(
        choice_statistic(gold, answers, clusters, macro_f1_of, classes=range(3))
        for answers in (first, second)
    )
    assert paired_permutation_test([pair]) == pytest.approx(extreme / 64)


def test_equal_systems_do_not_differ() -> None:
    clusters = np.arange(40)
    same = statistic([1, 0] * 20, clusters)
    assert paired_permutation_test([(same, same)]) == 1.0


def test_a_clear_difference_is_found_and_drawn_assignments_are_seeded() -> None:
    clusters = np.arange(60)
    better, worse = statistic([1] * 60, clusters), statistic([1, 0] * 30, clusters)
    p_value = paired_permutation_test([(better, worse)], permutations=2000, seed=1)
    assert p_value == pytest.approx(1 / 2001)
    assert paired_permutation_test([(better, worse)], permutations=2000, seed=1) == p_value


def test_assignments_are_drawn_once_for_all_pairs_of_systems() -> None:
    """And are the generator's own, in blocks: a page that was written before has the same figures."""
    drawn = np.concatenate(list(swaps_of(40, False, 600, 3, at_once=7)))
    generator = np.random.default_rng(3)
    blocks = [generator.integers(0, 2, size=(size, 40)) for size in (250, 250, 100)]
    assert np.array_equal(drawn, np.concatenate(blocks))
    before = _drawn.cache_info().misses
    assert np.array_equal(np.concatenate(list(swaps_of(40, False, 600, 3))), drawn)
    assert _drawn.cache_info().misses == before


def test_answers_about_one_recording_are_one_piece_of_evidence() -> None:
    better, worse = [1] * 60, [1, 0] * 30
    apart = paired_permutation_test([(statistic(better, np.arange(60)), statistic(worse, np.arange(60)))])
    together = np.arange(60) // 20
    shared = paired_permutation_test([(statistic(better, together), statistic(worse, together))])
    assert apart < 0.001
    assert shared == pytest.approx(2 / 8)


def test_p_values_are_uniform_where_systems_are_alike() -> None:
    rng = np.random.default_rng(3)
    clusters = np.arange(50)
    p_values = [
        paired_permutation_test(
            [tuple(statistic(rng.integers(0, 2, 50).tolist(), clusters) for _ in range(2))],
            permutations=200,
            seed=seed,
        )
        for seed in range(120)
    ]
    assert np.mean(np.array(p_values) <= 0.1) < 0.2


def test_several_tasks_are_compared_by_their_mean_and_share_swaps() -> None:
    here, there = statistic([1] * 30, np.arange(30)), statistic([0, 1] * 15, np.arange(30))
    even = statistic([1, 0] * 15, np.arange(15, 45))
    assert paired_permutation_test([(here, there), (even, even)]) < 0.01
    # What one task wins the other loses on the same recordings.
    assert paired_permutation_test([(here, there), (there, here)]) == 1.0


def test_ranks_overlap_where_systems_are_tied() -> None:
    p_values = np.ones((4, 4))
    for first, second in ((0, 2), (0, 3), (1, 3)):
        p_values[first, second] = p_values[second, first] = 0.001
    assert rank_ranges([70, 68, 60, 50], p_values) == [(1, 2), (1, 3), (2, 4), (3, 4)]
    assert rank_ranges([50], np.ones((1, 1))) == [(1, 1)]
    assert rank_ranges([], np.ones((0, 0))) == []


def test_many_comparisons_are_corrected() -> None:
    p_values = np.full((10, 10), 0.04)
    assert rank_ranges(list(range(10)), p_values)[9] == (1, 1)
    p_values = np.ones((10, 10))
    p_values[0, 9] = p_values[9, 0] = 0.04
    assert rank_ranges(list(range(10)), p_values) == [(1, 10)] * 10
