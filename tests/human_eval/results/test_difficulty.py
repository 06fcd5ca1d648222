import pytest

from human_eval.results.difficulty import sample_difficulties
from tests.human_eval.answers import answer, spoken


def test_people_and_models_stand_side_by_side_hardest_first():
    people = [
        answer("easy", "ann", 0),
        answer("easy", "bob", 0),
        answer("hard", "ann", 1),
        answer("hard", "bob", 0),
        answer("hard", "eve", 2),
        answer("easy", "eve", 0, error="Skipped."),
    ]
    models = {"small": [answer("hard", "0", 0), answer("other", "0", 0)]}
    hard, easy = sample_difficulties(people, models)
    assert (hard.sample_id, hard.answers, hard.models) == ("hard", 3, {"small": 100.0})
    assert hard.people == pytest.approx(100 / 3)
    assert (easy.people, easy.answers, easy.models) == (100.0, 2, {})


def test_transcripts_are_scored_by_their_words():
    transcript = spoken("talk", "ann", "the quick brown")
    transcript = transcript.model_copy(update={"reference": "the quick brown fox"})
    assert sample_difficulties([transcript], {})[0].people == pytest.approx(75)
