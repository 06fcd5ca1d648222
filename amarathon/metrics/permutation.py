"""Whether two systems differ, and which of many are tied."""

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.stats import false_discovery_control

from amarathon.metrics.statistic import Floats, Integers, Statistic

PERMUTATIONS_AT_ONCE = 250


def paired_permutation_test(
    pairs: Sequence[tuple[Statistic, Statistic]], *, permutations: int = 10_000, seed: int = 0
) -> float:
    """Test whether two systems differ on the same samples.

    Under the null hypothesis a cluster's answers may as well be the other system's: whole clusters
    are swapped between the two. With few clusters every assignment is tried (Good 2005, chapter 3).

    Parameters
    ----------
    pairs : sequence of (Statistic, Statistic)
        The two systems' statistics, sample by sample; several tasks are compared by their mean
        score. Clusters are numbered jointly.
    permutations : int
        How many random assignments are drawn, where there are more than that.
    seed : int

    Returns
    -------
    float
        Two-sided p-value.
    """
    occurring = np.unique(np.concatenate([first.clusters for first, _ in pairs]))
    exact = 2 ** len(occurring) <= permutations
    observed = _mean_difference(pairs, occurring, np.zeros((1, len(occurring))))[0]
    extreme = total = 0
    for swaps in _swaps(len(occurring), exact, permutations, seed):
        differences = _mean_difference(pairs, occurring, swaps)
        extreme += int(np.sum(np.abs(differences) >= abs(observed) - 1e-9))
        total += len(swaps)
    return extreme / total if exact else (extreme + 1) / (total + 1)


def _swaps(clusters: int, exact: bool, permutations: int, seed: int) -> Iterator[Floats]:
    """Blocks of assignments: 1 where a cluster is swapped."""
    if exact:
        numbers = np.arange(2**clusters)[:, None]
        yield (numbers >> np.arange(clusters) & 1).astype(np.float64)
        return
    generator = np.random.default_rng(seed)
    for start in range(0, permutations, PERMUTATIONS_AT_ONCE):
        block = min(PERMUTATIONS_AT_ONCE, permutations - start)
        yield generator.integers(0, 2, size=(block, clusters)).astype(np.float64)


def _mean_difference(
    pairs: Sequence[tuple[Statistic, Statistic]], occurring: Integers, swaps: Floats
) -> Floats:
    total = np.zeros(len(swaps))
    for first, second in pairs:
        clusters, here = first.by_cluster()
        _, there = second.by_cluster()
        moved = swaps[:, np.searchsorted(occurring, clusters)] @ (there - here)
        total += first.value(here.sum(axis=0) + moved) - second.value(there.sum(axis=0) - moved)
    return total / len(pairs)


def rank_ranges(scores: Sequence[float], p_values: Floats, level: float = 0.05) -> list[tuple[int, int]]:
    """Ranks that a system may have, given which differences are significant.

    Parameters
    ----------
    scores : sequence of float
        Higher is better.
    p_values : array of shape (systems, systems)
        Of each pair's difference, symmetric; the diagonal is not used. They are corrected together
        for false discoveries (Benjamini & Hochberg 1995).
    level : float
        False discovery rate.

    Returns
    -------
    list of (int, int)
        Best and worst rank of each system: one more than the systems that are significantly better,
        and all less those that are significantly worse. Systems whose ranges overlap are tied.
    """
    count = len(scores)
    upper = np.triu_indices(count, k=1)
    significant = np.zeros((count, count), dtype=bool)
    if len(upper[0]):
        significant[upper] = false_discovery_control(p_values[upper], method="bh") < level
    significant |= significant.T
    values = np.asarray(scores)
    better = (significant & (values[None, :] > values[:, None])).sum(axis=1)
    worse = (significant & (values[None, :] < values[:, None])).sum(axis=1)
    return [(int(1 + above), int(count - below)) for above, below in zip(better, worse, strict=True)]
