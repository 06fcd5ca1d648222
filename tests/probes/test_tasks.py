"""Tasks: one declaration each, the same clips every time, and no source on two sides."""

from itertools import combinations

import numpy as np
import pytest

from amarathon.errors import ConfigurationError, DatasetError
from amarathon.probes.clips import SPLITS, data_sha256, split_groups
from amarathon.probes.leaks import check_splits
from amarathon.probes.tasks import PROBE_TASKS, SUITES, find_tasks
from amarathon.probes.tasks.notes import Note, midi_file


def test_twenty_tasks_over_three_domains():
    assert len(PROBE_TASKS) >= 20
    domains = [task.domain for task in PROBE_TASKS.values()]
    assert all(domains.count(domain) >= 4 for domain in ("speech", "sound", "music"))
    assert all(task.held_out and task.title for task in PROBE_TASKS.values())


@pytest.mark.parametrize("name", ["count", "rate"])
def test_a_made_task_is_the_same_twice_and_holds_its_groups_out(name):
    pytest.importorskip("espeakng_loader")
    task = PROBE_TASKS[name]
    clips = task.clips()
    check_splits(name, clips)
    assert data_sha256(clips) == data_sha256(task.clips())
    assert {clip.split for clip in clips} == set(SPLITS)
    assert all(len(clip.samples) <= task.seconds * 16_000 for clip in clips)
    levels = [np.sqrt(np.mean(clip.samples**2)) for clip in clips]
    # One level, so that it tells nothing.
    assert max(levels) / min(levels) < 1.1


@pytest.mark.parametrize("count", [3, 4, 7, 30])
def test_groups_are_split_whatever_their_order(count):
    names = [f"group {number}" for number in range(count)]
    splits = split_groups(names, "test")
    assert split_groups(names[::-1], "test") == splits
    assert set(splits.values()) == set(SPLITS)
    assert list(splits.values()).count("train") >= 1


def test_too_few_groups_are_refused():
    with pytest.raises(DatasetError, match="three splits"):
        split_groups(["a", "b"], "test")


def test_suites_name_tasks():
    for suite, names in SUITES.items():
        assert [task.name for task in find_tasks(suite)] == list(names)
    assert [task.name for task in find_tasks("digit,genre,digit")] == ["digit", "genre"]
    assert all(PROBE_TASKS[name].packages == () for name in SUITES["made"])


@pytest.mark.parametrize("name", ["", "esc-50", "digit,nothing"])
def test_suites_that_are_none(name):
    with pytest.raises(ConfigurationError):
        find_tasks(name)


def test_notes_are_a_midi_file():
    made = midi_file(5, [Note(60, 0.0, 0.5), Note(64, 0.5, 1.0)], channel=2)
    # RP-001: a header of six bytes, format 0, one track of 480 ticks a beat, and the track's own length.
    assert made[:14] == b"MThd\0\0\0\6\0\0\0\1\x01\xe0"
    assert int.from_bytes(made[18:22], "big") == len(made) - 22
    # 480 ticks are 0x83 0x60 as a variable length: the first note ends as the second begins.
    assert made[22:] == bytes.fromhex("00c205 00923c60 8360823c00 00924060 8740824000 00ff2f00")


@pytest.mark.parametrize(("first", "second"), list(combinations(SPLITS, 2)))
def test_no_two_splits_share_a_voice(first, second):
    from amarathon.construction.mini.voices import VARIANTS

    def voices(split):
        return {name for names in VARIANTS[split].values() for name in names}

    assert not voices(first) & voices(second)
