"""Who stands before whom, among rows of one dataset only."""

from collections.abc import Sequence
from statistics import fmean

from leaderboard.records import Gap, Protocol, RankRange, Row, Scores, Section

PROTOCOLS: tuple[Protocol, ...] = ("strict", "published")


def rank(section: Section) -> Section:
    """A copy of a section whose rows have their ranks and their distance to people, best first.

    People are not ranked. A run that is not complete is not ranked either: its mean is over other
    questions than that of its neighbours.
    """
    rows = [row.model_copy(deep=True) for row in section.rows]
    human = next((row for row in rows if row.access == "human"), None)
    for protocol in PROTOCOLS:
        ranked = [row for row in rows if _is_ranked(row, protocol)]
        scores = [scores_by(row, protocol).overall for row in ranked]
        values = [cell.value for cell in scores if cell.value is not None]
        for row, span in zip(ranked, rank_ranges(values, [cell.interval for cell in scores]), strict=True):
            row.ranks[protocol] = span
        for row in rows:
            gap = _gap(scores_by(row, protocol), scores_by(human, protocol)) if human else None
            if gap is not None:
                row.gaps[protocol] = gap
    return section.model_copy(update={"rows": sorted(rows, key=_order)})


def scores_by(row: Row, protocol: Protocol) -> Scores:
    """A row's figures by a protocol; a published row has the paper's own under either."""
    return row.scores.get(protocol) or row.scores["published"]


def rank_ranges(values: Sequence[float], intervals: Sequence[tuple[float, float] | None]) -> list[RankRange]:
    """Best and worst rank that a score may have.

    A score is above another where it is higher and, if both have intervals, these do not overlap.
    On shared samples a test of the paired difference would separate more. Where one has no interval,
    the figures are taken as they stand.

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

    places = range(len(values))
    return [
        (
            1 + sum(above(other, place) for other in places),
            len(values) - sum(above(place, other) for other in places),
        )
        for place in places
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
