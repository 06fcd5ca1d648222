"""Which of many systems differ, all pairs tested on the same clusters; a pair is tested once."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amarathon.metrics.statistic import Floats, Integers
from amarathon.metrics.swaps import swaps_of

Counts = NDArray[np.uint16]

# How many assignments of signs are drawn for up to how many systems: a second or so of work for all pairs.
# In steps, so that one system more leaves the tests of the others as they are.
PERMUTATIONS = ((283, 10_000), (400, 5_000), (566, 2_500))
FEWEST_PERMUTATIONS = 1000
# Systems compared with one at a time: their differences stay in the processor's cache.
SYSTEMS_AT_ONCE = 256


@dataclass(frozen=True)
class Tested:
    """The tests of many systems.

    Attributes
    ----------
    systems : array of int
        Which of the distinct systems each one is; equal ones are tested once.
    extreme : array of int, shape (distinct systems, distinct systems)
        Of a pair, the assignments with a difference as large as the one observed.
    p_values : array of float
        Two-sided, by the number of such assignments.
    """

    systems: Integers
    extreme: Counts
    p_values: Floats


class PairedTests:
    """Tests of every pair of many systems on the same clusters, kept from one call to the next.

    The same null hypothesis as in `paired_permutation_test`, for scores that are sums over clusters:
    swapping a cluster between two systems turns the sign of its difference. Scores that are no sums are
    replaced by their pseudo-values (Tukey's jackknife), whose signs may be turned likewise (Canay,
    Romano & Shaikh 2017, "Randomization tests under an approximate symmetry assumption").

    Parameters
    ----------
    permutations : int, optional
        How many assignments of signs are drawn, where there are more than that; otherwise by the number
        of systems, see `PERMUTATIONS`.
    seed : int
    """

    def __init__(self, *, permutations: int | None = None, seed: int = 0):
        self._permutations, self._seed = permutations, seed
        self._drawn = 0
        self._known: dict[bytes, int] = {}
        self._extreme = np.zeros((0, 0), np.uint16)

    def of(self, values: Floats) -> Tested:
        """Test all pairs; those that were in the last call too are not tested again.

        Parameters
        ----------
        values : array of shape (systems, clusters)
            What each cluster adds to each system's score.
        """
        distinct, systems = np.unique(np.ascontiguousarray(values, np.float64), axis=0, return_inverse=True)
        permutations = self._permutations or _permutations_for(len(distinct))
        exact = 2 ** values.shape[1] <= permutations
        if permutations != self._drawn:
            self._known, self._drawn = {}, permutations
        keys = [row.tobytes() for row in distinct]
        kept = np.array([self._known.get(key, -1) for key in keys], np.int64)
        old, new = np.flatnonzero(kept >= 0), np.flatnonzero(kept < 0)
        extreme = np.zeros((len(keys), len(keys)), np.uint16)
        extreme[np.ix_(old, old)] = self._extreme[np.ix_(kept[old], kept[old])]
        swaps = swaps_of(values.shape[1], exact, permutations, self._seed)
        _count(distinct, np.concatenate([old, new]), len(old), extreme, swaps)
        total = 2 ** values.shape[1] if exact else permutations
        np.fill_diagonal(extreme, total)
        self._known, self._extreme = {key: index for index, key in enumerate(keys)}, extreme
        counts = np.arange(total + 1)
        return Tested(systems.ravel(), extreme, counts / total if exact else (counts + 1) / (total + 1))


def _permutations_for(systems: int) -> int:
    return next((drawn for most, drawn in PERMUTATIONS if systems <= most), FEWEST_PERMUTATIONS)


def _count(values: Floats, order: Integers, old: int, extreme: Counts, swaps: Iterator[Floats]) -> None:
    """Fill in `extreme` for every pair with a system that comes after the first `old` ones of `order`."""
    if old == len(order):
        return
    observed = values.sum(axis=1)[order]
    for block in swaps:
        turned = values[order] @ (1 - 2 * block.T)
        apart, as_large = (
            np.empty((SYSTEMS_AT_ONCE, len(block))),
            np.empty((SYSTEMS_AT_ONCE, len(block)), bool),
        )
        for row in range(max(old, 1), len(order)):
            least = np.abs(observed[:row] - observed[row]) - 1e-9
            for start in range(0, row, SYSTEMS_AT_ONCE):
                some = slice(start, min(start + SYSTEMS_AT_ONCE, row))
                there, large = apart[: some.stop - start], as_large[: some.stop - start]
                np.subtract(turned[some], turned[row], out=there)
                np.abs(there, out=there)
                np.greater_equal(there, least[some, None], out=large)
                extreme[order[row], order[some]] += large.view(np.uint8).sum(axis=1, dtype=np.uint16)
    extreme[order[:old, None], order[None, old:]] = extreme[order[None, old:], order[:old, None]]
    later = np.ix_(order[old:], order[old:])
    extreme[later] += np.tril(extreme[later], -1).T


def false_discovery_threshold(p_values: Floats, counts: Integers, level: float) -> float:
    """The largest p-value that is a discovery among many tests, or -1 where none is.

    As in Benjamini & Hochberg 1995, for tests of which many share a p-value.

    Parameters
    ----------
    p_values : array of float
    counts : array of int
        How many tests have each.
    level : float
        False discovery rate.
    """
    there = counts > 0
    order = np.argsort(p_values[there], kind="stable")
    ordered, until = p_values[there][order], np.cumsum(counts[there][order])
    found = ordered[ordered * (until[-1] / until) < level] if len(until) else ordered
    return float(found[-1]) if len(found) else -1.0


def pair_counts(tested: Tested) -> Integers:
    """How many pairs of systems have each of the p-values; equal systems count as often as they are there."""
    counts = np.zeros(len(tested.p_values), np.int64)
    for some in _blocks(len(tested.systems)):
        counts += np.bincount(_extreme_of(tested, some).ravel(), minlength=len(counts))
    counts[-1] -= len(tested.systems)  # each beside itself
    return counts // 2


def apart(tested: Tested, scores: Floats, threshold: float) -> tuple[Integers, Integers]:
    """How many systems are surely better, and how many surely worse, than each.

    Parameters
    ----------
    tested : Tested
    scores : array of float
        Higher is better.
    threshold : float
        The largest p-value that tells two systems apart; see `false_discovery_threshold`.
    """
    most = int(np.searchsorted(tested.p_values, threshold, side="right"))
    better, worse = np.zeros(len(scores), np.int64), np.zeros(len(scores), np.int64)
    for some in _blocks(len(scores)):
        differs = _extreme_of(tested, some) < most
        better[some] = (differs & (scores > scores[some, None])).sum(axis=1)
        worse[some] = (differs & (scores < scores[some, None])).sum(axis=1)
    return better, worse


def _blocks(count: int) -> list[slice]:
    """Some rows at a time: the pairs of ten thousand systems need not be held at once."""
    return [slice(start, start + SYSTEMS_AT_ONCE) for start in range(0, count, SYSTEMS_AT_ONCE)]


def _extreme_of(tested: Tested, some: slice) -> Counts:
    return tested.extreme[np.ix_(tested.systems[some], tested.systems)]
