import json

import pytest

from amarathon.runs import read_run
from amarathon.runs.summary import read_summary
from human_eval.results.agreement import agreement
from human_eval.results.collecting import collect, counted
from human_eval.results.export import StudyFacts, answers_table, export_dataset, export_human_run
from human_eval.results.methods_section import StudyProtocol, methods_paragraph
from leaderboard.measured import measured_rows
from tests.human_eval.study_rows import add_study, empty_database, exclude

PROTOCOL = StudyProtocol("mini", "ab" * 32, 2, 0.8, 1.5, 10, True, 1.25)
FACTS = StudyFacts("First", "mini", "ab" * 32, 7, "How it was done.")


@pytest.fixture
def submitted():
    with empty_database() as session:
        exclude(add_study(session), "bob", number=3)
        return collect(session, "study")


def test_a_study_is_a_run_that_the_leaderboard_shows_as_people(submitted, tmp_path):
    export_human_run(tmp_path / "run", FACTS, submitted)
    run = read_run(tmp_path / "run")
    assert run.header.kind == "human"
    assert [record.key for record in run.predictions()] == [record.key for record in counted(submitted)]
    assert [exclusion.record for exclusion in run.header.dataset.exclusions] == ["bob-3"]
    (row,) = measured_rows(run, read_summary(tmp_path / "run"))
    assert (row.access, row.model) == ("human", "People (First)")
    assert row.scores["strict"].tasks["MC"].value == 100


def test_no_export_names_anybody_or_any_place(submitted, tmp_path):
    export_human_run(tmp_path / "run", FACTS, submitted)
    export_dataset(tmp_path / "dataset", FACTS, submitted)
    written = "".join(path.read_text() for path in tmp_path.rglob("*.*") if path.is_file())
    for secret in ("example.org", "/secret", "I am Ann"):
        assert secret not in written


def test_the_dataset_folder_has_a_line_for_each_answer(submitted, tmp_path):
    export_dataset(tmp_path / "dataset", FACTS, submitted)
    lines = [json.loads(line) for line in (tmp_path / "dataset" / "answers.jsonl").read_text().splitlines()]
    assert len(lines) == 8
    assert [line["excluded"] for line in lines].count(True) == 1
    assert (tmp_path / "dataset" / "README.md").read_text().startswith('---\npretty_name: "First"\n')
    assert list(answers_table(submitted)["correct"]) == [True] * 8


def test_the_methods_paragraph_is_counted_from_the_answers(submitted):
    text = methods_paragraph(PROTOCOL, submitted, agreement(counted(submitted)))
    assert "2 annotators gave 7 answers to 4 samples of 1 task of mini (SHA-256 abababababab)" in text
    assert "in 1.2 hours of work" in text
    assert "1.8 were given on average" in text
    assert "80% of the recording had been played" in text
    assert "90% was played on average" in text
    assert "Excluded by hand: 1 answer of 1 annotator." in text
    assert "MC 1.00" in text


def test_a_study_without_answers_says_so():
    assert methods_paragraph(PROTOCOL, [], []).startswith("No answer counts yet.")
