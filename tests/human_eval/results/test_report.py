import json

import pytest

from human_eval.results.collecting import collect
from human_eval.results.report import runs_on, study_facts, study_results
from human_eval.storage.schema import Study
from tests.human_eval.answers import answer
from tests.human_eval.study_rows import add_study, empty_database, exclude
from tests.leaderboard.run_folders import write_run


@pytest.fixture
def session():
    with empty_database() as session:
        yield add_study(session, people=("ann", "bob", "eve"), samples=8)


def results(session, models=()):
    return study_results(session, session.get(Study, "study"), dict(models))


def test_a_study_is_summed_up_in_one_document_that_json_knows(session):
    found = results(session, {"small vanilla": [answer("s1", "0", 0)]})
    assert json.loads(json.dumps(found)) == found
    (task,) = found["baseline"]
    assert (task["task"], task["together"], len(task["people"])) == ("MC", 100, 3)
    assert found["agreement"][0]["alpha"] == 1.0
    assert found["methods"].startswith("3 annotators gave 24 answers to 8 samples of 1 task")


def test_excluding_somebody_changes_everything_that_is_computed(session):
    exclude(session, "eve", at=1.0)
    exclude(session, "ann", number=0, at=2.0)
    found = results(session)
    assert found["excluded"] == {"annotators": ["eve"], "answers": ["ann-0"]}
    assert found["baseline"][0]["answers"] == 15
    assert "Excluded by hand: 9 answers of 2 annotators." in found["methods"]
    exclude(session, "eve", excluded=False, at=3.0)
    assert results(session)["baseline"][0]["answers"] == 23


def test_a_study_nobody_answered_has_empty_results(session):
    for person in ("ann", "bob", "eve"):
        exclude(session, person, at=float(ord(person[0])))
    found = results(session)
    assert (found["baseline"], found["agreement"], found["difficulty"]) == ([], [], [])


def test_exports_know_their_study(session):
    facts = study_facts(session, session.get(Study, "study"), collect(session, "study"))
    assert (facts.name, facts.dataset, facts.seed) == ("First", "mini", 7)
    assert "24 answers" in facts.methods


def test_models_that_answered_the_same_questions_are_found(tmp_path):
    write_run(tmp_path, "one")
    write_run(tmp_path, "people", kind="human", configurations=("vanilla",))
    write_run(tmp_path, "elsewhere", sha256="cd" * 32)
    found = runs_on("ab" * 32, tmp_path)
    assert set(found) == {"small vanilla", "small frame@0.6"}
    assert all(found.values())
