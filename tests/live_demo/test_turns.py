"""Who computes: by a clock of the test's own, then with threads."""

import threading
import time

import pytest

from live_demo import turns as turns_module
from live_demo.limits import SLICE_S
from live_demo.turns import Ticket, Turns, ratio


class Machine:
    """Computes in steps of a fake clock, and asks after each as a comparison does."""

    def __init__(self, step=0.5):
        self.now, self.step = 0.0, step
        self.turns = Turns(lambda: self.now)
        self.left, self.ended, self.log = {}, {}, []

    def come(self, owner, seconds, **more):
        ticket = Ticket(owner, lambda: self.left[ticket], **more)
        self.left[ticket] = float(seconds)
        self.turns.enter(ticket)
        ticket.ready = True
        return ticket

    def run(self, until=1e9):
        turns = self.turns
        while self.left and self.now < until:
            with turns._changed:
                turns._choose()
            current = turns._current
            if current is None:
                return
            self.log.append(current)
            self.now += self.step
            self.left[current] -= self.step
            if self.left[current] <= 0:
                turns.leave(current)
                self.ended[current] = self.now
                del self.left[current]
            else:
                # What `offer` does, without waiting for the turn to come back.
                with turns._changed:
                    if self.now - current.since >= SLICE_S and current.sliced:
                        best = turns._best(self.now)
                        if best is not current:
                            current.since, turns._current = self.now, None


def test_a_short_one_does_not_wait_for_a_long_one():
    machine = Machine()
    long = machine.come("long", 300)
    machine.run(until=10)
    shorts = [machine.come(f"short {number}", 8) for number in range(3)]
    machine.run()
    assert all(machine.ended[short] < 10 + 3 * 8 + 6 for short in shorts)
    assert machine.ended[long] == pytest.approx(300 + 3 * 8)


def test_nobody_starves():
    """A short one comes as soon as the last one ends, for ever."""
    machine = Machine()
    long = machine.come("long", 60)
    number = 0
    while long in machine.left and machine.now < 3000:
        machine.come(f"short {number}", 10)
        number += 1
        machine.run(until=machine.now + 10)
    assert machine.ended[long] < 400


def test_one_visitors_comparisons_follow_each_other():
    machine = Machine()
    mine = [machine.come("mine", seconds) for seconds in (20, 1)]
    theirs = machine.come("theirs", 20)
    machine.run()
    assert machine.ended[mine[0]] < machine.ended[mine[1]]
    assert machine.ended[theirs] <= 42


def test_one_that_cannot_be_put_aside_goes_to_its_end():
    machine = Machine()
    whole = machine.come("whole", 30, sliced=False)
    machine.run(until=2)
    machine.come("short", 1)
    machine.run()
    assert machine.ended[whole] == 30


def test_few_have_begun_at_a_time(monkeypatch):
    monkeypatch.setattr(turns_module, "MOST_BEGUN", 2)
    machine = Machine()
    tickets = []
    for number in range(6):
        tickets.append(machine.come(str(number), 50 - 8 * number))
        machine.run(until=machine.now + 4)
        assert sum(ticket.begun for ticket in tickets if ticket in machine.left) <= 2
    machine.run()
    assert len(machine.ended) == 6


def test_whom_nobody_waits_for_is_passed_over():
    machine = Machine()
    here = [False]
    gone = machine.come("gone", 1, present=lambda: here[0])
    other = machine.come("other", 30)
    machine.run(until=5)
    assert machine.log[0] is other
    here[0] = True
    machine.run()
    assert machine.ended[gone] < machine.ended[other]


def test_a_forecast_is_what_happens():
    machine = Machine()
    machine.come("long", 120)
    machine.run(until=20)
    machine.come("middle", 40)
    machine.come("short", 6)
    foreseen = {ticket: place.ends_s + machine.now for ticket, place in machine.turns.forecast().items()}
    places = sorted(place.before for place in machine.turns.forecast().values())
    machine.run()
    assert places == [0, 1, 2]
    for ticket, end in foreseen.items():
        assert machine.ended[ticket] == pytest.approx(end, abs=6)


def test_the_response_ratio():
    assert ratio(0, 10) == 1
    assert ratio(10, 10) == 2
    assert ratio(10, 100) == pytest.approx(1.1)


def test_threads_take_turns_and_come_back():
    turns, order, overlapping = Turns(), [], []
    computing = threading.Lock()

    def compute(owner, steps, left):
        ticket = Ticket(owner, lambda: left[0])
        turns.enter(ticket)
        assert turns.wait(ticket, lambda: False, 0.05)
        for _ in range(steps):
            if not computing.acquire(blocking=False):
                overlapping.append(owner)
            time.sleep(0.01)
            computing.release()
            left[0] -= 1
            turns.offer(ticket, lambda: False)
        order.append(owner)
        turns.leave(ticket)

    turns_module.SLICE_S, before = 0.03, turns_module.SLICE_S
    try:
        long = threading.Thread(target=compute, args=("long", 100, [100.0]))
        long.start()
        time.sleep(0.1)
        short = threading.Thread(target=compute, args=("short", 5, [5.0]))
        short.start()
        short.join(60)
        long.join(60)
    finally:
        turns_module.SLICE_S = before
    assert order == ["short", "long"]
    assert not overlapping


def test_whoever_is_withdrawn_waits_no_longer():
    turns = Turns()
    first, second = Ticket("a", lambda: 1.0), Ticket("b", lambda: 1.0)
    turns.enter(first)
    turns.enter(second)
    assert turns.wait(first, lambda: False)
    assert not turns.wait(second, lambda: True, 0.01)
    turns.leave(second)
    turns.leave(first)
    assert turns.forecast() == {}
