"""How long work takes, as the administrator is told."""

import pytest

from human_eval.storage.schema import Answer, Participant, Study
from human_eval.studies.progress import by_annotator, by_task
from human_eval.studies.times import answer_times, duration, estimate, minutes_for
from tests.human_eval.study_rows import add_answer, add_study, empty_database, item, recording


@pytest.fixture
def session():
    with empty_database() as session:
        yield add_study(session, samples=3)


def study(session, state="open"):
    found = session.get(Study, "study")
    found.state = state
    session.flush()
    return found


def test_before_there_are_answers_it_is_the_audio_and_answering(session):
    with empty_database() as empty:
        add_study(empty, people=(), samples=3)
        (pace,) = answer_times(empty, study(empty)).values()
        assert (pace.seconds, pace.basis) == (115.0, "estimated")  # 100 s of audio, and 15 s
        assert estimate("ASR", 90.0) == 360.0


def test_then_it_is_the_median_of_the_answers_listening_included(session):
    for number, seconds in enumerate((60.0, 80.0, 100.0, 120.0, 90_000.0)):  # one closed the lid overnight
        person = ("ann", "bob")[number % 2]
        session.get(Answer, f"answer-{person}-{number // 2}").elapsed_s = seconds
    session.get(Answer, "answer-bob-2").elapsed_s = 100.0
    session.flush()
    (pace,) = answer_times(session, study(session)).values()
    assert (pace.seconds, pace.basis) == (100.0, "measured")
    assert minutes_for({"MC": 6}, {"MC": pace}) == 10.0


def test_who_has_finished_has_no_time_left(session):
    session.add_all([recording(8), item(8)])
    session.get(item(8).__class__, "i8").free = 2
    session.get(Participant, "bob").submitted_at = 5.0
    session.flush()
    ann, bob = by_annotator(session, study(session))
    assert ann["minutes_left"] > 0
    assert (bob["minutes_left"], bob["submitted"]) == (0.0, True)
    (task,) = by_task(session, study(session))
    assert task["minutes_left"] > 0
    assert [annotator["minutes_left"] for annotator in by_annotator(session, study(session, "closed"))] == [
        0.0,
        0.0,
    ]
    assert by_task(session, study(session, "closed"))[0]["minutes_left"] == 0.0


def test_who_has_answered_everything_has_no_time_left(session):
    assert [annotator["minutes_left"] for annotator in by_annotator(session, study(session))] == [0.0, 0.0]


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "no time"),
        (0.2, "1 minute"),
        (1, "1 minute"),
        (5.4, "5 minutes"),
        (89, "89 minutes"),
        (150, "2.5 hours"),
    ],
)
def test_a_time_in_words(minutes, words):
    assert duration(minutes) == words


def test_a_skip_is_no_answer_to_measure(session):
    session.add_all([recording(8), item(8)])
    session.flush()
    add_answer(session, "ann", 8, choice=None, state="skipped")
    assert answer_times(session, study(session))["MC"].basis == "measured"
