import os
import shutil
import time

import pytest

from amarathon.generation.outcome import Outcome
from live_demo import retention
from live_demo.limits import KEEP_COMPARISON_S, KEEP_UNUSED_RECORDING_S
from live_demo.visitors import Visitor


@pytest.fixture
def finish(service, ask):
    """Makes a finished comparison of a new recording that was last touched so many seconds ago."""

    def make(age=0.0, recording=None):
        outcome = Outcome("vanilla", reply="A", audio_tokens=50, kept_tokens=50)
        service.queue.answer = lambda *_: (one for one in [outcome])
        comparison = service.submit(ask(configurations=[], recording=recording), Visitor())
        service.queue.run(comparison.id)
        comparison.polled_at -= 10_000
        for folder in (comparison.folder, comparison.recording.folder):
            os.utime(folder, (time.time() - age, time.time() - age))
        return comparison

    return make


def left(service):
    """Ids of comparisons and recordings that are on the disk."""
    others = {"recordings", "costs"}
    comparisons = {entry.name for entry in service.folder.iterdir() if entry.name not in others}
    return comparisons, {entry.name for entry in service.recordings.folder.iterdir()}


def test_old_comparisons_go_and_take_their_recordings_with_them(service, finish):
    old, new = finish(age=KEEP_COMPARISON_S + 60), finish(age=KEEP_UNUSED_RECORDING_S + 60)
    service.tidy()
    assert left(service) == ({new.id}, {new.recording.record.id})
    assert not old.folder.exists()


def test_a_recording_stays_while_one_comparison_needs_it(service, finish):
    old = finish(age=KEEP_COMPARISON_S + 60)
    new = finish(recording=old.recording.record.id)
    os.utime(new.recording.folder, (0, 0))
    service.tidy()
    assert left(service) == ({new.id}, {new.recording.record.id})


def test_the_oldest_go_when_there_are_too_many(service, finish, monkeypatch):
    monkeypatch.setattr(retention, "KEEP_COMPARISONS", 2)
    ids = [finish(age=8000.0 - 1000 * index).id for index in range(4)]
    service.tidy()
    assert left(service)[0] == set(ids[2:])
    assert len(left(service)[1]) == 2


def test_the_oldest_go_when_their_recordings_take_too_much_room(service, finish, monkeypatch):
    comparisons = [finish(age=8000.0 - 1000 * index) for index in range(3)]
    recording_bytes = service.recordings.bytes_of(comparisons[0].recording.record.id)
    monkeypatch.setattr(retention, "KEEP_RECORDING_BYTES", 2 * recording_bytes)
    service.tidy()
    assert left(service)[0] == {comparison.id for comparison in comparisons[1:]}


def test_what_is_active_stays_however_old(service, ask):
    comparison = service.submit(ask(), Visitor())
    comparison.folder.mkdir()
    for folder in (comparison.folder, comparison.recording.folder):
        os.utime(folder, (0, 0))
    service.tidy()
    assert left(service) == ({comparison.id}, {comparison.recording.record.id})


def test_a_folder_that_broke_off_is_removed_in_its_time(service, finish):
    broken = finish(age=KEEP_COMPARISON_S + 60)
    shutil.rmtree(broken.folder)
    broken.folder.mkdir()
    for name in ("run.json", "comparison.json"):
        (broken.folder / name).write_text("{")
    os.utime(broken.folder, (0, 0))
    service.tidy()
    assert left(service)[0] == set()


def test_there_may_be_nothing_yet(service):
    service.tidy()
