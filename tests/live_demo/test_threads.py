"""How many threads work takes beside other programs."""

from types import SimpleNamespace

import psutil
import pytest
import torch

from live_demo import threads


@pytest.mark.parametrize(
    ("most", "free", "taken"), [(8, 7.9, 8), (8, 3.4, 3), (8, 0.1, 1), (8, -0.2, 1), (2, 7.9, 2)]
)
def test_as_many_as_are_free_and_no_more_than_at_the_start(monkeypatch, most, free, taken):
    told = []
    monkeypatch.setattr(threads, "most_threads", lambda: most)
    monkeypatch.setattr(threads, "free_processors", lambda: free)
    monkeypatch.setattr(torch, "set_num_threads", told.append)
    threads.use_free_processors()
    assert told == [taken]


def test_one_thread_is_not_looked_for(monkeypatch):
    monkeypatch.setattr(threads, "most_threads", lambda: 1)
    monkeypatch.setattr(threads, "free_processors", lambda: pytest.fail("it looks"))
    threads.use_free_processors()


def test_others_take_processors_and_own_work_does_not(monkeypatch):
    """Of four processors others use 1.5 and this program one more."""
    clock = iter([0.0, 10.0])
    spent = iter([(0.0, 0.0, 0.0), (25.0, 15.0, 10.0)])

    def cpu_times():
        busy, idle, own = next(spent)
        process = SimpleNamespace(cpu_times=lambda: SimpleNamespace(user=own, system=0.0))
        monkeypatch.setattr(psutil, "Process", lambda: process)
        fields = {"user": busy, "nice": 0, "system": 0, "idle": idle, "iowait": 0, "irq": 0, "softirq": 0}
        return FakeTimes([*fields.values(), 0], fields)

    monkeypatch.setattr(psutil, "cpu_times", cpu_times)
    monkeypatch.setattr(threads.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(threads.time, "sleep", lambda _: None)
    monkeypatch.setattr(threads.os, "cpu_count", lambda: 4)
    assert threads.free_processors() == pytest.approx(2.5)


class FakeTimes(list):
    def __init__(self, values, fields):
        super().__init__(values)
        self.idle, self.iowait = fields["idle"], fields["iowait"]
