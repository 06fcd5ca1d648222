"""Comparisons are worked out once for what they rest on, and anew for anything else."""

import json
import math
from pathlib import Path

import pytest

from amarathon.metrics.intervals import Interval
from amarathon.runs.paired import PairedComparison
from leaderboard.figures import remembered
from leaderboard.figures.remembered import Remembered
from leaderboard.figures.sources import Sources
from leaderboard.store import build_board
from tests.leaderboard.figures.drawing import drawn
from tests.leaderboard.run_folders import write_run

FOUND = [
    PairedComparison("a", "SER", "macro_f1", 50.0, 62.5, Interval(-3.25, 1 / 3, "m"), 0.1, 0.2, 12, 0),
    PairedComparison("a", "overall", "mean", 50.0, math.nan, None, 1.0, 1.0, 12, 3, ("SD",)),
]


class Worker:
    """Counts how often it works something out."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> list[PairedComparison]:
        self.times += 1
        return FOUND


def test_an_answer_survives_as_it_was_and_is_found_by_another_process(tmp_path: Path) -> None:
    worker = Worker()
    first = Remembered(tmp_path).get(["one", "question"], worker)
    again = Remembered(tmp_path).get(["one", "question"], worker)
    assert worker.times == 1
    assert first == FOUND
    assert str(again) == str(FOUND)  # a score that is no number is not equal to itself


@pytest.mark.parametrize("question", [["another"], ["onequestion"], ["one", "question", ""], []])
def test_another_question_is_another_answer(tmp_path: Path, question: list[str]) -> None:
    worker, kept = Worker(), Remembered(tmp_path)
    kept.get(["one", "question"], worker)
    kept.get(question, worker)
    assert worker.times == 2


def test_another_program_answers_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    worker, kept = Worker(), Remembered(tmp_path)
    kept.get(["one"], worker)
    monkeypatch.setattr(remembered, "program_sha256", lambda: "another")
    kept.get(["one"], worker)
    assert worker.times == 2


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'[{"system": "a"}]', b"\xff"])
def test_a_damaged_file_is_replaced(tmp_path: Path, content: bytes) -> None:
    worker, kept = Worker(), Remembered(tmp_path)
    kept.get(["one"], worker)
    [path] = tmp_path.iterdir()
    path.write_bytes(content)
    assert kept.get(["one"], worker) == FOUND
    assert worker.times == 2
    assert len(json.loads(path.read_text())) == len(FOUND)


def test_where_nothing_can_be_written_there_is_an_answer_all_the_same(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert Remembered(blocked / "below").get(["one"], Worker()) == FOUND
    assert Remembered().get(["one"], Worker()) == FOUND


def test_the_oldest_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "MOST_KEPT", 3)
    for number in range(5):
        Remembered(tmp_path).get([str(number)], Worker())
    assert len(list(tmp_path.iterdir())) == 3


def test_a_figure_is_the_same_from_what_is_kept_and_other_answers_are_compared_anew(tmp_path: Path) -> None:
    runs, kept = tmp_path / "runs", Remembered(tmp_path / "kept")

    def figure() -> str:
        return drawn(Sources(build_board(runs), (runs,), kept), "delta", model="run-a").model_dump_json()

    write_run(runs, "a", right=8)
    first = figure()
    assert figure() == first
    assert len(list((tmp_path / "kept").iterdir())) == 1
    for path in (runs / "a").iterdir():
        path.unlink()
    (runs / "a").rmdir()
    write_run(runs, "a", right=4)
    assert figure() != first
    assert len(list((tmp_path / "kept").iterdir())) == 2
