"""Intervals: the fast way equals the obvious one, and they cover what they should."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from amarathon.metrics.resampling import bootstrap, draw_weights, find_clusters, percentile_interval
from amarathon.metrics.statistic import (
    Statistic,
    accuracy_of,
    choice_statistic,
    macro_f1_of,
    word_accuracy_of,
)

SIZE, CLASSES, RESAMPLES = 90, 4, 60


def answers(seed: int = 0) -> tuple[list[int], list[int | None], np.ndarray]:
    rng = np.random.default_rng(seed)
    gold = rng.integers(0, CLASSES, SIZE).tolist()
    read = [int(each) if each < CLASSES else None for each in rng.integers(0, CLASSES + 1, SIZE)]
    return gold, read, rng.permutation(np.arange(SIZE) // 3)


def resampled_rows(clusters: np.ndarray, weights: np.ndarray) -> list[int]:
    """The samples of a resample, written out one by one."""
    return [row for row, cluster in enumerate(clusters) for _ in range(int(weights[cluster]))]


def test_macro_f1_of_resamples_equals_scoring_the_rows_drawn() -> None:
    gold, read, clusters = answers()
    fast = bootstrap([choice_statistic(gold, read, clusters, macro_f1_of)], resamples=RESAMPLES, seed=3)[0]
    drawn = np.concatenate(list(draw_weights(np.zeros(SIZE // 3, dtype=int), RESAMPLES, seed=3)))
    for score, weights in zip(fast, drawn, strict=True):
        rows = resampled_rows(clusters, weights)
        right = [gold[row] for row in rows]
        said = [-1 if read[row] is None else read[row] for row in rows]
        labels = sorted({*right, *said} - {-1})
        slow = 100 * f1_score(right, said, labels=labels, average="macro", zero_division=0)
        assert score == pytest.approx(slow)


def test_word_accuracy_of_resamples_equals_summing_the_rows_drawn() -> None:
    rng = np.random.default_rng(1)
    counts = np.stack([rng.integers(0, 8, 40), rng.integers(1, 30, 40)], axis=1).astype(float)
    clusters = np.arange(40) // 2
    fast = bootstrap([Statistic(counts, clusters, word_accuracy_of)], resamples=RESAMPLES, seed=4)[0]
    drawn = np.concatenate(list(draw_weights(np.zeros(20, dtype=int), RESAMPLES, seed=4)))
    for score, weights in zip(fast, drawn, strict=True):
        rows = resampled_rows(clusters, weights)
        edits, words = sum(counts[row, 0] for row in rows), sum(counts[row, 1] for row in rows)
        assert score == pytest.approx(max(0.0, 100 * (1 - edits / words)))


def test_resamples_are_seeded_and_common_to_all_statistics() -> None:
    gold, read, clusters = answers()
    statistic = choice_statistic(gold, read, clusters, accuracy_of)
    first = bootstrap([statistic], resamples=300, seed=1)
    assert np.array_equal(
        bootstrap([statistic, statistic], resamples=300, seed=1), np.repeat(first, 2, axis=0)
    )
    assert not np.array_equal(bootstrap([statistic], resamples=300, seed=2), first)


def test_every_stratum_keeps_its_size() -> None:
    strata = np.array([0, 0, 0, 1, 1, 2])
    for weights in draw_weights(strata, 400, seed=0):
        for each, count in ((0, 3), (1, 2), (2, 1)):
            assert np.all(weights[:, strata == each].sum(axis=1) == count)


def test_samples_that_share_recordings_make_the_interval_wider() -> None:
    rng = np.random.default_rng(0)
    # Twenty recordings with ten questions each, all right or all wrong.
    correct = np.repeat(rng.integers(0, 2, 20), 10).astype(float)
    counts = np.stack([1 - correct, np.ones(200)], axis=1)

    def width(clusters: np.ndarray) -> float:
        scores = bootstrap([Statistic(counts, clusters, word_accuracy_of)], resamples=1000)[0]
        interval = percentile_interval(scores, len(np.unique(clusters)))
        assert interval is not None
        return interval.high - interval.low

    assert width(np.arange(200) // 10) > 2.5 * width(np.arange(200))


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(7)
    covered = 0
    for seed in range(150):
        correct = (rng.random(100) < 0.7).astype(float)
        statistic = Statistic(np.stack([1 - correct, np.ones(100)], axis=1), np.arange(100), word_accuracy_of)
        interval = percentile_interval(bootstrap([statistic], resamples=400, seed=seed)[0], 100)
        assert interval is not None
        covered += interval.low <= 70 <= interval.high
    assert 0.88 <= covered / 150 <= 0.99


def test_too_few_recordings_give_no_interval() -> None:
    scores = np.linspace(0, 100, 101)
    assert percentile_interval(scores, 4) is None
    interval = percentile_interval(scores, 5)
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx((2.5, 97.5))
    assert percentile_interval(np.full(9, np.nan), 100) is None


def test_samples_are_clustered_through_chains_of_recordings() -> None:
    clusters = find_clusters([["a"], ["b"], ["a", "c"], [], ["c", "d"], ["b"], []])
    assert clusters.tolist() == [0, 1, 0, 2, 0, 1, 3]
    assert find_clusters([]).tolist() == []


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=3), max_size=12))
def test_clusters_are_the_finest_that_keep_recordings_together(sources: list[list[str]]) -> None:
    clusters = find_clusters(sources)
    merged = [{index} for index in range(len(sources))]
    for first in range(len(sources)):  # the obvious way: merge until nothing changes
        for second in range(len(sources)):
            if set(sources[first]) & set(sources[second]):
                here = next(each for each in merged if first in each)
                there = next(each for each in merged if second in each)
                if here is not there:
                    merged.remove(there)
                    here |= there
    expected = {frozenset(each) for each in merged}
    found: dict[int, set[int]] = {}
    for index, cluster in enumerate(clusters):
        found.setdefault(int(cluster), set()).add(index)
    assert {frozenset(each) for each in found.values()} == expected
