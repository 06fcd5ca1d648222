"""Which samples are one piece of evidence: those that share source recordings.

Two questions about the same recording are not independent. What is uncertain is which recordings were
taken, so intervals and tests count groups of recordings, never rows.
"""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from amarathon.metrics.statistic import Integers


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
        for sample, own_sources in enumerate(sources)
        for source in own_sources
    ]
    size = len(sources) + len(numbers)
    rows, columns = zip(*edges, strict=True) if edges else ((), ())
    graph = coo_array((np.ones(len(edges)), (rows, columns)), shape=(size, size))
    labels: Integers = connected_components(graph, directed=False)[1][: len(sources)]
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)
