"""Which parts of a recording were really played: reported intervals, checked against the wall clock.

A page reports which intervals of a recording it played and when, by its own monotonic clock. Nobody can
make a browser honest; what can be made sure of is that listening took the time it takes. An interval of
d seconds at speed s costs d/s seconds, and a person has no more of these than have passed, whatever is
sliced, skipped, or opened in several tabs: see `human_eval.annotation.listening`. Beside that no two
intervals of a page occupy the same time of its clock, and none is earlier or later than the report allows.

What a page says of its clock is believed within one report only, for the clock of a machine that slept
may have stood still meanwhile.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

# What clocks and browsers differ by, in seconds: of an interval, and of all listening together.
TOLERANCE_S = 0.25
BUDGET_TOLERANCE_S = 0.25
SLOWEST, FASTEST = 0.25, 16.0
# Nobody hears anything in less; an interval at the recording's end may be as short as what is left of it.
SHORTEST_S = 0.05
# Separate spans of one recording; an honest listener has a few.
MOST_SPANS = 500

Span = tuple[float, float]


@dataclass(frozen=True)
class PlayedInterval:
    """An interval of a recording that was played in one go.

    Attributes
    ----------
    start, end : float
        Seconds of the recording.
    speed : float
        Seconds of the recording a second.
    at : float
        When it began, in seconds of the page's clock.
    muted, hidden : bool
        Whether the sound was off, and whether the page was out of sight.
    """

    start: float
    end: float
    speed: float
    at: float
    muted: bool = False
    hidden: bool = False

    @property
    def wall_s(self) -> float:
        """Seconds that it takes to play."""
        return (self.end - self.start) / self.speed


@dataclass(frozen=True)
class ReportContext:
    """What the server knows when a report arrives; times are the server's unless stated otherwise.

    Attributes
    ----------
    duration_s : float
        Of the recording.
    assigned_at, received_at : float
    sent_at : float
        By the page's clock.
    page_to : float
        Up to where the page's clock is taken already; minus infinity for a new page.
    budget_s : float
        Seconds of listening that the person can have done and that are not credited yet.
    """

    duration_s: float
    assigned_at: float
    received_at: float
    sent_at: float
    page_to: float
    budget_s: float


def check_intervals(
    intervals: Sequence[PlayedInterval], context: ReportContext
) -> tuple[list[PlayedInterval], list[tuple[int, str]]]:
    """Separate possible intervals from impossible ones.

    Returns
    -------
    accepted : list of PlayedInterval
    refused : list of (int, str)
        Index in the report, and why.
    """
    accepted: list[PlayedInterval] = []
    refused: list[tuple[int, str]] = []
    page_to, budget = context.page_to, context.budget_s + BUDGET_TOLERANCE_S
    for index, interval in enumerate(intervals):
        reason = _impossible(interval, context, page_to, budget)
        if reason:
            refused.append((index, reason))
            continue
        accepted.append(interval)
        page_to = page_clock_after(page_to, interval)
        budget -= interval.wall_s
    return accepted, refused


def page_clock_after(page_to: float, interval: PlayedInterval) -> float:
    """Up to where a page's clock is taken after an interval; what overlapped is owed, so it never adds up."""
    return max(page_to, interval.at) + interval.wall_s


def _impossible(
    interval: PlayedInterval, context: ReportContext, page_to: float, budget: float
) -> str | None:
    numbers = (interval.start, interval.end, interval.speed, interval.at, context.sent_at)
    if not all(map(math.isfinite, numbers)):
        return "not a number"
    if not 0 <= interval.start < interval.end <= context.duration_s + TOLERANCE_S:
        return "outside the recording"
    if not SLOWEST <= interval.speed <= FASTEST:
        return "no speed of a player"
    if interval.end - interval.start < SHORTEST_S and interval.end < context.duration_s - SHORTEST_S:
        return "too short to hear"
    if interval.at + interval.wall_s > context.sent_at + TOLERANCE_S:
        return "in the future"
    # It was sent at the latest when it arrived, and began this long before.
    if context.received_at - (context.sent_at - interval.at) < context.assigned_at - TOLERANCE_S:
        return "before the item was given out"
    if interval.at < page_to - TOLERANCE_S:
        return "at a time already reported"
    if interval.wall_s > budget:
        return "longer than the time that has passed"
    return None


def add_span(covered: list[Span], start: float, end: float) -> bool:
    """Add a span to joined ones in place; it is joined with those that it touches or overlaps.

    Returns
    -------
    bool
        False, and nothing is added, where it would be one separate span too many.
    """
    first = bisect_left(covered, start, key=lambda span: span[1])
    last = bisect_right(covered, end, key=lambda span: span[0])
    if first == last and len(covered) >= MOST_SPANS:
        return False
    if first < last:
        start, end = min(start, covered[first][0]), max(end, covered[last - 1][1])
    covered[first:last] = [(start, end)]
    return True


def share(covered: Sequence[Span], duration_s: float) -> float:
    """Share of a recording that joined spans cover, 0 to 1."""
    covered_s = sum(min(end, duration_s) - min(start, duration_s) for start, end in covered)
    return min(1.0, covered_s / duration_s) if duration_s else 1.0
