"""What leaves a study as a file: the administrator's table, the folder, the run."""

import csv
import io
import json
import re
from dataclasses import replace

import pytest
import yaml

from amarathon.runs import read_run
from human_eval.results.collecting import collect
from human_eval.results.export import StudyFacts, answers_csv, export_dataset, export_human_run
from human_eval.results.remarks import remarks
from human_eval.results.report import study_facts
from human_eval.storage.schema import Answer, Flag, Item, Study
from tests.human_eval.study_rows import add_answer, add_study, empty_database, item, recording

FACTS = StudyFacts("First", "mini", "ab" * 32, 7, "How it was done.")
ATTACK = "=cmd|'/C calc'!A0"


@pytest.fixture
def session():
    """Two people and four questions; a transcript, a skip, and a flag, all of them hostile."""
    with empty_database() as session:
        add_study(session)
        spoken = item(8)
        spoken.task, spoken.options, spoken.answer, spoken.reference = "ASR", [], None, "the whole talk"
        session.add_all([recording(8), spoken, recording(9), item(9)])
        session.flush()
        add_answer(session, "ann", 8, choice=None, comment="+1; =2")
        session.get(Answer, "answer-ann-8").transcript = ATTACK
        add_answer(session, "ann", 9, choice=None, state="skipped")
        session.add(
            Flag(
                id="f",
                assignment_id="bob-1",
                client_id="c",
                body_sha256="0",
                fault="audio",
                comment="@x",
                at=1.0,
            )
        )
        session.flush()
        yield session


@pytest.fixture
def rows(session):
    return list(csv.DictReader(io.StringIO(answers_csv(collect(session, "study")))))


def test_a_choice_is_a_letter_and_its_text(rows):
    chosen = [row for row in rows if row["task"] == "MC" and not row["skipped"]]
    assert [(row["choice"], row["choice_text"]) for row in chosen[:4]] == [
        ("A", "Rock"),
        ("B", "Jazz"),
        ("C", "Folk"),
        ("D", "Soul"),
    ]
    assert {(row["answer"], row["answer_text"]) for row in chosen} == {
        (row["choice"], row["choice_text"]) for row in chosen
    }
    assert {row["order"] for row in chosen} == {"ABCD", "DBAC"}


def test_a_transcript_stands_beside_its_reference(rows):
    (row,) = [row for row in rows if row["task"] == "ASR"]
    assert (row["transcript"], row["reference"]) == (f"'{ATTACK}", "the whole talk")
    assert (row["choice"], row["answer"]) == ("", "")


def test_flags_comments_and_skips_with_their_reasons_are_in_the_table(rows):
    by_key = {(row["annotator"], row["sample_id"]): row for row in rows}
    assert by_key["bob", "s1"]["flags"] == "audio: @x"
    assert by_key["ann", "s8"]["comment"] == "'+1; =2"
    assert (by_key["ann", "s9"]["skip_reason"], by_key["ann", "s9"]["comment"]) == ("no sound", "")


def test_no_cell_begins_a_formula_whatever_separates_cells(session):
    text = answers_csv(collect(session, "study"))
    for row in csv.reader(io.StringIO(text)):
        assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for cell in row)
    # All are quoted, so that no other separator cuts a cell before an equals sign.
    assert all(line.startswith('"') and line.endswith('"') for line in text.splitlines())


def test_the_folder_has_what_people_wrote_in_a_file_of_its_own(session, tmp_path):
    export_dataset(tmp_path / "d", FACTS, collect(session, "study"), remarks(session, "study"))
    answers = (tmp_path / "d" / "answers.jsonl").read_text()
    assert "no sound" not in answers
    assert "I am Ann." not in answers
    lines = [json.loads(line) for line in (tmp_path / "d" / "remarks.jsonl").read_text().splitlines()]
    by_sample = {line["sample_id"]: line for line in lines}
    assert by_sample["s9"]["skips"] == [{"annotator": "ann", "text": "no sound"}]
    assert by_sample["s1"]["flags"][0]["comment"] == "@x"
    assert {note["text"] for note in by_sample["s0"]["comments"]} == {"I am Ann."}
    assert "take out what names people" in (tmp_path / "d" / "README.md").read_text()


NAMES = [
    "<script>alert(1)</script>",
    "a\n---\nlicense: evil\n---\n# b",
    "[click](javascript:alert(1))",
    "![x](http://evil.example/p.png)",
    '"quoted" \\ and {braces}',
    "# heading",
    "`code` *bold* _it_ ~~no~~ | cell",
    "é 漢 \N{GRINNING FACE}",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_studys_name_is_a_name_on_the_card(name, session, tmp_path):
    facts = replace(FACTS, name=name, dataset=name)
    export_dataset(tmp_path / "d", facts, collect(session, "study"))
    card = (tmp_path / "d" / "README.md").read_text()
    _, front, body = card.split("---\n", 2)
    assert yaml.safe_load(front)["pretty_name"] == name
    title = body.strip().splitlines()[0]
    assert title.startswith("# ")
    assert "<" not in body
    assert not re.search(r"(?<!\\)[\[\]`*_|~#]", title[2:])


def test_a_study_over_a_part_says_so_in_its_run(session, tmp_path):
    study = session.get(Study, "study")
    study.whole_sha256, study.whole_count = "cd" * 32, 40
    submitted = collect(session, "study")
    export_human_run(tmp_path / "run", study_facts(session, study, submitted), submitted)
    header = read_run(tmp_path / "run").header
    assert (header.dataset.part_of.sha256, header.dataset.part_of.count) == ("cd" * 32, 40)
    assert "2 annotators. They answered 6 of the 40 questions of mini." in header.model.notice


def test_practice_questions_make_a_study_a_part_of_its_dataset(session):
    study = session.get(Study, "study")
    assert study_facts(session, study, collect(session, "study")).whole is None
    session.get(Item, "i3").kind = "practice"
    session.flush()
    whole = study_facts(session, study, collect(session, "study")).whole
    assert (whole.sha256, whole.count) == (study.dataset_sha256, 6)
