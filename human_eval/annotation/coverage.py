"""What was really listened to: played intervals, judged by the wall clock.

A page reports which stretches of a recording it played and when, by its own monotonic clock. Nobody can
make a browser honest; what can be made sure of is that listening took the time it takes. A stretch of
d seconds at speed s occupies d/s seconds of its page's clock, no two stretches occupy the same time, none
lies before the item was given out or after the report arrived, and all of an item together are no longer
than the time since it was given out. A page's clock is tied to the server's by the smallest delay seen.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

# What clocks and browsers differ by, in seconds: of an interval, and of the whole of an item.
TOLERANCE_S = 0.25
BUDGET_TOLERANCE_S = 0.25
SLOWEST, FASTEST = 0.25, 16.0

Span = tuple[float, float]


@dataclass(frozen=True)
class Interval:
    """A stretch that was played in one go.

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
class Circumstances:
    """What the server knows when a report arrives; times are the server's unless said otherwise.

    Attributes
    ----------
    duration_s : float
        Of the recording.
    given_at, received_at : float
    sent_at : float
        By the page's clock.
    page_to : float
        Up to where the page's clock is taken already; minus infinity for a new page.
    page_offset : float
        Server time less the page's clock.
    taken : sequence of (float, float)
        When the same person listened on other pages.
    credited_s : float
        Wall-clock seconds already accepted for the item.
    """

    duration_s: float
    given_at: float
    received_at: float
    sent_at: float
    page_to: float
    page_offset: float
    taken: Sequence[Span]
    credited_s: float


def judge(
    intervals: Sequence[Interval], known: Circumstances
) -> tuple[list[Interval], list[tuple[int, str]]]:
    """Tell possible intervals from impossible ones.

    Returns
    -------
    accepted : list of Interval
    refused : list of (int, str)
        Place in the report, and why.
    """
    accepted: list[Interval] = []
    refused: list[tuple[int, str]] = []
    page_to, budget = (
        known.page_to,
        known.received_at - known.given_at + BUDGET_TOLERANCE_S - known.credited_s,
    )
    for index, interval in enumerate(intervals):
        reason = _impossible(interval, known, page_to, budget)
        if reason:
            refused.append((index, reason))
            continue
        accepted.append(interval)
        page_to = taken_to(page_to, interval)
        budget -= interval.wall_s
    return accepted, refused


def taken_to(page_to: float, interval: Interval) -> float:
    """Up to where a page's clock is taken after an interval; what overlapped is owed, so it never adds up."""
    return max(page_to, interval.at) + interval.wall_s


def _impossible(interval: Interval, known: Circumstances, page_to: float, budget: float) -> str | None:
    numbers = (interval.start, interval.end, interval.speed, interval.at, known.sent_at)
    if not all(map(math.isfinite, numbers)):
        return "not a number"
    if not 0 <= interval.start < interval.end <= known.duration_s + TOLERANCE_S:
        return "outside the recording"
    if not SLOWEST <= interval.speed <= FASTEST:
        return "no speed of a player"
    began, ended = interval.at + known.page_offset, interval.at + known.page_offset + interval.wall_s
    if ended > known.received_at + TOLERANCE_S or interval.at + interval.wall_s > known.sent_at + TOLERANCE_S:
        return "in the future"
    if began < known.given_at - TOLERANCE_S:
        return "before the item was given out"
    if interval.at < page_to - TOLERANCE_S:
        return "at a time already reported"
    if any(min(ended, to) - max(began, since) > TOLERANCE_S for since, to in known.taken):
        return "while another page was playing"
    if interval.wall_s > budget:
        return "longer than the time that has passed"
    return None


def join(spans: Sequence[Span]) -> list[Span]:
    """Join spans that touch or overlap, in order."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def share(covered: Sequence[Span], duration_s: float) -> float:
    """Share of a recording that joined spans cover, 0 to 1."""
    heard = sum(min(end, duration_s) - min(start, duration_s) for start, end in covered)
    return min(1.0, heard / duration_s) if duration_s else 1.0
