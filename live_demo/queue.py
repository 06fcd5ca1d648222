"""The comparisons that wait, run or have just ended, and the one of them that computes."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from amarathon.errors import AmarathonError
from live_demo.comparison import DemoComparison
from live_demo.context import AnswerEvents, Context, TurnBounds
from live_demo.costs import Costs
from live_demo.errors import BusyError, DemoError, TooManyError
from live_demo.estimate import Estimate, Expectation, measured
from live_demo.lending import Borrowing, answers
from live_demo.limits import (
    ABANDONED_AFTER_S,
    FORGOTTEN_AFTER_S,
    MOST_WAITING,
    MOST_WAITING_ADDRESS,
    MOST_WAITING_EACH,
)
from live_demo.question import Ask
from live_demo.shared_model import SharedModel
from live_demo.turns import Place, Ticket, Turns
from live_demo.visitors import Visitor
from web.zerogpu import is_zero_gpu

if TYPE_CHECKING:
    from amarathon.audio import Audio

# What a comparison is taken to need while its model is not loaded.
UNKNOWN_S = 30.0

BROKE_OFF = "The comparison broke off by a fault of this program; its log says which."


class ComparisonQueue:
    """See the module.

    Parameters
    ----------
    models : mapping of str to SharedModel
    default_model : str
        For a question that names no model.
    costs : callable
        Gives the measurements with a model.
    bounds : TurnBounds
    """

    def __init__(
        self,
        models: Mapping[str, SharedModel],
        default_model: str,
        costs: Callable[[str], Costs],
        bounds: TurnBounds,
    ):
        self.models, self.default_model, self.costs, self.bounds = models, default_model, costs, bounds
        self.turns = Turns()
        self.answer = answers
        self.borrowing = Borrowing(lambda: self.models, self._expectation) if is_zero_gpu() else None
        self._comparisons: dict[str, DemoComparison] = {}
        self._tickets: dict[str, Ticket] = {}
        self.ended: Counter[str] = Counter()
        self._lock = threading.Lock()

    def submit(self, make: Callable[[], DemoComparison], visitor: Visitor) -> DemoComparison:
        """Take a comparison in.

        Raises
        ------
        BusyError, TooManyError
        """
        with self._lock:
            self._check_share(visitor)
            comparison = make()
            expected = self.estimate(comparison.ask, comparison.recording.record.duration_s)
            ticket = Ticket(
                visitor.id,
                lambda: _remaining_s(comparison, expected),
                lambda: comparison.running or comparison.silent_s < ABANDONED_AFTER_S,
            )
            self._comparisons[comparison.id], self._tickets[comparison.id] = comparison, ticket
            self.turns.enter(ticket)
            return comparison

    def model_of(self, ask: Ask) -> SharedModel:
        """The model that answers a question.

        Raises
        ------
        DemoError
        """
        name = ask.model or self.default_model
        if name not in self.models:
            raise DemoError(f"There is no model {name!r} here; there is {', '.join(self.models)}.")
        return self.models[name]

    def estimate(self, ask: Ask, audio_s: float) -> Estimate | None:
        """What a comparison is expected to take; `None` until its model is loaded."""
        facts = self.model_of(ask).facts
        return None if facts is None else self._expectation(ask, audio_s).estimate()

    def place_of_new(self, ask: Ask, audio_s: float, visitor: Visitor) -> Place:
        """When a comparison would begin that is asked for now."""
        expected = self.estimate(ask, audio_s)
        seconds = expected.seconds.value if expected else UNKNOWN_S
        ticket = Ticket(visitor.id, lambda: seconds)
        return self.turns.forecast(ticket)[ticket]

    def run(self, identifier: str) -> None:
        """Do a comparison's work, when it is its turn; does nothing the second time."""
        with self._lock:
            comparison, ticket = self._comparisons.get(identifier), self._tickets.get(identifier)
            if comparison is None or ticket is None or ticket.ready or comparison.state != "waiting":
                return
            ticket.ready = True
        works = False
        try:
            turn = self.turns.wait(ticket, lambda: self._withdrawn(comparison))
            works = turn and comparison.state == "waiting"
            if works:
                self._work(comparison, ticket)
        finally:
            if works:
                self.ended[comparison.state] += 1
            self.turns.leave(ticket)

    def _withdrawn(self, comparison: DemoComparison) -> bool:
        gone = comparison.id not in self._comparisons or not comparison.active
        return gone or (comparison.running and (comparison.stopping or self._left(comparison)))

    def _left(self, comparison: DemoComparison) -> bool:
        return comparison.silent_s > self.bounds.silent_s

    def _work(self, comparison: DemoComparison, ticket: Ticket) -> None:
        comparison.state, comparison.polled_at = "loading", time.monotonic()
        ask, audio_s = comparison.ask, comparison.recording.record.duration_s
        try:
            shared = self.model_of(ask)
            with shared.lent() as model:
                ticket.sliced = shared.can_be_put_aside
                # The time that loading took is nobody's.
                began = self.turns.used_s(ticket)

                def lent(lent: bool) -> None:
                    # A loan that was put aside would run out unused.
                    ticket.sliced = not lent

                def events(audio: "Audio", asked: Ask) -> AnswerEvents:
                    if self.borrowing is not None:
                        return self.borrowing.answer(shared.name, audio, asked, lent)
                    return self.answer(model, audio, asked, lambda: comparison.must_stop(context))

                context = Context(
                    model,
                    events,
                    self._expectation(ask, audio_s),
                    self.bounds,
                    lambda: self.turns.offer(ticket, lambda: self._withdrawn(comparison)),
                    lambda: self.turns.used_s(ticket) - began,
                )
                comparison.work(context)
                found = measured(context.expectation, ask, audio_s, comparison.outcomes)
                self.costs(shared.name).add(found)
        except AmarathonError as error:
            comparison.state, comparison.error = "failed", str(error)
        finally:
            # Any other exception is a fault of the program: it passes, and is in the server's log.
            if comparison.active:
                comparison.state, comparison.error = "failed", BROKE_OFF
            comparison.outcomes.clear()

    def _expectation(self, ask: Ask, audio_s: float) -> Expectation:
        shared = self.model_of(ask)
        if shared.facts is None:
            shared.get()
        assert shared.facts is not None
        return Expectation(ask, audio_s, shared.facts, self.costs(shared.name))

    def active(self, identifier: str) -> DemoComparison | None:
        """A comparison that is in memory; a request for it keeps its position in the queue."""
        comparison = self._comparisons.get(identifier)
        if comparison is not None:
            comparison.polled_at = time.monotonic()
        return comparison

    def known(self, identifier: str) -> DemoComparison | None:
        """A comparison that is in memory."""
        return self._comparisons.get(identifier)

    def stop(self, comparison: DemoComparison) -> None:
        """Stop a comparison; what is answered by then stays."""
        self.ended["stopped"] += comparison.state == "waiting"
        comparison.stop()
        self._leave(comparison)

    def delete(self, identifier: str) -> None:
        """Stop a comparison and forget it, with what it wrote."""
        with self._lock:
            comparison = self._comparisons.pop(identifier, None)
        if comparison is not None:
            self.ended["stopped"] += comparison.state == "waiting"
            comparison.delete()
            self._leave(comparison)
            with self._lock:
                self._tickets.pop(identifier, None)

    def _leave(self, comparison: DemoComparison) -> None:
        ticket = self._tickets.get(comparison.id)
        if ticket is not None and not comparison.running:
            self.turns.leave(ticket)

    def place(self, comparison: DemoComparison) -> Place:
        """How many come before a comparison, and when it is likely to begin and to end."""
        ticket = self._tickets.get(comparison.id)
        return self.turns.place(ticket) if ticket else Place(0, 0.0, 0.0)

    def has_turn(self, comparison: DemoComparison) -> bool:
        """Whether a comparison computes now."""
        ticket = self._tickets.get(comparison.id)
        return ticket is not None and self.turns.has_turn(ticket)

    def held(self) -> list[DemoComparison]:
        """Comparisons that wait or run."""
        known = list(self._comparisons.values())
        return [comparison for comparison in known if _waits(comparison) or comparison.running]

    def about(self, recordings: set[str]) -> list[str]:
        """Ids of the comparisons in memory that are about some recordings."""
        known = list(self._comparisons.values())
        return [comparison.id for comparison in known if comparison.recording.record.id in recordings]

    def forget(self) -> dict[str, DemoComparison]:
        """Forget comparisons whose pages are silent; gives the others."""
        with self._lock:
            for comparison in list(self._comparisons.values()):
                if comparison.silent_s > FORGOTTEN_AFTER_S and not comparison.running:
                    self.ended["abandoned"] += comparison.state == "waiting"
                    del self._comparisons[comparison.id]
                    self.turns.leave(self._tickets.pop(comparison.id))
            return dict(self._comparisons)

    def _check_share(self, visitor: Visitor) -> None:
        """See that one visitor, one address and all together wait and run no more than they may."""
        held = self.held()
        own = sum(comparison.visitor.id == visitor.id for comparison in held)
        if own >= MOST_WAITING_EACH:
            raise TooManyError(
                f"{own} of your comparisons wait or run already; stop one, or wait for its end."
            )
        if sum(comparison.visitor.address == visitor.address for comparison in held) >= MOST_WAITING_ADDRESS:
            raise TooManyError("Many comparisons from your address wait already; try again in a few minutes.")
        waiting = sum(_waits(comparison) for comparison in held)
        if waiting >= MOST_WAITING:
            raise BusyError(f"{waiting} comparisons are waiting already; try again in a few minutes.")


def _waits(comparison: DemoComparison) -> bool:
    """Whether somebody still waits for it: a page that was closed leaves the queue."""
    return comparison.state == "waiting" and comparison.silent_s < ABANDONED_AFTER_S


def _remaining_s(comparison: DemoComparison, expected: Estimate | None) -> float:
    if comparison.stopwatch is not None:
        return comparison.stopwatch.left_s()
    return expected.seconds.value if expected else UNKNOWN_S
