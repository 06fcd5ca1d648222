import pytest

from amarathon.metrics import score
from human_eval.results.collecting import answered_work, collect, counted
from tests.human_eval.study_rows import add_answer, add_study, empty_database, exclude, item, recording


@pytest.fixture
def session():
    with empty_database() as session:
        yield add_study(session)


def test_an_answer_is_scored_as_a_models_whatever_order_it_was_shown_in(session):
    records = counted(collect(session, "study"))
    assert len(records) == 8
    assert all(record.correct for record in records)
    assert score("MC", [record.model_dump() for record in records])["accuracy"] == 100
    first = next(record for record in records if record.repeat == "bob")
    # Option 0 stood at the third place.
    assert (first.order, first.reply, first.answer_read) == ([3, 1, 0, 2], "C", 0)


def test_excluding_is_undone_by_the_next_decision(session):
    exclude(session, "ann", at=1.0)
    assert {record.repeat for record in counted(collect(session, "study"))} == {"bob"}
    exclude(session, "ann", excluded=False, at=2.0)
    exclude(session, "bob", number=2, at=3.0)
    submitted = collect(session, "study")
    assert len(counted(submitted)) == 7
    assert [answer.assignment_id for answer in submitted if answer.excluded] == ["bob-2"]


def test_practice_is_no_result_and_a_skip_is_an_answer_that_failed(session):
    session.add_all([recording(8), item(8, kind="practice"), recording(9), item(9)])
    session.flush()
    add_answer(session, "ann", 8, choice=0)
    add_answer(session, "ann", 9, choice=None, state="skipped")
    submitted = collect(session, "study")
    assert {answer.kind for answer in submitted} == {"main", "practice"}
    (skipped,) = [answer for answer in submitted if answer.prediction.error]
    assert (skipped.prediction.sample_id, skipped.prediction.error) == ("s9", "Skipped.")
    assert skipped.comment == "no sound"
    assert len(list(answered_work(submitted))) == 8


def test_gold_checks_count_and_say_whether_they_were_passed(session):
    session.add_all([recording(8), item(8, kind="gold"), recording(9), item(9, kind="gold")])
    session.flush()
    add_answer(session, "ann", 8, choice=0)
    add_answer(session, "ann", 9, choice=3)
    submitted = collect(session, "study")
    assert [answer.work.check_passed for answer in submitted if answer.kind == "gold"] == [True, False]
    assert len(counted(submitted)) == 10
