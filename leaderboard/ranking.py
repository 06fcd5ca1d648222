"""Who stands before whom, among rows of one dataset only."""

from collections.abc import Mapping, Sequence
from statistics import fmean

import numpy as np

from amarathon.metrics.cells import Evidence
from amarathon.metrics.statistic import Floats
from leaderboard.comparing import Compared, RankTests, compare
from leaderboard.records import Gap, Protocol, Row, Scores, Section
from leaderboard.steps import RankRange

PROTOCOLS: tuple[Protocol, ...] = ("strict", "published")


def rank(
    section: Section, evidence: Mapping[str, Evidence] | None = None, tests: RankTests | None = None
) -> Section:
    """A copy of a section whose rows have their ranks and their distance to people, best first.

    People are not ranked. A run that is not complete is not ranked either: its mean is over other
    questions than that of its neighbours. Models, to which nothing was done, have a rank among each other
    besides.

    Parameters
    ----------
    section : Section
    evidence : mapping of str to Evidence, optional
        Of measured rows, by their ids.
    tests : RankTests, optional
        Made before, so that only new pairs are tested.
    """
    tests, evidence = tests or RankTests(), evidence or {}
    human = next((row for row in section.rows if row.access == "human"), None)
    ranks: dict[str, dict[Protocol, RankRange]] = {row.id: {} for row in section.rows}
    model_ranks: dict[str, dict[Protocol, RankRange]] = {row.id: {} for row in section.rows}
    ties: dict[Protocol, list[tuple[str, str]]] = {}
    for protocol in PROTOCOLS:
        ranked = [row for row in section.rows if _is_ranked(row, protocol)]
        models = [row for row in ranked if not row.steps]
        compared = compare(ranked, evidence, tests, protocol, f"{section.key}, rows")
        for row, span in zip(ranked, _spans(ranked, compared, protocol), strict=True):
            ranks[row.id][protocol] = span
        compared = compare(models, evidence, tests, protocol, f"{section.key}, models")
        for row, span in zip(models, _spans(models, compared, protocol), strict=True):
            model_ranks[row.id][protocol] = span
        ties[protocol] = _ties(models, compared, protocol)
    rows = [
        row.model_copy(
            update={"ranks": ranks[row.id], "model_ranks": model_ranks[row.id], "gaps": _gaps(row, human)}
        )
        for row in section.rows
    ]
    return section.model_copy(update={"rows": sorted(rows, key=_order), "ties": ties})


def _spans(rows: Sequence[Row], compared: Compared, protocol: Protocol) -> list[RankRange]:
    """Best and worst rank of each row: one more than are surely above it, all less those surely below.

    Of two measured rows one is above where a paired test over the same recordings says so, all pairs
    corrected together; two whose recordings are not the same cannot be ranked apart. A published row
    has no predictions: it is told from another by its figure as printed, from a measured one where that
    figure lies outside the measured interval.
    """
    values = _overall(rows, protocol)
    measured = np.array([row.run is not None for row in rows], bool)
    above, below = compared.above_and_below(values)
    printed = np.flatnonzero(~measured)
    above[printed] = (values[printed] > values[printed, None]).sum(axis=1)
    below[printed] = (values[printed] < values[printed, None]).sum(axis=1)
    for index in np.flatnonzero(measured).tolist():
        low, high = scores_by(rows[index], protocol).overall.interval or (values[index], values[index])
        outside = printed[(values[printed] < low) | (values[printed] > high)]
        better, worse = outside[values[outside] > values[index]], outside[values[outside] < values[index]]
        above[index] += len(better)
        below[index] += len(worse)
        below[better] += 1
        above[worse] += 1
    return [(int(1 + up), int(len(rows) - down)) for up, down in zip(above, below, strict=True)]


def _ties(rows: Sequence[Row], compared: Compared, protocol: Protocol) -> list[tuple[str, str]]:
    """First and last of each longest stretch of measured rows, best first, of which no two surely differ."""
    values = _overall(rows, protocol)
    measured = [index for index, row in enumerate(rows) if row.run is not None]
    order = sorted(measured, key=lambda index: (-values[index], rows[index].id))
    differs = compared.differences()[np.ix_(order, order)]
    ends = [len(order)] * (len(order) + 1)
    for start in reversed(range(len(order))):
        apart = np.flatnonzero(differs[start, start:])
        ends[start] = min(ends[start + 1], start + int(apart[0])) if len(apart) else ends[start + 1]
    return [
        (rows[order[start]].id, rows[order[ends[start] - 1]].id)
        for start in range(len(order))
        if ends[start] - start > 1 and (start == 0 or ends[start - 1] < ends[start])
    ]


def _overall(rows: Sequence[Row], protocol: Protocol) -> Floats:
    return np.array([scores_by(row, protocol).overall.value for row in rows], float)


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
    scores = np.asarray(values, float)
    # Without an interval the figure as it stands decides: nothing overlaps it.
    lows, highs = (
        np.array([nothing if ends is None else ends[side] for ends in intervals], float)
        for side, nothing in ((0, np.inf), (1, -np.inf))
    )
    above = (scores[:, None] > scores) & (lows[:, None] > highs)
    return [
        (1 + better, len(scores) - worse)
        for better, worse in zip(above.sum(axis=0).tolist(), above.sum(axis=1).tolist(), strict=True)
    ]


def _gaps(row: Row, human: Row | None) -> dict[Protocol, Gap]:
    """Its distance to people by each protocol, where there is one."""
    if human is None:
        return {}
    found = {protocol: _gap(scores_by(row, protocol), scores_by(human, protocol)) for protocol in PROTOCOLS}
    return {protocol: gap for protocol, gap in found.items() if gap is not None}


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
