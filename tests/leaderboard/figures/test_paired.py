"""Figures of paired tests: the same numbers as `amarathon compare`, and none where nothing can be paired."""

from pathlib import Path

import pytest

from amarathon.metrics.groups import DURATION_BINS
from amarathon.runs.paired import compare_configurations
from amarathon.runs.reading import read_run
from leaderboard.figures.chosen import MOST
from leaderboard.figures.pairs import duration_pairs
from leaderboard.figures.sources import Sources, UnknownChoiceError
from tests.leaderboard.figures.drawing import column, drawn, sources_of
from tests.leaderboard.run_folders import write_run


def test_delta_is_compare_s(tmp_path: Path) -> None:
    folder = write_run(tmp_path, "a", configurations=["vanilla", "frame@0.3", "frame@0.6"])
    expected = {(one.system, one.task): one for one in compare_configurations(read_run(folder))}
    found = drawn(sources_of(tmp_path), "delta", model="run-a")
    for name, title in (("frame@0.3", "Frame 0.3"), ("frame@0.6", "Frame 0.6")):
        assert column(found, "SER")[title] == pytest.approx(expected[name, "SER"].difference)
        assert column(found, "q, SER")[title] == pytest.approx(expected[name, "SER"].q_value)
        assert column(found, "Overall")[title] == pytest.approx(expected[name, "overall"].difference)


def test_a_star_is_where_the_test_finds_a_difference(tmp_path: Path) -> None:
    write_run(tmp_path, "a", configurations=["vanilla", "frame@0.3"], right=12)
    few = drawn(sources_of(tmp_path), "delta", model="run-a")
    assert not any("*" in cell for row in few.figure["data"][0]["text"] for cell in row)
    names = ["vanilla", *(f"frame@0.{tenths}" for tenths in range(1, 10)), "frame@0.95"]
    write_run(tmp_path, "b", configurations=names, right=12)
    many = drawn(sources_of(tmp_path), "delta", model="run-b")
    marks = many.figure["data"][0]["text"]
    q_values = column(many, "q, Overall")
    assert [("*" in row[-1]) for row in marks] == [q_value < 0.05 for q_value in q_values.values()]
    assert "*" in marks[-1][-1]


def test_published_differences_are_never_tested(bundled: Sources) -> None:
    found = drawn(bundled, "delta", model="table-4-Phi-4-Multimodal")
    assert not any(one.name.startswith("q") for one in found.table.columns)
    assert not any("*" in cell for row in found.figure["data"][0]["text"] for cell in row)
    assert "no predictions" in found.notes[0]


def test_rows_of_one_dataset_are_paired_and_others_are_not(tmp_path: Path) -> None:
    write_run(tmp_path, "a", right=10)
    write_run(tmp_path, "b", model="other", right=6)
    write_run(tmp_path, "c", dataset="elsewhere", sha256="ef" * 32)
    sources = sources_of(tmp_path)
    found = drawn(sources, "compare", systems="run-a-vanilla,run-b-vanilla,run-c-vanilla")
    rows = [row for row in found.table.rows if row[0] == "SER"]
    assert [row[5] is not None for row in rows] == [True, False]
    assert rows[0][7] == 12
    assert any("other, vanilla" not in note and "elsewhere" in note for note in found.notes)


def test_printed_rows_have_plain_differences(bundled: Sources) -> None:
    found = drawn(bundled, "compare", systems="table-3-3,table-3-2")
    by_task = {row[0]: row for row in found.table.rows}
    assert by_task["SER"][2] == pytest.approx(25.2 - 26.3)
    assert by_task["Overall"][2] == pytest.approx(67.2 - 70.5)
    assert all(row[3] is None and row[5] is None for row in found.table.rows)
    assert "no predictions published" in found.notes[0]


def test_only_rows_that_are_there_are_compared(bundled: Sources) -> None:
    with pytest.raises(UnknownChoiceError, match="There is no row 'nobody'"):
        drawn(bundled, "compare", systems="nobody,table-3-1")
    with pytest.raises(UnknownChoiceError, match=f"At most {MOST} rows"):
        drawn(bundled, "tasks", systems=",".join(f"table-3-{number}" for number in range(1, 7)))
    assert drawn(bundled, "compare", systems="table-3-1").empty


def test_runs_on_the_same_samples_of_another_length_are_joined(bundled: Sources) -> None:
    pair = duration_pairs(bundled)["run-small-on-mini-vanilla"]
    assert (pair.long.section.dataset, pair.short.section.dataset) == ("mini", "mini-short")
    found = drawn(bundled, "duration", model="run-small-on-mini", task="SER")
    assert [row[1] for row in found.table.rows] == ["mini-short", "mini", "mini", "mini"]
    lengths = [str(row[0]) for row in found.table.rows]
    assert lengths == sorted(lengths, key=DURATION_BINS.index)


def test_runs_on_other_samples_are_not(tmp_path: Path) -> None:
    write_run(tmp_path, "a")
    write_run(tmp_path, "b", dataset="elsewhere", sha256="ef" * 32)
    # The same samples at the same length: neither is the shorter one.
    assert [key for key in duration_pairs(sources_of(tmp_path)) if key.startswith("run-")] == []
