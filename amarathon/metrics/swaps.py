"""Which clusters are swapped between two systems, in a permutation test."""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from amarathon.metrics.statistic import Floats

PERMUTATIONS_AT_ONCE = 250


def swaps_of(
    clusters: int, exact: bool, permutations: int, seed: int, at_once: int = PERMUTATIONS_AT_ONCE
) -> Iterator[Floats]:
    """Blocks of assignments: 1 where a cluster is swapped.

    Parameters
    ----------
    clusters : int
    exact : bool
        Every assignment there is; otherwise `permutations` at random.
    permutations, seed : int
    at_once : int
        How many of those at random are in a block.
    """
    drawn = _every(clusters) if exact else _drawn(clusters, permutations, seed)
    size = len(drawn) if exact else at_once
    for start in range(0, len(drawn), size):
        yield drawn[start : start + size].astype(np.float64)


def _every(clusters: int) -> NDArray[np.uint8]:
    numbers = np.arange(2**clusters)[:, None]
    return (numbers >> np.arange(clusters) & 1).astype(np.uint8)


# The systems of one run have the same recordings: what is drawn for one pair is drawn for all.
@lru_cache(maxsize=16)
def _drawn(clusters: int, permutations: int, seed: int) -> NDArray[np.uint8]:
    generator = np.random.default_rng(seed)
    drawn = np.empty((permutations, clusters), np.uint8)
    for start in range(0, permutations, PERMUTATIONS_AT_ONCE):
        block = drawn[start : start + PERMUTATIONS_AT_ONCE]
        block[:] = generator.integers(0, 2, size=block.shape)
    drawn.flags.writeable = False
    return drawn
