"""Comparisons are worked out once for what they rest on, and anew for anything else."""

import json
import math
from pathlib import Path

import pytest

from amarathon.metrics.intervals import Interval
from amarathon.runs.paired import PairedComparison
from leaderboard import remembered
from leaderboard.figures.sources import COMPARISONS, Sources
from leaderboard.reading import RunReader
from leaderboard.remembered import Remembered
from leaderboard.run_files import stamp_of
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
    first = Remembered(COMPARISONS, tmp_path).get(["one", "question"], worker)
    again = Remembered(COMPARISONS, tmp_path).get(["one", "question"], worker)
    assert worker.times == 1
    assert first == FOUND
    assert str(again) == str(FOUND)  # a score that is no number is not equal to itself


@pytest.mark.parametrize("question", [["another"], ["onequestion"], ["one", "question", ""], []])
def test_another_question_is_another_answer(tmp_path: Path, question: list[str]) -> None:
    worker, kept = Worker(), Remembered(COMPARISONS, tmp_path)
    kept.get(["one", "question"], worker)
    kept.get(question, worker)
    assert worker.times == 2


def test_another_program_answers_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    worker, kept = Worker(), Remembered(COMPARISONS, tmp_path)
    kept.get(["one"], worker)
    monkeypatch.setattr(remembered, "program_sha256", lambda: "another")
    kept.get(["one"], worker)
    assert worker.times == 2


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'[{"system": "a"}]', b"\xff"])
def test_a_damaged_file_is_replaced(tmp_path: Path, content: bytes) -> None:
    worker, kept = Worker(), Remembered(COMPARISONS, tmp_path)
    kept.get(["one"], worker)
    [path] = tmp_path.iterdir()
    path.write_bytes(content)
    assert kept.get(["one"], worker) == FOUND
    assert worker.times == 2
    assert len(json.loads(path.read_text())) == len(FOUND)


def test_where_nothing_can_be_written_there_is_an_answer_all_the_same(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert Remembered(COMPARISONS, blocked / "below").get(["one"], Worker()) == FOUND
    assert Remembered(COMPARISONS).get(["one"], Worker()) == FOUND


def test_the_oldest_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "MOST_KEPT", 3)
    for number in range(5):
        Remembered(COMPARISONS, tmp_path).get([str(number)], Worker())
    assert len(list(tmp_path.iterdir())) == 3


def test_a_figure_is_the_same_from_what_is_kept_and_other_answers_are_compared_anew(tmp_path: Path) -> None:
    runs, kept = tmp_path / "runs", Remembered(COMPARISONS, tmp_path / "kept")

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


def test_scores_of_a_run_are_the_same_from_what_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs, kept = tmp_path / "runs", tmp_path / "kept"
    for name, right in (("a", 8), ("b", 5)):
        write_run(runs, name, right=right)
    first = RunReader(kept).read(stamp_of(runs))
    assert len(first.rows) == 4
    with monkeypatch.context() as patch:
        patch.setattr("leaderboard.reading.find_summary", None)  # called, it would fail
        again = RunReader(kept).read(stamp_of(runs))
    assert again == first
    # An answer less, and the scores are none of these answers.
    answers = runs / "a" / "predictions.jsonl"
    answers.write_text("".join(answers.read_text().splitlines(keepends=True)[:-1]))
    changed = RunReader(kept).read(stamp_of(runs))
    assert [part.folder for part in changed.pending] == ["a"]
    assert {row.run.folder for row in changed.rows if row.run} == {"b"}
