import pytest

from amarathon.generation.outcome import Outcome, Progress
from live_demo.progress import Stopwatch


@pytest.fixture
def times():
    """A clock that shows what is put on it."""
    return [0.0]


def test_time_left_follows_what_was_done(times):
    watch = Stopwatch(3, clock=lambda: times[-1])
    watch.record(Progress("vanilla", "encoder", 0, 3, 0.5))
    times.append(2.0)
    assert watch.progress().left_s is None  # what a configuration takes is not known yet
    watch.record(Progress("vanilla", "prefill", 0, 3))
    times.append(6.0)
    watch.record(Outcome("vanilla"))
    watch.record(Progress("frame@0.6", "prefill", 1, 3))
    times.append(7.0)
    progress = watch.progress()
    assert (progress.configuration, progress.stage, progress.done, progress.total) == (
        "frame@0.6",
        "prefill",
        1,
        3,
    )
    assert progress.elapsed_s == 7.0
    assert progress.left_s == 2 * 4.0 - 1.0
    assert watch.seconds_per_configuration == 4.0
    times.append(100.0)
    assert watch.progress().left_s == 0.0


def test_the_last_comparison_tells_the_time_of_the_next(times):
    watch = Stopwatch(2, expected_s=5.0, clock=lambda: times[-1])
    assert watch.progress().left_s is None
    times.append(3.0)
    watch.record(Progress("vanilla", "encoder", 0, 2, 0.75))
    assert watch.progress().left_s == pytest.approx(2 * 5.0 + 1.0)
