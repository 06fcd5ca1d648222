"""Which clusters are swapped between two systems, in a permutation test."""

from collections.abc import Iterator

import numpy as np

from amarathon.metrics.statistic import Floats

PERMUTATIONS_AT_ONCE = 250


def swaps_of(clusters: int, exact: bool, permutations: int, seed: int) -> Iterator[Floats]:
    """Blocks of assignments: 1 where a cluster is swapped.

    Parameters
    ----------
    clusters : int
    exact : bool
        Every assignment there is; otherwise `permutations` at random.
    permutations, seed : int
    """
    if exact:
        numbers = np.arange(2**clusters)[:, None]
        yield (numbers >> np.arange(clusters) & 1).astype(np.float64)
        return
    generator = np.random.default_rng(seed)
    for start in range(0, permutations, PERMUTATIONS_AT_ONCE):
        block = min(PERMUTATIONS_AT_ONCE, permutations - start)
        yield generator.integers(0, 2, size=(block, clusters)).astype(np.float64)
