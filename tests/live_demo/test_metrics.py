"""What `/metrics` tells of real comparisons: each is counted once, as what became of it."""

import time

from live_demo.limits import FORGOTTEN_AFTER_S
from live_demo.metrics import DemoCollector
from live_demo.visitors import Visitor


def told(service):
    """Every value that is not 0, by metric and state."""
    families = DemoCollector(service.queue).collect()
    values = {
        (sample.name.removeprefix("amarathon_demo_"), *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }
    return {key: value for key, value in values.items() if value}


def test_a_comparison_waits_and_ends_once(service, ask):
    assert told(service) == {}
    comparison = service.submit(ask(), Visitor())
    assert told(service) == {("queue_length",): 1, ("comparisons", "waiting"): 1}
    service.queue.run(comparison.id)
    assert told(service) == {("comparisons_ended_total", "done"): 1}
    service.queue.run(comparison.id)
    service.queue.stop(comparison)
    service.queue.delete(comparison.id)
    assert told(service) == {("comparisons_ended_total", "done"): 1}


def test_what_never_had_its_turn_is_stopped_or_abandoned(service, ask):
    stopped, deleted, left = (service.submit(ask(), Visitor()) for _ in range(3))
    service.queue.stop(stopped)
    service.queue.stop(stopped)
    service.queue.delete(deleted.id)
    service.queue.run(stopped.id)
    left.polled_at = time.monotonic() - FORGOTTEN_AFTER_S - 1
    service.queue.forget()
    assert told(service) == {
        ("comparisons_ended_total", "stopped"): 2,
        ("comparisons_ended_total", "abandoned"): 1,
    }
