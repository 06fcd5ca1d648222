"""Which measured rows surely differ, by paired tests over the same recordings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from amarathon.metrics.cells import Evidence
from amarathon.metrics.pair_tests import PairedTests, Tested, apart, false_discovery_threshold, pair_counts
from amarathon.metrics.permutation import Bools
from amarathon.metrics.statistic import Floats, Integers
from leaderboard.records import Protocol, Row

# The false discovery rate among all pairs that are compared.
LEVEL = 0.05


class RankTests:
    """The paired tests that ranks rest on, kept from one ranking to the next."""

    def __init__(self) -> None:
        self._tests: dict[tuple[str, Protocol, str], PairedTests] = {}

    def of(self, clusters_sha256: str, protocol: Protocol, what: str, values: Floats) -> Tested:
        """Test all pairs of rows that answered about the same recordings.

        Parameters
        ----------
        clusters_sha256 : str
            Of the recordings.
        protocol : str
        what : str
            Which of the rows about these recordings they are: two datasets may share their recordings.
        values : array of shape (rows, groups of recordings)
        """
        return self._tests.setdefault((clusters_sha256, protocol, what), PairedTests()).of(values)


@dataclass(frozen=True)
class Compared:
    """Rows that were compared; those without evidence differ from none.

    Attributes
    ----------
    count : int
        Of the rows.
    groups : sequence of (array of int, Tested)
        Rows about the same recordings, and their tests.
    threshold : float
        The largest p-value that tells two apart.
    """

    count: int
    groups: Sequence[tuple[Integers, Tested]]
    threshold: float

    def above_and_below(self, values: Floats) -> tuple[Integers, Integers]:
        """How many rows are surely above, and how many surely below, each."""
        above, below = np.zeros(self.count, np.int64), np.zeros(self.count, np.int64)
        for indices, tested in self.groups:
            above[indices], below[indices] = apart(tested, values[indices], self.threshold)
        return above, below

    def differences(self) -> Bools:
        """Which rows surely differ, for all pairs of them."""
        differs = np.zeros((self.count, self.count), bool)
        for indices, tested in self.groups:
            pairs = tested.extreme[np.ix_(tested.systems, tested.systems)]
            differs[np.ix_(indices, indices)] = tested.p_values[pairs] <= self.threshold
        return differs


def compare(
    rows: Sequence[Row], evidence: Mapping[str, Evidence], tests: RankTests, protocol: Protocol, what: str
) -> Compared:
    """Test all pairs of the measured rows, corrected together; those that no test compares have p = 1.

    Parameters
    ----------
    rows : sequence of Row
    evidence : mapping of str to Evidence
        By the rows' ids.
    tests : RankTests
        Made before.
    protocol : str
    what : str
        See `RankTests.of`.
    """
    groups: dict[str, list[int]] = {}
    values: dict[str, list[list[float]]] = {}
    for index, row in enumerate(rows):
        own = evidence.get(row.id)
        if own is not None and protocol in own.values:
            groups.setdefault(own.clusters_sha256, []).append(index)
            values.setdefault(own.clusters_sha256, []).append(own.values[protocol])
    tested = {key: tests.of(key, protocol, what, np.array(own)) for key, own in values.items()}
    counts = {key: pair_counts(found) for key, found in tested.items()}
    measured = sum(row.run is not None for row in rows)
    untested = measured * (measured - 1) // 2 - sum(int(count.sum()) for count in counts.values())
    threshold = false_discovery_threshold(
        np.concatenate([*(found.p_values for found in tested.values()), [1.0]]),
        np.concatenate([*counts.values(), [untested]]),
        LEVEL,
    )
    return Compared(len(rows), [(np.array(groups[key]), tested[key]) for key in groups], threshold)
