"""Visitors who come while models are still being loaded, and faults nobody foresaw."""

import subprocess
import sys
from contextlib import contextmanager

import pytest

from live_demo.visitors import Visitor

# The first import of transformers happens once in a process, so each case has a process of its own.
AT_ONCE = """
import sys, threading
from live_demo.pictures import _mel_filters
from live_demo.shared_model import SharedModel

def lend(model):
    with model.lent() as lent:
        assert lent.identity

first, second = SharedModel("small-untrained"), SharedModel("small")
uses = {
    "get": lambda: first.get(),
    "lent": lambda: lend(first),
    "can_be_put_aside": lambda: first.can_be_put_aside,
    "other": lambda: lend(second),
    "picture": _mel_filters,
}
failures = []
def run(name):
    try:
        uses[name]()
    except Exception as error:
        failures.append(f"{name}: {error!r}")

threads = [threading.Thread(target=run, args=(name,)) for name in sys.argv[1:]]
threads[0].start()
while "transformers" not in sys.modules:
    pass
for thread in threads[1:]:
    thread.start()
for thread in threads:
    thread.join()
print("\\n".join(failures))
"""


def test_models_are_asked_for_from_several_threads_at_once():
    names = ["picture", "lent", "other", "can_be_put_aside", "get"]
    ended = subprocess.run(
        [sys.executable, "-c", AT_ONCE, *names], capture_output=True, text=True, check=True, timeout=600
    )
    assert ended.stdout.strip() == ""


@pytest.mark.parametrize("state", ["lending", "working"])
def test_a_fault_nobody_foresaw_ends_the_comparison(service, ask, monkeypatch, state):
    class FaultyError(Exception):
        pass

    @contextmanager
    def lent():
        raise FaultyError
        yield

    def work(context):
        raise FaultyError

    comparison = service.submit(ask(), Visitor())
    if state == "lending":
        monkeypatch.setattr(service.queue.models["small"], "lent", lent)
    else:
        monkeypatch.setattr(comparison, "work", work)
    with pytest.raises(FaultyError):
        service.queue.run(comparison.id)
    assert comparison.state == "failed"
    assert "a fault of this program" in comparison.error
    monkeypatch.undo()
    after = service.submit(ask(), Visitor())
    service.queue.run(after.id)
    assert after.state == "done"
