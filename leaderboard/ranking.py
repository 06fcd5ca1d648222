"""Who stands before whom, among rows of one dataset only."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from statistics import fmean

import numpy as np

from amarathon.metrics.cells import Evidence
from amarathon.metrics.permutation import Bools, paired_p_values, significant_differences, spans
from amarathon.metrics.statistic import Floats
from leaderboard.records import Gap, Protocol, RankRange, Row, Scores, Section

PROTOCOLS: tuple[Protocol, ...] = ("strict", "published")


def rank(section: Section, evidence: Mapping[str, Evidence] | None = None) -> Section:
    """A copy of a section whose rows have their ranks and their distance to people, best first.

    People are not ranked. A run that is not complete is not ranked either: its mean is over other
    questions than that of its neighbours.

    Parameters
    ----------
    section : Section
    evidence : mapping of str to Evidence, optional
        Of measured rows, by their ids.
    """
    rows = [row.model_copy(deep=True) for row in section.rows]
    human = next((row for row in rows if row.access == "human"), None)
    for protocol in PROTOCOLS:
        ranked = [row for row in rows if _is_ranked(row, protocol)]
        values = [value for row in ranked if (value := scores_by(row, protocol).overall.value) is not None]
        differs = _differences(ranked, values, evidence or {}, protocol)
        for row, span in zip(ranked, spans(values, differs), strict=True):
            row.ranks[protocol] = span
        for row in rows:
            gap = _gap(scores_by(row, protocol), scores_by(human, protocol)) if human else None
            if gap is not None:
                row.gaps[protocol] = gap
    return section.model_copy(update={"rows": sorted(rows, key=_order)})


def _differences(
    rows: Sequence[Row], values: Sequence[float], evidence: Mapping[str, Evidence], protocol: Protocol
) -> Bools:
    """Which rows surely differ, for all pairs of them.

    Measured rows do where a paired test over the same recordings says so, all pairs corrected together;
    two whose recordings are not the same cannot be ranked apart. A published row has no predictions: it
    differs from another by its figure as printed, from a measured one where that figure lies outside the
    measured interval.
    """
    differs = np.not_equal.outer(values, values)
    measured = [index for index, row in enumerate(rows) if row.run is not None]
    if measured:
        found = [evidence.get(rows[index].id) for index in measured]
        differs[np.ix_(measured, measured)] = significant_differences(_p_values(found, protocol))
    for index in measured:
        interval = scores_by(rows[index], protocol).overall.interval
        for other, row in enumerate(rows):
            if row.run is None and interval is not None:
                outside = not interval[0] <= values[other] <= interval[1]
                differs[index, other] = differs[other, index] = outside
    return differs


def _p_values(evidence: Sequence[Evidence | None], protocol: Protocol) -> Floats:
    """Of each pair that answered about the same recordings; 1 of all others."""
    p_values = np.ones((len(evidence), len(evidence)))
    groups: dict[str, list[int]] = {}
    for index, row in enumerate(evidence):
        if row is not None and protocol in row.values:
            groups.setdefault(row.clusters_sha256, []).append(index)
    for indices in groups.values():
        values = tuple(tuple(row.values[protocol]) for index in indices if (row := evidence[index]))
        p_values[np.ix_(indices, indices)] = _tested(values)
    return p_values


@lru_cache(maxsize=64)
def _tested(values: tuple[tuple[float, ...], ...]) -> Floats:
    """The tests of a dataset's rows, kept: a run that is being written changes those of no other dataset."""
    return paired_p_values(np.array(values))


def scores_by(row: Row, protocol: Protocol) -> Scores:
    """A row's figures by a protocol; a published row has the paper's own under either."""
    return row.scores.get(protocol) or row.scores["published"]


def rank_ranges(values: Sequence[float], intervals: Sequence[tuple[float, float] | None]) -> list[RankRange]:
    """Best and worst rank that a score may have.

    A score is above another where it is higher and, if both have intervals, these do not overlap.
    Where one has no interval, the figures are taken as they stand. For what was timed once; scores of
    the same samples are tested pair by pair instead.

    Parameters
    ----------
    values : sequence of float
        Higher is better.
    intervals : sequence of (float, float) or None
        One for each value.

    Returns
    -------
    list of (int, int)
        1 plus the scores above; all less the scores below.
    """

    def above(first: int, second: int) -> bool:
        if values[first] <= values[second]:
            return False
        upper, lower = intervals[first], intervals[second]
        return upper is None or lower is None or upper[0] > lower[1]

    indices = range(len(values))
    return [
        (
            1 + sum(above(other, index) for other in indices),
            len(values) - sum(above(index, other) for other in indices),
        )
        for index in indices
    ]


def _is_ranked(row: Row, protocol: Protocol) -> bool:
    complete = row.run is None or row.answered == row.run.samples
    return row.access != "human" and complete and scores_by(row, protocol).overall.value is not None


def _gap(scores: Scores, human: Scores) -> Gap | None:
    """The distance over the tasks that both have; `None` where there is none."""
    pairs = {
        code: (cell.value, human.tasks[code].value)
        for code, cell in scores.tasks.items()
        if code in human.tasks
    }
    both = {code: (a, b) for code, (a, b) in pairs.items() if a is not None and b is not None}
    if not both:
        return None
    value = fmean(a for a, _ in both.values()) - fmean(b for _, b in both.values())
    overall, people = scores.overall.value, human.overall.value
    printed = None if overall is None or people is None else round(overall - people, 4)
    return Gap(value=round(value, 4), over=list(both), printed=printed)


def _order(row: Row) -> tuple[bool, float]:
    overall = scores_by(row, "strict").overall.value
    return (row.access != "human", -overall if overall is not None else float("inf"))
