import json

import pytest

from human_eval.api.schemas.results import ResultsView
from human_eval.results.carelessness import WorkedAnswer, find_signs
from human_eval.results.collecting import collect, counted
from human_eval.results.report import min_pace, study_facts, study_results
from human_eval.storage.schema import Study
from tests.human_eval.study_rows import add_study, empty_database, exclude
from tests.leaderboard.run_folders import write_run


@pytest.fixture
def session():
    with empty_database() as session:
        yield add_study(session, people=("ann", "bob", "eve"), samples=8)


def results(session):
    found = study_results(session, session.get(Study, "study"))
    return ResultsView(**vars(found)).model_dump(mode="json")


def test_a_study_is_summed_up_in_one_document_that_json_knows(session):
    found = results(session)
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


@pytest.mark.parametrize(
    ("must_listen", "max_speed", "allowed"),
    [(0.8, 2.0, 0.4), (1.0, 1.0, 1.0), (0.1, 4.0, 0.025), (0.0, 2.0, 0.5)],
)
def test_who_is_as_fast_as_the_study_allows_does_not_look_careless(must_listen, max_speed, allowed):
    pace = min_pace(Study(must_listen=must_listen, max_speed=max_speed))
    assert pace == pytest.approx(allowed)
    for seconds, found in ((101 * allowed, []), (99 * allowed, ["speed"])):
        work = [WorkedAnswer("ann", f"s{number}", seconds, 100.0, 1.0, number % 4) for number in range(20)]
        assert [sign.kind for sign in find_signs(work, min_pace=pace)] == found


def test_a_study_nobody_answered_has_empty_results(session):
    for person in ("ann", "bob", "eve"):
        exclude(session, person, at=float(ord(person[0])))
    found = results(session)
    assert (found["baseline"], found["agreement"], found["difficulty"]) == ([], [], [])


def test_exports_know_their_study(session):
    facts = study_facts(session, session.get(Study, "study"), collect(session, "study"))
    assert (facts.name, facts.dataset, facts.seed) == ("First", "mini", 7)
    assert "24 answers" in facts.methods


def test_models_are_compared_on_the_very_questions_that_people_answered(session, tmp_path):
    people = counted(collect(session, "study"))
    write_answers(tmp_path, "all", [copied(answer) for answer in people if answer.repeat == "ann"])
    write_answers(tmp_path, "half", [copied(answer) for answer in people if answer.repeat == "ann"][:4])
    other_sound = [copied(answer, audio_sha256="f" * 64) for answer in people if answer.repeat == "ann"]
    write_answers(tmp_path, "another-recording", other_sound)
    write_answers(tmp_path, "people", [copied(answer) for answer in people], kind="human")
    found = study_results(session, session.get(Study, "study"), tmp_path).comparison
    assert [comparison.folder for comparison in found] == ["all", "half"]
    assert "On all 8 questions that people answered it is 0.0 points above them" in found[0].sentence
    assert "On 4 of the 8 questions" in found[1].sentence
    assert "too few recordings for an interval" in found[1].sentence
    assert [(gap.samples, gap.answers) for gap in found[1].gaps] == [(4, 12), (4, 12)]


def copied(prediction, **changes):
    return prediction.model_copy(update={"repeat": "0", "order": [0, 1, 2, 3]} | changes)


def write_answers(runs, name, predictions, kind="model"):
    folder = write_run(runs, name, kind=kind, configurations=("vanilla",), summed_up=False)
    lines = "".join(prediction.model_dump_json() + "\n" for prediction in predictions)
    (folder / "predictions.jsonl").write_text(lines)
