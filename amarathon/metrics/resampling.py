"""Confidence intervals by resampling source recordings, never rows.

Two questions about the same recording are not independent.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from amarathon.metrics.statistic import Floats, Integers, Statistic

MIN_CLUSTERS = 5
LEVEL = 0.95
RESAMPLES_AT_ONCE = 250


@dataclass(frozen=True)
class Interval:
    """A confidence interval of a score."""

    low: float
    high: float


def find_clusters(sources: Sequence[Sequence[str]]) -> Integers:
    """Number the groups of samples that share source recordings, directly or through others.

    Parameters
    ----------
    sources : sequence of sequence of str
        Each sample's source recordings; a sample without any is a cluster of its own.

    Returns
    -------
    array of int, shape (samples,)
        Connected components of the graph between samples and recordings, from 0.
    """
    numbers: dict[str, int] = {}
    edges = [
        (sample, len(sources) + numbers.setdefault(source, len(numbers)))
        for sample, each in enumerate(sources)
        for source in each
    ]
    size = len(sources) + len(numbers)
    rows, columns = zip(*edges, strict=True) if edges else ((), ())
    graph = coo_array((np.ones(len(edges)), (rows, columns)), shape=(size, size))
    labels: Integers = connected_components(graph, directed=False)[1][: len(sources)]
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def draw_weights(strata: Integers, resamples: int, seed: int) -> Iterator[Floats]:
    """Draw how often each cluster is in each resample, in blocks of resamples.

    Clusters are drawn with replacement within their stratum, so that every stratum keeps its size.

    Parameters
    ----------
    strata : array of int, shape (clusters,)
    resamples : int
    seed : int

    Yields
    ------
    array of shape (block, clusters)
    """
    generator = np.random.default_rng(seed)
    members = [np.flatnonzero(strata == each) for each in np.unique(strata)]
    for start in range(0, resamples, RESAMPLES_AT_ONCE):
        block = min(RESAMPLES_AT_ONCE, resamples - start)
        weights = np.empty((block, len(strata)))
        for clusters in members:
            count = len(clusters)
            weights[:, clusters] = generator.multinomial(count, np.full(count, 1 / count), size=block)
        yield weights


def bootstrap(
    statistics: Sequence[Statistic], *, strata: Integers | None = None, resamples: int = 2000, seed: int = 0
) -> Floats:
    """Scores of resampled clusters, the same resamples for every statistic.

    Parameters
    ----------
    statistics : sequence of Statistic
        With jointly numbered clusters.
    strata : array of int, optional
        The stratum of each cluster; one for all by default.
    resamples : int
    seed : int

    Returns
    -------
    array of shape (statistics, resamples)
    """
    size = 1 + max((int(each.clusters.max()) for each in statistics if len(each.clusters)), default=-1)
    strata = np.zeros(size, dtype=np.int64) if strata is None else strata
    sums = [each.by_cluster() for each in statistics]
    scores = np.empty((len(statistics), resamples))
    done = 0
    for weights in draw_weights(strata, resamples, seed):
        for row, (statistic, (clusters, counts)) in enumerate(zip(statistics, sums, strict=True)):
            scores[row, done : done + len(weights)] = statistic.value(weights[:, clusters] @ counts)
        done += len(weights)
    return scores


def percentile_interval(scores: Floats, clusters: int, level: float = LEVEL) -> Interval | None:
    """Percentile interval of resampled scores (Efron & Tibshirani 1993, chapter 13).

    Parameters
    ----------
    scores : array of shape (resamples,)
        Resamples in which there was nothing to score are NaN and left out.
    clusters : int
        How many were resampled. From fewer than `MIN_CLUSTERS` no interval is made: it would say more
        about the few recordings than about the score.
    level : float

    Returns
    -------
    Interval or None
    """
    known = scores[~np.isnan(scores)]
    if clusters < MIN_CLUSTERS or not len(known):
        return None
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high))
