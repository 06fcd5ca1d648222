"""Threads that fit what others leave free."""

import pytest
import torch

from amarathon.generation import threads
from amarathon.generation.threads import (
    FittingThreads,
    Usage,
    fitted_threads,
    free_cores,
    most_threads,
    threads_for,
)


@pytest.fixture(autouse=True)
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


# Two cores for one second: how long nothing ran, what this process used, threads that compute here.
@pytest.mark.parametrize(
    ("idle", "own", "computing", "chosen"),
    [
        pytest.param(2.0, 0.0, 2, 2, id="nothing runs"),
        pytest.param(1.0, 0.0, 2, 1, id="another program has a core"),
        pytest.param(0.0, 0.0, 2, 1, id="others have both"),
        pytest.param(0.0, 2.0, 2, 2, id="two threads, and nobody else"),
        pytest.param(1.0, 1.0, 1, 2, id="one thread, and a core has come free"),
        pytest.param(0.0, 1.0, 1, 1, id="one thread beside another program"),
        pytest.param(0.0, 1.33, 2, 1, id="two threads shared with another program"),
        pytest.param(0.0, 1.0, 2, 1, id="two threads, and two programs"),
        pytest.param(0.1, 1.65, 2, 2, id="a browser draws meanwhile"),
        pytest.param(0.2, 1.8, 1, 1, id="one thread, and this app serves pages"),
        pytest.param(0.7, 1.2, 1, 2, id="a page now and then"),
    ],
)
def test_threads_are_as_many_as_cores_that_others_leave_free(idle, own, computing, chosen):
    free = free_cores(Usage(5.0, 100.0, 7.0), Usage(6.0, 100.0 + idle, 7.0 + own), computing)
    assert threads_for(free, most=2) == chosen


def test_many_cores_lose_no_more_than_what_is_taken():
    assert threads_for(free_cores(Usage(0, 0, 0), Usage(2, 0, 30), 16), most=16) == 15
    assert threads_for(16.0, most=8) == 8


@pytest.mark.parametrize(
    ("quota", "most"),
    [(None, 8), ("max 100000", 8), ("200000 100000", 2), ("150000 100000", 2), ("10000 100000", 1)],
)
def test_a_container_has_what_it_was_given(quota, most):
    assert most_threads(8, quota) == most


class Machine:
    """A machine of two cores whose time passes only while somebody waits; `others` use that many."""

    def __init__(self, monkeypatch):
        self.at, self.idle, self.own, self.others = 100.0, 0.0, 0.0, 0.0
        monkeypatch.setattr(threads.time, "monotonic", lambda: self.at)
        monkeypatch.setattr(threads, "_quota", lambda: None)
        self.fitting = FittingThreads(self.look, lambda seconds: self.run(seconds, 0))

    def look(self):
        return Usage(self.at, self.idle, self.own)

    def run(self, seconds, computing):
        own = min(computing, 2 - self.others / 2 if self.others < 2 else 1)
        self.at, self.own = self.at + seconds, self.own + seconds * own
        self.idle += seconds * max(0.0, 2 - own - self.others)


@pytest.fixture
def machine(monkeypatch):
    return Machine(monkeypatch)


def test_threads_follow_what_others_use_and_come_back_at_the_end(machine):
    seen = []
    with machine.fitting.fitted():
        for others in (0, 1, 1, 0, 2, 0):
            machine.others = others
            machine.run(0.3, torch.get_num_threads())
            machine.fitting.fit()
            seen.append(torch.get_num_threads())
    assert seen == [2, 1, 1, 2, 1, 2]
    assert torch.get_num_threads() == 2


def test_work_begins_with_what_is_free_by_then(machine):
    machine.others = 1
    with machine.fitting.fitted():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 2
    machine.run(5, 0)
    machine.others = 0
    with machine.fitting.fitted():  # what was seen five seconds ago counts no more
        assert torch.get_num_threads() == 2


def test_nobody_gets_more_than_was_given(machine):
    torch.set_num_threads(1)
    with machine.fitting.fitted():
        machine.run(1, 1)
        machine.fitting.fit()
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 1


def test_work_that_was_put_aside_does_not_change_what_was_given(machine):
    machine.others = 1
    with machine.fitting.fitted():
        with machine.fitting.fitted():  # another comparison, meanwhile
            assert torch.get_num_threads() == 1
        machine.others = 0
        machine.run(0.3, 1)
        machine.fitting.fit()
        assert torch.get_num_threads() == 2
    assert torch.get_num_threads() == 2


def test_on_a_gpu_nothing_is_changed(monkeypatch):
    monkeypatch.setattr(threads, "THREADS", None)
    with fitted_threads(torch.device("meta")) as fit:
        fit()
    assert torch.get_num_threads() == 2


def test_this_machine_can_be_looked_at():
    before = threads.usage()
    now = threads.usage()
    assert now.at >= before.at
    assert now.idle >= before.idle
    assert now.own >= before.own
