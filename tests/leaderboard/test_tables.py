"""The printed tables: every average is recomputed, and exactly the known faults are found."""

from statistics import fmean

import pytest

from amarathon.tasks import TASKS
from leaderboard.printed import printed_section, question_counts, source
from leaderboard.tables import AVERAGE, footnotes, published_tables

# A printed score is off by at most half a unit of its last digit, and so is a printed mean.
ROUNDING = 0.1 + 1e-9


def noted_faults(column: str) -> set[tuple[int, str]]:
    """Tables and models whose figure in a column is marked as a fault."""
    return {
        (note.table, note.where["model"])
        for note in footnotes().notes
        if note.kind == "fault" and column in note.columns
    }


def test_exactly_the_known_averages_do_not_recompute() -> None:
    wrong = set()
    for number in (3, 4, 8):
        for row in published_tables()[number].rows:
            scores = [row[code] for code in TASKS if row[code] is not None]
            if abs(fmean(scores) - row[AVERAGE]) > ROUNDING:
                wrong.add((number, row["model"], row.get("method")))
    assert wrong == {(4, "Aero-1-Audio", "vanilla")}
    assert {(number, model) for number, model, _ in wrong} <= noted_faults(AVERAGE)


def test_exactly_the_known_vanilla_scores_contradict_table_3() -> None:
    tables = published_tables()
    expected = {row["model"]: row for row in tables[3].rows}
    different = set()
    for number in (4, 7, 8):
        for row in tables[number].rows:
            is_vanilla = row.get("method", "vanilla") == "vanilla" and row.get("duration", "long") == "long"
            model = row.get("model", footnotes().tables[number].model)
            for column in (*TASKS, AVERAGE):
                if is_vanilla and column in row and row[column] != expected[model][column]:
                    different.add((number, model, column))
    assert different == {
        (4, "Qwen2.5-Omni-3B", "MC"),
        (4, "Qwen2.5-Omni-3B", AVERAGE),
        (4, "Aero-1-Audio", AVERAGE),
    }
    for number, model, column in different:
        assert (number, model) in noted_faults(column)


def test_human_average_is_over_nine_tasks() -> None:
    human = next(row for row in published_tables()[3].rows if row["access"] == "human")
    assert [code for code in TASKS if human[code] is None] == ["ASR"]
    assert fmean(human[code] for code in TASKS if human[code] is not None) == pytest.approx(87.6, abs=0.05)


@pytest.mark.parametrize("note", footnotes().notes, ids=lambda note: note.id)
def test_every_note_marks_something(note) -> None:
    rows = published_tables()[note.table].rows
    assert all(any(note.marks(row, column) for row in rows) for column in note.columns)


def test_unexplained_score_is_marked_as_a_fault() -> None:
    row = next(row for row in printed_section(3).rows if row.model == "Audio-Flamingo-2")
    cell = row.scores["published"].tasks["ASR"]
    assert (cell.value, cell.notes) == (1.0, ["audio-flamingo-2-asr"])


def test_sections_have_every_printed_row_under_our_names_of_the_methods() -> None:
    assert [len(printed_section(number).rows) for number in (3, 4, 7, 8)] == [17, 39, 21, 6]
    assert {row.configuration for row in printed_section(7).rows} >= {"vanilla", "randomkv@0.3", "tova@0.9"}
    assert {row.configuration for row in printed_section(4).rows} >= {"vanilla", "random@0.3", "dart@0.9"}
    assert {row.provenance for row in printed_section(4).rows} == {"published"}


def test_mean_of_table_7_is_taken_and_said_to_be() -> None:
    vanilla = printed_section(7).rows[0].scores["published"].overall
    assert vanilla.value == pytest.approx(67.23)
    assert vanilla.notes == ["eviction-average"]


def test_composition_adds_up() -> None:
    assert sum(question_counts().values()) == source().count == 6567
    assert set(question_counts()) == set(TASKS)


def test_bibtex_names_the_paper() -> None:
    assert source().bibtex.startswith("@misc{")
    assert "eprint = {2510.07293}" in source().bibtex
    assert source().bibtex.count("{") == source().bibtex.count("}")
