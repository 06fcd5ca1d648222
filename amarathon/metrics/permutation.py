"""Whether two systems differ, and which of many are tied."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from amarathon.metrics.pair_tests import PairedTests
from amarathon.metrics.statistic import Floats, Integers, Statistic
from amarathon.metrics.swaps import swaps_of

Bools = NDArray[np.bool_]

# Assignments tried in one call of NumPy; their counts stay in the processor's cache.
AT_ONCE = 2000


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
    sums = [_Sums.of(first, second, occurring) for first, second in pairs]
    observed = _mean_difference(sums, np.zeros((1, len(occurring))))[0]
    extreme = total = 0
    for swaps in swaps_of(len(occurring), exact, permutations, seed, AT_ONCE):
        differences = _mean_difference(sums, swaps)
        extreme += int(np.sum(np.abs(differences) >= abs(observed) - 1e-9))
        total += len(swaps)
    return extreme / total if exact else (extreme + 1) / (total + 1)


@dataclass(frozen=True)
class _Sums:
    """What two systems' counts add up to, and what each cluster moves from one to the other when swapped."""

    first: Statistic
    second: Statistic
    columns: Integers
    here: Floats
    there: Floats
    moved: Floats

    @classmethod
    def of(cls, first: Statistic, second: Statistic, occurring: Integers) -> Self:
        clusters, here = first.by_cluster()
        _, there = second.by_cluster()
        columns = np.searchsorted(occurring, clusters).astype(np.int64)
        moved = there - here
        # Where both systems gave the same answers nothing moves, and that is most clusters of most pairs.
        moving = moved.any(axis=1)
        return cls(first, second, columns[moving], here.sum(axis=0), there.sum(axis=0), moved[moving])

    def differences(self, swaps: Floats) -> Floats:
        if not len(self.columns):
            return np.full(len(swaps), self.first.value(self.here) - self.second.value(self.there))
        moved = swaps[:, self.columns] @ self.moved
        return self.first.value(self.here + moved) - self.second.value(self.there - moved)


def _mean_difference(pairs: Sequence[_Sums], swaps: Floats) -> Floats:
    total = np.zeros(len(swaps))
    for sums in pairs:
        total += sums.differences(swaps)
    return total / len(pairs)


def paired_p_values(values: Floats, *, permutations: int | None = None, seed: int = 0) -> Floats:
    """Test every pair of many systems on the same clusters; see `PairedTests`.

    Parameters
    ----------
    values : array of shape (systems, clusters)
        What each cluster adds to each system's score.
    permutations : int, optional
        How many assignments of signs are drawn, where there are more than that; by the number of systems
        otherwise.
    seed : int

    Returns
    -------
    array of shape (systems, systems)
        Two-sided p-values, symmetric; 1 on the diagonal.
    """
    found = PairedTests(permutations=permutations, seed=seed).of(values)
    return found.p_values[found.extreme[np.ix_(found.systems, found.systems)]]


def significant_differences(p_values: Floats, level: float = 0.05) -> Bools:
    """Which of all pairs differ, corrected together for false discoveries (Benjamini & Hochberg 1995).

    Parameters
    ----------
    p_values : array of shape (systems, systems)
        Of each pair's difference, symmetric; the diagonal is not used.
    level : float
        False discovery rate.

    Returns
    -------
    array of bool, shape (systems, systems)
    """
    count = len(p_values)
    upper = np.triu_indices(count, k=1)
    significant = np.zeros((count, count), dtype=bool)
    if len(upper[0]):
        from scipy.stats import false_discovery_control

        significant[upper] = false_discovery_control(p_values[upper], method="bh") < level
    return significant | significant.T


def spans(scores: Sequence[float], differs: Bools) -> list[tuple[int, int]]:
    """Best and worst rank of each system, given which pairs differ.

    Parameters
    ----------
    scores : sequence of float
        Higher is better.
    differs : array of bool, shape (systems, systems)

    Returns
    -------
    list of (int, int)
        One more than the systems that are surely better, and all less those that are surely worse.
        Systems whose ranges overlap are tied.
    """
    values = np.asarray(scores, dtype=float)
    better = (differs & (values[None, :] > values[:, None])).sum(axis=1)
    worse = (differs & (values[None, :] < values[:, None])).sum(axis=1)
    return [(int(1 + above), int(len(values) - below)) for above, below in zip(better, worse, strict=True)]


def rank_ranges(scores: Sequence[float], p_values: Floats, level: float = 0.05) -> list[tuple[int, int]]:
    """Ranks that systems may have; see `significant_differences` and `spans`."""
    return spans(scores, significant_differences(p_values, level))
