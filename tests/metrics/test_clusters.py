"""What makes samples one piece of evidence."""

from hypothesis import given
from hypothesis import strategies as st

from amarathon.metrics.clusters import find_clusters


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
                here = next(cluster for cluster in merged if first in cluster)
                there = next(cluster for cluster in merged if second in cluster)
                if here is not there:
                    merged.remove(there)
                    here |= there
    expected = {frozenset(cluster) for cluster in merged}
    found: dict[int, set[int]] = {}
    for index, cluster in enumerate(clusters):
        found.setdefault(int(cluster), set()).add(index)
    assert {frozenset(cluster) for cluster in found.values()} == expected
