"""Ranks beside the slow obvious way: every pair tested by itself, all p-values corrected in one list."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from amarathon.metrics.cells import Evidence
from amarathon.metrics.pair_tests import PERMUTATIONS, PairedTests, false_discovery_threshold
from leaderboard.comparing import RankTests
from leaderboard.ranking import PROTOCOLS, rank
from leaderboard.records import Cell, Row, RunFacts, Scores, Section

CLUSTERS = 9  # every assignment of signs is tried


def signs(count: int) -> np.ndarray:
    numbers = np.arange(2**count)[:, None]
    return 1.0 - 2.0 * (numbers >> np.arange(count) & 1)


def p_value(one: Evidence, two: Evidence, protocol: str) -> float:
    if one.clusters_sha256 != two.clusters_sha256:
        return 1.0
    differences = np.array(one.values[protocol]) - np.array(two.values[protocol])
    turned = signs(len(differences)) @ differences
    return float(np.mean(np.abs(turned) >= abs(differences.sum()) - 1e-9))


def slow_ranks(rows: list[Row], evidence: dict[str, Evidence], protocol: str) -> dict[str, tuple[int, int]]:
    """Best and worst rank of each row, pair by pair."""
    overall = {row.id: row.scores[protocol if row.run else "published"].overall for row in rows}
    pairs = list(combinations(rows, 2))
    tested = [(one, two) for one, two in pairs if one.run and two.run]
    p_values = [p_value(evidence[one.id], evidence[two.id], protocol) for one, two in tested]
    corrected = false_discovery_control(p_values, method="bh") if tested else []
    apart = {(one.id, two.id) for (one, two), p in zip(tested, corrected, strict=True) if p < 0.05}
    for one, two in pairs:
        if one.run and two.run:
            continue
        if not one.run and not two.run:
            differ = overall[one.id].value != overall[two.id].value
        else:
            own, printed = (one, two) if one.run else (two, one)
            low, high = overall[own.id].interval
            differ = not low <= overall[printed.id].value <= high
        if differ:
            apart.add((one.id, two.id))
    found = {}
    for row in rows:
        others = [one for one in rows if {(row.id, one.id), (one.id, row.id)} & apart]
        above = sum(overall[one.id].value > overall[row.id].value for one in others)
        below = sum(overall[one.id].value < overall[row.id].value for one in others)
        found[row.id] = (1 + above, len(rows) - below)
    return found


def section_of(seed: int, measured: int, printed: int, equal: int) -> tuple[Section, dict[str, Evidence]]:
    """Rows of random scores, some of them equal, on two sets of recordings."""
    rng = np.random.default_rng(seed)
    rows, evidence = [], {}
    for number in range(measured):
        values = rng.normal(rng.normal(0, 3) / CLUSTERS, 0.4, CLUSTERS) + 50 / CLUSTERS
        if number < equal:
            values = np.full(CLUSTERS, 50 / CLUSTERS)
        cell = Cell(value=float(values.sum()), interval=(values.sum() - 2, values.sum() + 2))
        scores = dict.fromkeys(PROTOCOLS, Scores(tasks={}, overall=cell))
        row = Row(id=f"m{number}", provenance="measured", access="open", model="m", scores=scores, answered=1)
        rows.append(row.model_copy(update={"run": RunFacts.model_construct(samples=1)}))
        both = dict.fromkeys(PROTOCOLS, values.tolist())
        evidence[row.id] = Evidence(clusters_sha256="b" if rng.random() < 0.2 else "a", values=both)
    for number in range(printed):
        scores = {"published": Scores(tasks={}, overall=Cell(value=float(rng.integers(45, 55))))}
        rows.append(Row(id=f"p{number}", provenance="published", access="open", model="p", scores=scores))
    section = Section(
        key="k", table=None, title="", caption="", dataset="d", sha256=None, count=None, rows=rows
    )
    return section, evidence


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 14), st.integers(0, 5), st.integers(0, 4))
def test_ranks_are_those_of_the_slow_obvious_way(seed: int, measured: int, printed: int, equal: int) -> None:
    section, evidence = section_of(seed, measured, printed, equal)
    found = rank(section, evidence).rows
    for protocol in PROTOCOLS:
        expected = slow_ranks(section.rows, evidence, protocol)
        assert {row.id: row.ranks[protocol] for row in found} == expected


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.permutations(range(10)), st.integers(1, 9))
def test_rows_that_come_and_go_leave_the_ranks_of_a_fresh_start(seed, order, number) -> None:
    section, evidence = section_of(seed, 10, 3, 2)
    tests = RankTests()
    for indices in (order[:number], order, order[number - 1 :], order[:number]):
        rows = [section.rows[index] for index in indices] + section.rows[10:]
        part = section.model_copy(update={"rows": rows})
        assert rank(part, evidence, tests) == rank(part, evidence)


@settings(deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=60))
def test_tests_that_share_p_values_are_corrected_as_one_list(numbers: list[int]) -> None:
    p_values, counts = np.unique(np.array(numbers) / 400, return_counts=True)
    threshold = false_discovery_threshold(p_values, counts, 0.05)
    found = [number / 400 <= threshold for number in numbers]
    corrected = false_discovery_control(np.array(numbers) / 400, method="bh")
    assert found == [bool(p < 0.05) for p in corrected]


@pytest.mark.parametrize("systems", [most for most, _ in PERMUTATIONS])
def test_more_systems_are_tested_by_fewer_assignments_as_if_afresh(systems: int) -> None:
    values = np.random.default_rng(0).normal(size=(systems + 1, 14))
    kept = PairedTests()
    assert len(kept.of(values[:systems]).p_values) > len(kept.of(values).p_values)
    assert np.array_equal(kept.of(values).extreme, PairedTests().of(values).extreme)
