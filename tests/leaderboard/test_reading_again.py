"""Runs are read again when they change, and nobody waits for one that hangs."""

import os
import shutil
import threading
from pathlib import Path

import pytest

from amarathon.metrics import pair_tests
from amarathon.runs.summary import write_summary
from leaderboard import reading
from leaderboard import store as store_module
from leaderboard.kept import StoreBusyError
from leaderboard.store import Store, WorkedOut, board_of, build_board
from tests.leaderboard.run_folders import measured, write_run


def test_runs_come_and_go_without_a_restart(tmp_path: Path) -> None:
    store = Store(tmp_path)
    empty = store.json()
    assert store.json() is empty
    folder = write_run(tmp_path, "a")
    shown = store.json()
    assert len(store.board().measured) == 1
    assert store.json() is shown
    shutil.copytree(folder, tmp_path / "b")
    assert len(store.board().measured[0].rows) == 4
    shutil.rmtree(tmp_path / "b")
    shutil.rmtree(folder)
    assert store.json() == empty


def test_runs_that_did_not_change_are_not_read_again(tmp_path: Path, monkeypatch) -> None:
    write_run(tmp_path, "a")
    write_run(tmp_path, "b")
    read: list[str] = []
    find_summary = reading.find_summary

    def counted(folder: Path):
        read.append(folder.name)
        return find_summary(folder)

    monkeypatch.setattr(reading, "find_summary", counted)
    worked_out = WorkedOut()
    first = build_board(tmp_path, worked_out=worked_out)
    write_summary(tmp_path / "b", afresh=True)
    os.utime(tmp_path / "b" / "summary.json", ns=(1, 1))
    assert build_board(tmp_path, worked_out=worked_out) == first
    assert sorted(read) == ["a", "b", "b"]


def test_changed_summary_is_read_again(tmp_path: Path) -> None:
    folder = write_run(tmp_path, "a", summed_up=False)
    store = Store(tmp_path)
    assert [run.folder for run in store.board().pending] == ["a"]
    other = write_run(tmp_path / "elsewhere", "a")
    (folder / "summary.json").write_bytes((other / "summary.json").read_bytes())
    assert store.board().pending == []
    os.utime(folder / "summary.json", ns=(1, 1))
    assert len(store.board().measured[0].rows) == 2


def test_a_pipe_in_a_run_folder_hangs_nobody(tmp_path: Path) -> None:
    write_run(tmp_path, "good")
    for number, name in enumerate(("run.json", "predictions.jsonl", "summary.json", "efficiency.jsonl")):
        folder = write_run(tmp_path, f"odd{number}")
        (folder / name).unlink(missing_ok=True)
        os.mkfifo(folder / name)
    (tmp_path / "device").mkdir()
    (tmp_path / "device" / "run.json").symlink_to("/dev/zero")
    board = Store(tmp_path).board()
    assert [row.run.folder for row in measured(board).popitem()[1]] == ["good"] * 2
    assert [run.folder for run in board.broken] == ["device", "odd0", "odd1", "odd2", "odd3"]
    assert {run.reason for run in board.broken} == {reading.NO_FILE}


def test_who_reads_for_ever_holds_nobody_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path, patience_s=0.05)
    write_run(tmp_path, "a")
    before = store.json()
    hanging, go = threading.Event(), threading.Event()

    def hang(*given: object) -> object:
        hanging.set()
        assert go.wait(600)
        return board_of(*given)

    monkeypatch.setattr(store_module, "board_of", hang)
    write_run(tmp_path, "b")
    reader = threading.Thread(target=store.json)
    reader.start()
    assert hanging.wait(600)
    assert all(store.json() is before for _ in range(20))
    empty = Store(tmp_path, patience_s=0.05)
    other = threading.Thread(target=empty.json)
    hanging.clear()
    other.start()
    assert hanging.wait(600)
    with pytest.raises(StoreBusyError, match="still being read"):
        empty.board()
    go.set()
    reader.join(600)
    other.join(600)
    assert store.json() is not before
    assert len(measured(store.board()).popitem()[1]) == 4


def test_a_run_more_is_tested_against_the_others_and_these_not_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two datasets of the same recordings, as a dataset and its short clips are."""
    for dataset, sha256 in (("long", "ab" * 32), ("short", "cd" * 32)):
        for right in (4, 6, 9):
            write_run(tmp_path, f"{dataset}-{right}", dataset=dataset, sha256=sha256, right=right)
    worked_out = WorkedOut()
    build_board(tmp_path, worked_out=worked_out)
    tested: list[int] = []
    count = pair_tests._count

    def counted(values, order, old, extreme, swaps) -> None:
        tested.append(len(order) - old)
        count(values, order, old, extreme, swaps)

    monkeypatch.setattr(pair_tests, "_count", counted)
    write_run(tmp_path, "long-11", dataset="long", right=11)
    assert build_board(tmp_path, worked_out=worked_out) == build_board(tmp_path, worked_out=worked_out)
    # By two protocols: two rows more, and of them one model; then nothing.
    assert sum(tested) == 2 * (2 + 1)
