"""Whose turn it is on the one machine: short comparisons soon, long ones surely.

Highest response ratio next (Brinch Hansen, "Short-term scheduling in multiprogramming systems", 1971): the
comparison whose waiting is longest in proportion to what it still needs computes next. A short one overtakes
at once, and a long one's ratio grows until nobody is before it. One that computes is asked for its turn again
and again, at places where it can be put aside; one visitor's comparisons follow each other.
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from live_demo.limits import MOST_BEGUN, SLICE_S

# Shortest time that anything is taken to need, so that a ratio is a number.
LEAST_S = 0.05
# A forecast goes in so many steps at most: seconds for minutes.
STEPS = 200


@dataclass(eq=False)
class Ticket:
    """A comparison's claim to compute.

    Attributes
    ----------
    owner : str
        Of one owner's tickets the oldest alone may compute.
    remaining_s : callable
        About how many seconds it still computes.
    present : callable
        Whether somebody waits for it now.
    sliced : bool
        Whether it can be put aside before its end.
    ready : bool
        A thread stands by to compute.
    begun : bool
        It has computed.
    waited_s, used_s : float
        Waiting and computing before `since`.
    since : float
        When it last began to wait or to compute.
    """

    owner: str
    remaining_s: Callable[[], float]
    present: Callable[[], bool] = lambda: True
    sliced: bool = True
    ready: bool = False
    begun: bool = False
    waited_s: float = 0.0
    used_s: float = 0.0
    since: float = field(default=0.0)


@dataclass(frozen=True)
class Place:
    """What is known of a ticket's future.

    Attributes
    ----------
    before : int
        Tickets that compute before it.
    begins_s, ends_s : float
        From now.
    """

    before: int
    begins_s: float
    ends_s: float


def ratio(waited_s: float, remaining_s: float) -> float:
    """The response ratio: 1 for what has just come, more the longer it waits."""
    needed = max(remaining_s, LEAST_S)
    return (waited_s + needed) / needed


class Turns:
    """Gives the turn to one ticket at a time.

    Parameters
    ----------
    clock : callable
        Seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._changed = threading.Condition()
        self._tickets: list[Ticket] = []
        self._current: Ticket | None = None

    def enter(self, ticket: Ticket) -> None:
        """Take a ticket into the queue."""
        with self._changed:
            ticket.since = self._clock()
            self._tickets.append(ticket)

    def leave(self, ticket: Ticket) -> None:
        """Take a ticket out, wherever it is."""
        with self._changed:
            if ticket in self._tickets:
                self._tickets.remove(ticket)
            if self._current is ticket:
                ticket.used_s += self._clock() - ticket.since
                self._current = None
            self._choose()

    def wait(self, ticket: Ticket, withdrawn: Callable[[], bool], patience_s: float = 1.0) -> bool:
        """Wait for the turn; whether it came before the ticket was withdrawn."""
        with self._changed:
            ticket.ready = True
            self._choose()
            while self._current is not ticket:
                if withdrawn() or ticket not in self._tickets:
                    return False
                self._changed.wait(patience_s)
                self._choose()  # somebody may have come back or gone meanwhile
            return True

    def offer(self, ticket: Ticket, withdrawn: Callable[[], bool]) -> bool:
        """Let another one compute if it has more right to; whether one did. Returns with the turn."""
        with self._changed:
            now = self._clock()
            if self._current is not ticket or not ticket.sliced or now - ticket.since < SLICE_S:
                return False
            if self._best(now) is ticket:
                return False
            ticket.used_s += now - ticket.since
            ticket.since, self._current = now, None
            self._choose()
        self.wait(ticket, withdrawn)
        return True

    def used_s(self, ticket: Ticket) -> float:
        """Seconds that a ticket has computed."""
        with self._changed:
            running = self._current is ticket
            return ticket.used_s + (self._clock() - ticket.since if running else 0.0)

    def has_turn(self, ticket: Ticket) -> bool:
        """Whether a ticket computes now."""
        return self._current is ticket

    def place(self, ticket: Ticket) -> Place:
        """When a ticket is likely to begin or go on, and to end."""
        return self.forecast().get(ticket, Place(0, 0.0, 0.0))

    def forecast(self, newcomer: Ticket | None = None) -> dict[Ticket, Place]:
        """What becomes of all tickets if nobody else comes, or nobody but `newcomer`."""
        with self._changed:
            now, current = self._clock(), self._current
            tickets = [*self._tickets, *([newcomer] if newcomer else [])]
            waited = {ticket: self._waited(ticket, now) for ticket in self._tickets}
            if newcomer:
                waited[newcomer] = 0.0
            left = {
                ticket: max(ticket.remaining_s(), LEAST_S)
                for ticket in tickets
                if ticket is current or ticket.present()
            }
        return _forecast(left, waited, current)

    def _waited(self, ticket: Ticket, now: float) -> float:
        return ticket.waited_s + (0.0 if ticket is self._current else now - ticket.since)

    def _choose(self) -> None:
        if self._current is not None:
            return
        now = self._clock()
        best = self._best(now)
        if best is not None:
            best.waited_s, best.since, best.begun = self._waited(best, now), now, True
            self._current = best
        self._changed.notify_all()

    def _best(self, now: float) -> Ticket | None:
        able = [ticket for ticket in self._tickets if ticket.ready and ticket.present()]
        if self._current is not None and self._current not in able:
            able.append(self._current)
        able = _oldest_of_each(able)
        if sum(ticket.begun for ticket in self._tickets) >= MOST_BEGUN:
            # What is put aside holds memory.
            able = [ticket for ticket in able if ticket.begun]
        return max(
            able, key=lambda ticket: ratio(self._waited(ticket, now), ticket.remaining_s()), default=None
        )


def _oldest_of_each(tickets: Iterable[Ticket]) -> list[Ticket]:
    """The ticket of each owner that has begun, or came first."""
    found: dict[str, Ticket] = {}
    for ticket in sorted(tickets, key=lambda ticket: not ticket.begun):
        found.setdefault(ticket.owner, ticket)
    return list(found.values())


def _forecast(
    left: dict[Ticket, float], waited: dict[Ticket, float], current: Ticket | None
) -> dict[Ticket, Place]:
    begins: dict[Ticket, float] = {}
    ends: dict[Ticket, float] = {}
    at, step = 0.0, max(SLICE_S, sum(left.values()) / STEPS)
    left, waited = dict(left), dict(waited)
    running = current if current in left else None
    while left:
        waiting: Sequence[Ticket] = _oldest_of_each(left)
        if running is None or running not in left or (running.sliced and at > 0):
            running = max(waiting, key=lambda ticket: ratio(waited[ticket], left[ticket]))
        begins.setdefault(running, at)
        spent = min(step if running.sliced else left[running], left[running])
        at, left[running] = at + spent, left[running] - spent
        for ticket in left:
            if ticket is not running:
                waited[ticket] += spent
        if left[running] <= 1e-9:
            del left[running]
            ends[running] = at
    order = sorted(begins, key=lambda ticket: begins[ticket])
    return {ticket: Place(index, begins[ticket], ends[ticket]) for index, ticket in enumerate(order)}
