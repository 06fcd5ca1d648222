"""Every number that is drawn stands in the table beneath, and every number there in the records."""

from pathlib import Path

import pytest

from amarathon.tasks import TASKS
from leaderboard.figures import FIGURES
from leaderboard.figures.sources import Sources
from leaderboard.tables import published_tables
from tests.leaderboard.figures.drawing import column, drawn, numbers_in, plotted, sources_of, tabled
from tests.leaderboard.run_folders import NOTICE, write_run, write_speed

BUNDLED = "run-small-on-bundled"
MINI = "run-small-on-mini"
# Of each figure what it is asked with, and the axes whose numbers are figures.
ASKED = [
    ("curves", {}, "xy"),
    ("curves", {"stage": "evict", "score": "ASR"}, "xy"),
    ("curves", {"model": MINI, "score": "SER", "protocol": "published"}, "xy"),
    ("pareto", {"model": "table-4-Qwen2.5-Omni-3B"}, "xy"),
    ("delta", {"model": "table-4-Aero-1-Audio"}, "z"),
    ("tasks", {"systems": "table-3-1,table-3-2"}, "r"),
    ("tasks", {"systems": f"{BUNDLED}-vanilla"}, "r"),
    ("compare", {"systems": "table-3-3,table-3-2,table-3-1"}, "x"),
    ("pairs", {}, "y"),
    ("pairs", {"pair": f"{MINI}-vanilla"}, "y"),
    ("duration", {"model": MINI, "task": "SCR"}, "y"),
    ("slices", {"model": MINI, "task": "ASC"}, "z"),
    ("composition", {}, "x"),
    ("granularity", {}, "x"),
]


@pytest.mark.parametrize(("name", "parameters", "axes"), ASKED)
def test_what_is_drawn_stands_in_the_table(
    bundled: Sources, name: str, parameters: dict[str, str], axes: str
) -> None:
    document = drawn(bundled, name, **parameters)
    assert document.empty is None
    found = plotted(document, *axes)
    assert found
    assert found <= tabled(document)
    assert document.source


def test_no_colour_is_fixed(bundled: Sources) -> None:
    for name, parameters, _ in ASKED:
        figure = drawn(bundled, name, **parameters).figure
        text = str(figure)
        assert "var(--" in text
        assert "template" not in figure["layout"]
        assert "'#" not in text


def test_curves_have_the_scores_of_the_printed_table(bundled: Sources) -> None:
    found = drawn(bundled, "curves", model="table-4-Aero-1-Audio", score="SCR")
    printed = [row for row in published_tables()[4].rows if row["model"] == "Aero-1-Audio"]
    assert sorted(column(found, "SCR Speech Content Reasoning").values()) == sorted(
        row["SCR"] for row in printed
    )
    assert plotted(found, "y") == {row["SCR"] for row in printed}
    assert found.notices == []
    average = drawn(bundled, "curves", model="table-4-Aero-1-Audio")
    assert any("Its own ten scores give 42.8" in note for note in average.notes)


def test_measured_curves_have_the_summary_s_scores_and_the_model_s_notice(bundled: Sources) -> None:
    found = drawn(bundled, "curves", model=MINI, score="MC")
    for system in bundled.grid(MINI).of_stage("prune"):
        cells = bundled.breakdown(system.row).headlines()
        assert system.value("MC", "strict") == next(cell.score for cell in cells if cell.task == "MC")
        assert round(system.value("MC", "strict") or 0, 6) in plotted(found, "y")
    assert len(found.notices) == 1


def test_slices_are_the_summary_s_cells(bundled: Sources) -> None:
    found = drawn(bundled, "slices", model=MINI, task="MC")
    vanilla = next(system for system in bundled.grid(MINI).systems if system.row.configuration == "vanilla")
    cells = {
        f"{cell.group}: {cell.value} (n = {cell.count})": cell.score
        for cell in bundled.breakdown(vanilla.row).cells
        if (cell.task, cell.protocol, cell.metric, cell.group) == ("MC", "strict", "macro_f1", "genre")
    }
    row = next(row for row in found.table.rows if row[0] == "vanilla")
    assert dict(zip([one.name for one in found.table.columns][1:], row[1:], strict=True)) == cells


def test_chance_is_that_of_the_table_and_of_the_dataset(bundled: Sources) -> None:
    published = column(drawn(bundled, "tasks", systems="table-3-1"), "Chance")
    assert published["SED Sound Event Detection"] == pytest.approx(24.5)
    assert published["SD Speech Detection"] == pytest.approx(47.0)
    assert published["ASR Automatic Speech Recognition"] is None
    measured = column(drawn(bundled, "tasks", systems=f"{MINI}-vanilla"), "Chance")
    assert measured["SGR Speaker Gender Recognition"] == pytest.approx(50.0)


def test_people_stand_beside_published_rows_alone(bundled: Sources) -> None:
    names = [one.name for one in drawn(bundled, "tasks", systems="table-3-1").table.columns]
    assert "People, Table 3" in names
    names = [one.name for one in drawn(bundled, "tasks", systems=f"{MINI}-vanilla").table.columns]
    assert "People, Table 3" not in names


def test_composition_and_granularity_are_tables_5_and_11(bundled: Sources) -> None:
    found = drawn(bundled, "composition")
    assert plotted(found, "x") == {row["count"] for row in published_tables()[5].rows}
    assert sum(plotted(found, "x")) == 6567
    assert len(found.table.rows) == len(TASKS)
    assert len(drawn(bundled, "granularity").table.rows) == len(published_tables()[11].rows)


def test_costs_and_speed_are_the_efficiency_records(tmp_path: Path) -> None:
    write_speed(tmp_path, "alone", {"vanilla": 2.0, "frame@0.3": 1.2, "frame@0.6": 0.7})
    sources = sources_of(tmp_path)
    costs = drawn(sources, "costs", measure="prefill_s")
    assert [trace["y"] for trace in costs.figure["data"]] == [[2.0, 1.2, 0.7]]
    assert [trace["x"] for trace in costs.figure["data"]] == [[0.0, 30.0, 60.0]]
    assert NOTICE in costs.notices
    assert plotted(drawn(sources, "costs", measure="peak_bytes"), "y") == {600.0}
    speed = drawn(sources, "speed")
    assert column(speed, "Configuration") == {"small": "vanilla"}
    assert [row[4] for row in speed.table.rows] == pytest.approx([1.7, 2.2, 3.0])


def test_a_measured_cost_goes_to_the_scores_of_the_same_weights(tmp_path: Path) -> None:
    write_run(tmp_path, "scored", configurations=["vanilla", "frame@0.6"])
    write_speed(tmp_path, "alone", {"vanilla": 2.0, "frame@0.6": 0.7})
    found = drawn(sources_of(tmp_path), "pareto", model="run-scored", cost="prefill_s")
    assert plotted(found, "x") == {2.0, 0.7}
    write_run(tmp_path, "other", model="another", configurations=["vanilla", "frame@0.6"])
    assert drawn(sources_of(tmp_path), "pareto", model="run-other", cost="prefill_s").empty


def test_every_figure_says_what_it_lacks_where_nothing_was_measured() -> None:
    sources = sources_of()
    for name in ("speed", "costs", "slices", "transcripts", "duration"):
        document = drawn(sources, name)
        assert document.empty
        assert document.figure == {}
    assert all(FIGURES[name].name == name and FIGURES[name].about for name in FIGURES)
    assert list(numbers_in([])) == []
