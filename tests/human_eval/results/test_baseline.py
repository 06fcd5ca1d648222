import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amarathon.metrics import score
from human_eval.results.baseline import baseline, majority_answers
from tests.human_eval.answers import answer, spoken

PEOPLE = ("ann", "bob", "eve", "kim", "lee", "max")


def study(samples=12, right=lambda person, sample: True):
    """Everybody answers every sample; who is wrong chooses the next option."""
    return [
        answer(f"s{sample}", person, (sample + (not right(number, sample))) % 4, answer=sample % 4)
        for sample in range(samples)
        for number, person in enumerate(PEOPLE)
    ]


def only(answers):
    (found,) = baseline(answers)
    return found


def test_people_who_are_always_right_have_full_marks_and_are_as_sure_as_so_few_can_be():
    found = only(study())
    assert (found.task, found.metric, found.samples, found.answers) == ("SCR", "macro_f1", 12, 72)
    assert (found.mean, found.together, found.majority) == (100, 100, 100)
    assert (found.together_interval.low, found.together_interval.high) == (
        pytest.approx(100 * 0.025 ** (1 / 12)),
        100,
    )
    # For other people too it is less sure than for other recordings alone.
    assert 20 < found.mean_interval.low < found.together_interval.low
    assert found.mean_interval.high == 100


def test_each_figure_is_that_of_the_metrics_that_models_are_scored_by():
    answers = study(right=lambda person, sample: (person + sample) % 3 > 0)
    found, rows = only(answers), [answer.model_dump() for answer in answers]
    by_person = {
        person: score("SCR", [row for row in rows if row["repeat"] == person])["macro_f1"]
        for person in PEOPLE
    }
    assert {person.annotator: person.score for person in found.people} == pytest.approx(by_person)
    assert found.mean == pytest.approx(sum(by_person.values()) / len(PEOPLE))
    assert found.together == pytest.approx(score("SCR", rows)["macro_f1"])
    # Two in three are right about each sample.
    assert found.majority == 100
    assert found.people == sorted(found.people, key=lambda person: -person.score)


def test_the_interval_of_the_mean_covers_other_people():
    # Three know all and three know nothing: all that is uncertain is who is asked.
    found = only(study(samples=40, right=lambda person, sample: person < 3))
    assert found.mean == 50
    assert found.mean_interval.low < 35
    assert found.mean_interval.high > 65
    over_samples = found.together_interval.high - found.together_interval.low
    assert over_samples < 0.6 * (found.mean_interval.high - found.mean_interval.low)


def test_few_people_have_no_interval_over_people():
    few = [answer for answer in study() if answer.repeat in PEOPLE[:4]]
    assert only(few).mean_interval is None
    assert only(few).together_interval is not None


def test_a_tie_is_decided_the_same_way_whoever_comes_first():
    tied = [answer("s0", "ann", 1), answer("s0", "bob", 2)]
    rows = [answer.model_dump() for answer in tied]
    assert majority_answers(rows)[0]["reply"] == majority_answers(rows[::-1])[0]["reply"]
    many = [answer(f"s{n}", who, c).model_dump() for n in range(60) for who, c in (("ann", 1), ("bob", 2))]
    replies = [row["reply"] for row in majority_answers(many)]
    assert 15 < replies.count("B") < 45


def test_of_transcripts_the_one_nearest_to_the_others_is_taken():
    transcripts = ("the quick brown fox", "the quick brown box", "a quick brown fox", "the quick brown fox")
    rows = [spoken("s0", who, text).model_dump() for who, text in zip(PEOPLE, transcripts, strict=False)]
    assert majority_answers(rows)[0]["reply"] == "the quick brown fox"


def test_a_skipped_answer_is_in_no_score():
    skipped = answer("s0", "zoe", 0, error="Skipped: no sound.")
    assert only([*study(), skipped]) == only(study())


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(PEOPLE), st.integers(0, 3)), min_size=1))
def test_every_figure_lies_between_0_and_100_and_in_its_interval(choices):
    answers = {(s, who): answer(f"s{s}", who, choice, answer=s % 4) for s, who, choice in choices}
    found = only(list(answers.values()))
    assert all(0 <= value <= 100 for value in (found.mean, found.together, found.majority))
    assert found.samples == len({s for s, _ in answers})
