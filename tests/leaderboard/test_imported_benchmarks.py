"""From a published table to a section of the leaderboard, by the commands a user gives."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from amarathon.cli import main
from amarathon.datasets import load_dataset
from amarathon.metrics.cells import OVERALL
from amarathon.models.model_api import ModelIdentity
from amarathon.runs import compare_configurations, evaluate, read_run
from amarathon.tasks import TASKS
from leaderboard.figures import duration, slices
from leaderboard.records import Leaderboard
from leaderboard.store import build_board
from tests.datasets.imports.published import PUBLISHED
from tests.leaderboard.figures.drawing import sources_of

Command = Callable[..., str]


@pytest.fixture
def amarathon(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: object) -> str:
        monkeypatch.setattr(sys, "argv", ["amarathon", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        printed = capsys.readouterr()
        assert not stopped.value.code, printed.err
        return printed.out

    return run


def imported(amarathon: Command, folder: Path, name: str) -> Path:
    PUBLISHED[name](folder / "files" / name)
    out = folder / "data" / name
    printed = amarathon("datasets", "import", name, "--from", folder / "files" / name, "--out", out)
    assert "2 samples of kind" in printed
    return out


def codes(board: Leaderboard) -> dict[str, set[str]]:
    return {
        section.dataset: {code for row in section.rows for code in row.scores["strict"].tasks}
        for section in board.measured
    }


def test_a_benchmark_from_its_table_to_its_section(amarathon: Command, tmp_path: Path) -> None:
    data, run = imported(amarathon, tmp_path, "mmau"), tmp_path / "runs" / "small-mmau"
    assert "MMAU, test_mini: 2 samples of 1 task." in amarathon("datasets", "check", data)
    grid = "vanilla,frame@0.6,random@0.6"
    amarathon("evaluate", "--dataset", data, "--configurations", grid, "--out", run, "--quiet")
    header = read_run(run).header
    assert (header.dataset.name, header.dataset.tasks) == ("MMAU, test_mini", {"QA": 2})
    page = amarathon("findings", run)
    assert "| Configuration | QA | Mean |" in page
    compared = compare_configurations(read_run(run))
    assert {(one.task, one.metric) for one in compared} == {("QA", "accuracy")}
    board = build_board(tmp_path / "runs")
    assert codes(board) == {"MMAU, test_mini": {"QA"}}
    [section] = board.measured
    vanilla = next(row for row in section.rows if row.configuration == "vanilla")
    assert vanilla.answered == 2
    assert vanilla.scores["strict"].tasks["QA"].value == vanilla.scores["strict"].overall.value
    kinds = {task.code: task.metric for task in board.tasks if task.code not in TASKS}
    assert kinds == {"QA": "accuracy", "STT": "war", "AST": "bleu", "ASTC": "bleu"}


class Reader:
    """Says what it was given to say, recording by recording."""

    max_audio_s = 60.0
    compresses = False
    identity = ModelIdentity("reader", "1", "stub", "float32", "cpu", 0)

    def __init__(self, *replies: str) -> None:
        self.replies, self.asked = list(replies), []

    def respond(self, audio, messages, *, max_new_tokens):
        self.asked.append(messages[-1]["content"][1]["text"])
        return self.replies.pop(0)


def test_each_kind_has_its_prompt_its_score_and_a_section_of_its_own(
    amarathon: Command, tmp_path: Path
) -> None:
    translator = Reader("Die Katze schläft heute.", "Guten Tag auch dir.")
    evaluate(
        translator, load_dataset(imported(amarathon, tmp_path, "covost2")), ["vanilla"], tmp_path / "runs/t"
    )
    assert translator.asked == ["Translate what is said into German. Respond with only the translation."] * 2
    writer = Reader("Spoken Content: he hoped there would be stew", "Spoken Content: stuff it in")
    evaluate(
        writer, load_dataset(imported(amarathon, tmp_path, "librispeech")), ["vanilla"], tmp_path / "runs/w"
    )
    board = build_board(tmp_path / "runs")
    assert codes(board) == {"CoVoST 2, en_de": {"AST"}, "LibriSpeech, test.clean": {"STT"}}
    scores = {section.dataset: section.rows[0].scores["strict"].tasks for section in board.measured}
    assert scores["CoVoST 2, en_de"]["AST"].value == pytest.approx(100)
    # Two of ten words are wrong: one replaced and one left out.
    assert scores["LibriSpeech, test.clean"]["STT"].value == pytest.approx(80)
    assert OVERALL not in scores["CoVoST 2, en_de"]


def test_kinds_stay_out_of_what_is_about_the_ten_tasks(amarathon: Command, tmp_path: Path) -> None:
    data = imported(amarathon, tmp_path, "mmar")
    assert load_dataset(data, ["QA"]).samples == load_dataset(data).samples
    assert load_dataset(data, ["SCR"]).exclusions[-1].reason == "The dataset has no samples of this task."
    assert len(TASKS) == 10


def test_views_of_a_run_begin_with_a_task_that_it_has(amarathon: Command, tmp_path: Path) -> None:
    data = imported(amarathon, tmp_path, "mmau")
    evaluate(Reader("A", "D"), load_dataset(data), ["vanilla"], tmp_path / "runs/mmau")
    sources = sources_of(tmp_path / "runs")
    for draw, parameters in (
        (slices.draw, slices.SliceParameters()),
        (duration.draw, duration.DurationParameters()),
    ):
        drawn = draw(sources, parameters)
        assert drawn.title.startswith("QA Multiple Choice"), drawn.title
        assert drawn.rows
