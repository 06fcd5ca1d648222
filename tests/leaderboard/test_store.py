"""Measured runs on the leaderboard: where they stand, what is said about them, what is left out."""

import json
from pathlib import Path

import pytest

from amarathon.errors import RunError
from amarathon.runs.summary import read_summary, write_summary
from leaderboard import store as store_module
from leaderboard.store import build_board
from leaderboard.tables import footnotes
from leaderboard.texts import LONGEST_TEXT
from tests.leaderboard.run_folders import NOTICE, measured, write_run, write_runs


def test_without_runs_only_printed_tables_are_there(tmp_path: Path) -> None:
    board = build_board(tmp_path / "nothing")
    assert (board.measured, board.pending, board.broken) == ([], [], [])
    assert len(board.models.rows) == 17


def test_run_shows_the_figures_of_its_summary(tmp_path: Path) -> None:
    folder = write_run(tmp_path, "a", unread=2)
    rows = {row.configuration: row for row in build_board(tmp_path).measured[0].rows}
    summary = read_summary(folder)
    for name, breakdown in summary.breakdowns.items():
        stored = {(cell.task, cell.protocol, cell.metric, cell.group): cell for cell in breakdown.cells}
        for protocol, scores in rows[name].scores.items():
            for code, cell in scores.tasks.items():
                expected = stored[code, protocol, "macro_f1", "all"]
                assert cell.value == expected.score
                assert cell.interval == (expected.low, expected.high)
                assert (cell.interval_method, cell.clusters) == (expected.interval_method, expected.clusters)
                assert cell.count == expected.count
            assert scores.overall.value == stored["overall", protocol, "mean", "all"].score
            assert scores.overall.unread == pytest.approx(100 * 2 / 12)
    strict, published = (rows["vanilla"].scores[name].overall.count for name in ("strict", "published"))
    assert (strict, published) == (36, 30)


def test_row_says_what_it_rests_on(tmp_path: Path) -> None:
    write_run(tmp_path, "a")
    row = build_board(tmp_path).measured[0].rows[0]
    assert row.provenance == "measured"
    assert row.run.notice == NOTICE
    assert (row.run.dataset, row.run.dataset_sha256, row.run.samples) == ("mini", "ab" * 32, 36)
    assert (row.run.commit, row.run.hardware) == ("0123456789abcdef", {"cpu": "Test CPU"})
    assert (row.run.planned, row.run.answered, row.run.protocol_version) == (72, 72, "1")


def test_datasets_are_never_mixed(tmp_path: Path) -> None:
    """The hash decides, whatever a run calls its dataset."""
    write_run(tmp_path, "a", dataset="AudioMarathon", sha256="ab" * 32)
    write_run(tmp_path, "b", dataset="AudioMarathon", sha256="cd" * 32)
    board = build_board(tmp_path)
    assert all(row.provenance == "published" for row in board.models.rows)
    for rows in measured(board).values():
        assert len({row.run.folder for row in rows}) == 1
        assert {span for row in rows for span in row.ranks["strict"]} <= {1, 2}


def test_run_on_the_published_dataset_is_ranked_among_published_rows(tmp_path: Path, monkeypatch) -> None:
    known = footnotes()
    dataset = known.dataset.model_copy(update={"sha256": ["ef" * 32]})
    monkeypatch.setattr(store_module, "footnotes", lambda: known.model_copy(update={"dataset": dataset}))
    write_run(tmp_path, "a", sha256="ef" * 32, configurations=["vanilla"], right=12)
    board = build_board(tmp_path)
    assert board.measured == []
    own = next(row for row in board.models.rows if row.run)
    assert own.ranks["strict"] == (1, 1)
    assert own.gaps["strict"].over == ["SER", "SCR", "MC"]


def test_run_with_failed_answers_is_shown_and_not_ranked(tmp_path: Path) -> None:
    write_run(tmp_path, "a", failed=1)
    write_run(tmp_path, "b")
    rows = build_board(tmp_path).measured[0].rows
    assert {row.run.folder for row in rows if row.ranks} == {"b"}
    assert {row.answered for row in rows if row.run.folder == "a"} == {33}


def test_people_are_a_row_that_others_are_measured_by(tmp_path: Path) -> None:
    write_run(tmp_path, "people", kind="human", model="three people", configurations=["vanilla"], right=12)
    write_run(tmp_path, "a", configurations=["vanilla"])
    human, model = build_board(tmp_path).measured[0].rows
    assert (human.access, human.ranks) == ("human", {})
    assert model.gaps["strict"].value < 0


def test_pending_and_broken_runs_are_named(tmp_path: Path) -> None:
    write_run(tmp_path, "ended")
    write_run(tmp_path, "running", summed_up=False)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "run.json").write_text("{")
    (tmp_path / "notes").mkdir()
    board = build_board(tmp_path)
    assert [run.folder for run in board.pending] == ["running"]
    assert [run.folder for run in board.broken] == ["broken"]
    assert "run.json cannot be read" in board.broken[0].reason
    assert {row.run.folder for row in board.measured[0].rows} == {"ended"}


def _score(summary: dict) -> None:
    for cell in summary["breakdowns"]["vanilla"]["cells"]:
        cell["score"] = 99.9


def _interval(summary: dict) -> None:
    summary["breakdowns"]["vanilla"]["cells"][0]["low"] = 99.0


def _evidence(summary: dict) -> None:
    summary["breakdowns"]["vanilla"]["evidence"]["values"]["strict"][0] += 50


def _counts(summary: dict) -> None:
    summary["answered"] = summary["planned"] = 1000


def _older(summary: dict) -> None:
    summary["derivation_version"] = "1"
    summary["seal"] = ""


def _protocol(summary: dict) -> None:
    summary["protocol_version"] = "0"


@pytest.mark.parametrize(
    ("change", "where", "words"),
    [
        (_score, "broken", "changed by hand"),
        (_interval, "broken", "changed by hand"),
        (_evidence, "broken", "changed by hand"),
        (_counts, "broken", "changed by hand"),
        (lambda summary: summary.clear(), "broken", "damaged"),
        (_older, "pending", "another version"),
        (_protocol, "pending", "another version"),
    ],
)
def test_a_summary_that_is_not_derived_from_the_answers_is_never_shown(
    tmp_path: Path, change, where: str, words: str
) -> None:
    write_run(tmp_path, "good")
    folder = write_run(tmp_path, "odd")
    summary = json.loads((folder / "summary.json").read_text())
    change(summary)
    (folder / "summary.json").write_text(json.dumps(summary))
    board = build_board(tmp_path)
    assert {row.run.folder for row in board.measured[0].rows} == {"good"}
    [unshown] = getattr(board, where)
    assert unshown.folder == "odd"
    assert words in unshown.reason
    assert "amarathon score" in unshown.reason
    # What it is told to do mends it.
    write_summary(folder, afresh=True)
    board = build_board(tmp_path)
    assert {row.run.folder for row in board.measured[0].rows} == {"good", "odd"}
    assert board.measured[0].rows[0].scores["strict"].overall.value < 90


def _flip(lines: list[bytes]) -> list[bytes]:
    return [*lines[:6], lines[6].replace(b'"reply"', b'"reply'), *lines[7:]]


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        (_flip, 7),
        (lambda lines: [*lines[:4], b"\xff" + lines[4], *lines[5:]], 5),
        (lambda lines: [*lines[:9], b"\n", *lines[9:]], 10),
        (lambda lines: [*lines, lines[0]], 73),
    ],
    ids=["torn field", "bytes", "empty line", "answered twice"],
)
@pytest.mark.parametrize("summed_up", [True, False])
def test_damaged_answers_are_called_damaged_and_the_line_is_named(
    tmp_path: Path, damage, line: int, summed_up: bool
) -> None:
    folder = write_run(tmp_path, "a", summed_up=summed_up)
    path = folder / "predictions.jsonl"
    path.write_bytes(b"".join(damage(path.read_bytes().splitlines(keepends=True))))
    board = build_board(tmp_path)
    assert (board.measured, board.pending) == ([], [])
    assert f"line {line}" in board.broken[0].reason
    if line < 73:
        assert "damaged" in board.broken[0].reason


def test_a_run_that_goes_on_is_pending_not_damaged(tmp_path: Path) -> None:
    folder = write_run(tmp_path, "a")
    path = folder / "predictions.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]) + lines[-1][:20])
    board = build_board(tmp_path)
    assert (board.measured, board.broken) == ([], [])
    assert "start the same command again" in board.pending[0].reason


def test_an_answer_to_a_sample_that_the_dataset_lacks_is_told_and_not_counted(tmp_path: Path) -> None:
    folder = write_run(tmp_path, "a", configurations=["vanilla"])
    path = folder / "predictions.jsonl"
    first = json.loads(path.read_bytes().splitlines()[0])
    with path.open("a") as file:
        file.write(json.dumps(first | {"sample_id": "stranger", "sources": ["elsewhere"]}) + "\n")
    board = build_board(tmp_path)
    assert (board.measured, board.pending) == ([], [])
    assert "13 samples of SER (stranger among them); mini has 12" in board.broken[0].reason
    with pytest.raises(RunError, match="stranger"):
        write_summary(folder, afresh=True)


@pytest.mark.parametrize("fault", ["unknown method", "summary of another run"])
def test_run_that_contradicts_itself_is_named_and_leaves_the_rest(tmp_path: Path, fault: str) -> None:
    write_run(tmp_path, "good")
    folder = write_run(tmp_path, "odd")
    header = json.loads((folder / "run.json").read_text())
    header["configurations"] = ["vanilla", "nonsense@0.5"] if fault == "unknown method" else ["frame@0.3"]
    (folder / "run.json").write_text(json.dumps(header))
    board = build_board(tmp_path)
    assert [run.folder for run in board.broken] == ["odd"]
    assert {row.run.folder for row in board.measured[0].rows} == {"good"}


def test_long_texts_are_cut(tmp_path: Path) -> None:
    write_run(tmp_path, "a", model="m" * 100_000, notice="n" * 100_000)
    row = build_board(tmp_path).measured[0].rows[0]
    assert (len(row.model), len(row.run.notice)) == (LONGEST_TEXT, LONGEST_TEXT)


def test_many_runs_stand_side_by_side(tmp_path: Path) -> None:
    write_runs(tmp_path, 9, ["vanilla", "frame@0.3", "frame@0.6"])
    (section,) = build_board(tmp_path).measured
    assert len(section.rows) == 27
    assert len({row.id for row in section.rows}) == 27
    assert len({row.model for row in section.rows}) == 9
