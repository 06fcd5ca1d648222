"""The spread over repeats, against SciPy and scikit-learn."""

import numpy as np
import pytest
from scipy.stats import ttest_1samp
from sklearn.metrics import f1_score

from amarathon.metrics.breakdown import break_down
from amarathon.metrics.repeats import mean_and_ends, repeat_spreads

OPTIONS = ["one", "two", "three", "four"]


def row(index, repeat, read, task="SCR", **more):
    given = {"sample_id": f"{task}{index}", "task": task, "repeat": str(repeat), "options": OPTIONS}
    given |= {"answer": index % 4, "reply": "ABCD"[read], "answer_read": read, "labels": []}
    given |= {"service": {"stop": "stop", "usd": None}, "sources": [f"{task}{index}"], "duration_s": 9.0}
    return given | more


def drawn(seed=0, repeats=4, count=40):
    rng = np.random.default_rng(seed)
    return {
        repeat: [index % 4 if rng.random() < 0.7 else int(rng.integers(4)) for index in range(count)]
        for repeat in range(repeats)
    }


@pytest.mark.parametrize("scores", [(50.0, 60.0), (50.0, 51.0, 54.5), (40.0, 40.0, 40.0, 41.0)])
def test_the_interval_of_the_mean_is_students(scores):
    mean, low, high = mean_and_ends(scores)
    expected = ttest_1samp(scores, 0).confidence_interval(0.95)
    assert mean == pytest.approx(np.mean(scores))
    assert (low, high) == pytest.approx((max(expected.low, 0), min(expected.high, 100)))


def test_repeats_that_agree_have_no_spread():
    assert mean_and_ends([70.0, 70.0, 70.0]) == (70.0, 70.0, 70.0)


def test_each_repeat_is_scored_on_its_own():
    replies = drawn()
    rows = [row(index, repeat, read) for repeat, reads in replies.items() for index, read in enumerate(reads)]
    overall, spread = repeat_spreads(rows)
    gold = [index % 4 for index in range(40)]
    expected = [100 * f1_score(gold, reads, average="macro") for reads in replies.values()]
    assert spread.scores == pytest.approx(expected)
    assert spread.varied == sum(len(set(times)) > 1 for times in zip(*replies.values(), strict=True))
    assert (spread.task, spread.metric, spread.count) == ("SCR", "macro_f1", 40)
    assert (overall.task, overall.scores) == ("overall", pytest.approx(expected))


def test_the_mean_over_tasks_is_taken_within_each_repeat():
    rows = [row(i, r, reads[i]) for r, reads in drawn(1).items() for i in range(40)]
    rows += [row(i, r, reads[i], task="SER") for r, reads in drawn(2).items() for i in range(40)]
    overall, first, second = repeat_spreads(rows)
    assert overall.scores == pytest.approx(np.mean([first.scores, second.scores], axis=0))
    assert (overall.count, overall.varied) == (80, first.varied + second.varied)


def test_only_questions_that_every_repeat_answered_count():
    rows = [row(i, r, i % 4) for r in range(2) for i in range(8)]
    rows = [each for each in rows if (each["sample_id"], each["repeat"]) != ("SCR3", "1")]
    assert {spread.count for spread in repeat_spreads(rows)} == {7}


def test_transcripts_vary_by_their_words():
    texts = [("the cat sat", "The  cat sat"), ("a dog", "a log")]
    rows = [
        row(i, r, 0, task="ASR", options=[], reply=text, reference=texts[i][0], answer=None)
        for i, times in enumerate(texts)
        for r, text in enumerate(times)
    ]
    assert [(s.varied, s.scores) for s in repeat_spreads(rows)] == [(1, [100.0, 80.0])] * 2


@pytest.mark.parametrize(
    "rows",
    [
        [row(i, 0, 0) for i in range(8)],
        [row(i, person, 0, service=None) for i in range(8) for person in ("anna", "ben")],
    ],
    ids=["asked once", "people"],
)
def test_what_was_asked_once_or_of_people_has_none_and_none_is_written(rows):
    assert repeat_spreads(rows) == []
    assert '"repeats"' not in break_down(rows).model_dump_json()


def test_repeats_of_one_question_are_no_more_evidence_than_one():
    once = break_down([row(i, 0, 0 if i % 3 else i % 4) for i in range(40)])
    thrice = break_down([row(i, r, 0 if i % 3 else i % 4) for i in range(40) for r in range(3)])
    first, second = (next(cell for cell in found.cells if cell.task == "SCR") for found in (once, thrice))
    assert (first.score, first.low, first.high) == pytest.approx((second.score, second.low, second.high))
