"""Scores by both protocols, against scikit-learn, jiwer and sums by hand."""

import random
from typing import Any

import jiwer
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from amarathon.errors import ScoreError, TaskError
from amarathon.metrics import score
from amarathon.metrics.transcripts import paper_normalise, whisper_normalise

OPTIONS = ["Neutral", "Angry", "Sad", "Happy"]


def choice(answer: int, reply: str, **more: Any) -> dict[str, Any]:
    return {"reply": reply, "options": OPTIONS, "answer": answer, **more}


def transcript(reference: str, reply: str, **more: Any) -> dict[str, Any]:
    return {"reply": reply, "reference": reference, **more}


def test_strict_counts_unread_as_wrong_and_published_leaves_it_out() -> None:
    predictions = [choice(0, "A"), choice(1, "B"), choice(1, "I cannot tell"), choice(0, "B")]
    strict = score("ER", predictions)
    # A: 1 of 2 found, nothing else called A. B: 1 of 2 found, one A called B.
    assert strict["macro_f1"] == pytest.approx(100 * (2 / 3 + 1 / 2) / 2)
    assert strict["accuracy"] == 50.0
    assert (strict["unread"], strict["count"], strict["failed"]) == (25.0, 4, 0)
    published = score("ER", predictions, protocol="published")
    assert published["macro_f1"] == pytest.approx(100 * (2 / 3 + 2 / 3) / 2)
    assert published["accuracy"] == pytest.approx(200 / 3)
    assert (published["unread"], published["count"]) == (25.0, 3)


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["A", "B", "C", "D", "", "none"])), min_size=1))
def test_macro_f1_is_scikit_learns(rows: list[tuple[int, str]]) -> None:
    predictions = [choice(gold, reply) for gold, reply in rows]
    read = [(gold, "ABCD".index(reply)) for gold, reply in rows if reply in set("ABCD")]
    published = score("ER", predictions, protocol="published")
    if read:
        gold, answers = zip(*read, strict=True)
        assert published["macro_f1"] == pytest.approx(100 * f1_score(gold, answers, average="macro"))
    else:
        assert published["macro_f1"] is None
        assert published["accuracy"] is None
    strict = score("ER", predictions)
    occurring = sorted({gold for gold, _ in rows} | {index for _, index in read})
    answers = ["ABCD".index(reply) if reply in set("ABCD") else -1 for _, reply in rows]
    expected = f1_score(
        [gold for gold, _ in rows], answers, labels=occurring, average="macro", zero_division=0
    )
    assert strict["macro_f1"] == pytest.approx(100 * expected)


def test_labels_are_scored_where_the_task_has_a_label_set() -> None:
    # Always the second letter: letters are worth little, labels show that "sad" is never found.
    rows = [(["happy", "sad"], 0), (["sad", "happy"], 1), (["angry", "happy"], 1)]
    predictions = [
        {"reply": "B", "options": labels, "labels": labels, "answer": answer} for labels, answer in rows
    ]
    found = score("ER", predictions)
    gold, read = ["happy", "happy", "happy"], ["sad", "happy", "happy"]
    assert found["macro_f1_labels"] == pytest.approx(100 * f1_score(gold, read, average="macro"))
    assert "macro_f1_labels" not in score("ER", [choice(0, "A")])
    assert "macro_f1_labels" not in score("SCR", [choice(0, "A", labels=OPTIONS)])


def test_letters_are_those_of_the_order_shown() -> None:
    shuffled = choice(2, "The answer is A.", order=[2, 0, 3, 1])
    assert score("ER", [shuffled])["accuracy"] == 100.0
    by_text = choice(2, "Sad", order=[2, 0, 3, 1])
    assert score("ER", [by_text])["accuracy"] == 100.0


def test_failed_predictions_are_counted_and_not_scored() -> None:
    found = score("ER", [choice(0, "A"), choice(1, "", error="The file cannot be decoded.")])
    assert (found["accuracy"], found["count"], found["failed"], found["unread"]) == (100.0, 1, 1, 0.0)
    nothing = score("ER", [choice(1, "", error="No memory.")])
    assert (nothing["macro_f1"], nothing["unread"], nothing["count"], nothing["failed"]) == (None, None, 0, 1)


def test_strict_word_accuracy_is_over_the_corpus_after_whispers_normaliser() -> None:
    pairs = [
        ("Mr. Smith isn't at the colour shop", "Spoken Content: mister smith is not at the color stop"),
        ("a long reference with very many words in it", ""),
        ("yes", "spoken content: YES"),
    ]
    found = score("ASR", [transcript(*pair) for pair in pairs])
    references = [whisper_normalise(reference) for reference, _ in pairs]
    hypotheses = [whisper_normalise(reply.partition(":")[2] or reply) for _, reply in pairs]
    assert found["war"] == pytest.approx(100 * (1 - jiwer.wer(references, hypotheses)))
    assert (found["count"], found["unread"]) == (3, pytest.approx(100 / 3))


def test_published_word_accuracy_is_the_mean_over_utterances() -> None:
    pairs = [
        ("It's a well-known fact!", "its a wellknown (fact)"),
        ("one two three four", "one two"),
        ("lost", ""),
    ]
    found = score("ASR", [transcript(*pair) for pair in pairs], protocol="published")
    rates = [jiwer.wer(paper_normalise(here), paper_normalise(there)) for here, there in pairs[:2]]
    assert found["war"] == pytest.approx(100 * (1 - sum(rates) / 2)) == pytest.approx(75.0)
    assert (found["count"], found["unread"]) == (2, pytest.approx(100 / 3))


@pytest.mark.parametrize(
    ("reply", "strict", "published"),
    [
        # WAR and count by either protocol.
        ("Spoken Content: <the quick brown fox>", (100.0, 1), (50.0, 1)),
        ("I hear spoken content: the quick brown fox", (0.0, 1), (100.0, 1)),
        (".", (0.0, 1), (0.0, 1)),
        ("...", (0.0, 1), (0.0, 1)),
        ("", (0.0, 1), (None, 0)),
        ("Spoken Content:", (0.0, 1), (None, 0)),
        ("<think>the quick brown fox", (0.0, 1), (None, 0)),
        ("<think>What?</think>Spoken Content: the quick brown fox", (100.0, 1), (100.0, 1)),
        ("The Quick Brown Fox\N{HORIZONTAL ELLIPSIS}", (100.0, 1), (100.0, 1)),
    ],
)
def test_transcripts_by_both_protocols(
    reply: str, strict: tuple[float, int], published: tuple[float | None, int]
) -> None:
    for protocol, (war, count) in (("strict", strict), ("published", published)):
        found = score("ASR", [transcript("the quick brown fox", reply)], protocol)  # type: ignore[arg-type]
        assert (found["war"], found["count"]) == (war, count)


def test_a_transcript_of_marks_alone_is_unread_and_all_wrong() -> None:
    predictions = [transcript("yes it is", "Yes, it is."), transcript("no", ".")]
    strict, published = score("ASR", predictions), score("ASR", predictions, "published")
    assert (strict["war"], strict["unread"]) == (75.0, 50.0)
    assert (published["war"], published["unread"], published["count"]) == (50.0, 50.0, 2)


def test_thoughts_are_left_out_of_choices_and_transcripts_alike() -> None:
    thought = "<think>Perhaps A, neutral.</think>"
    assert score("ER", [choice(1, f"{thought}B")])["accuracy"] == 100.0
    assert score("ER", [choice(0, "<think>A")])["unread"] == 100.0
    assert score("ASR", [transcript("so it is", f"{thought}So it is.")])["war"] == 100.0


def test_word_accuracy_is_never_negative() -> None:
    babble = [transcript("yes", "no no no no")]
    assert score("ASR", babble)["war"] == 0.0
    assert score("ASR", babble, protocol="published")["war"] == 0.0


def test_nothing_to_score_is_none() -> None:
    assert score("ASR", [])["war"] is None
    assert score("ASR", [transcript("um", "hello")])["war"] is None
    assert score("SCR", []) == {"macro_f1": None, "accuracy": None, "unread": None, "count": 0, "failed": 0}


@pytest.mark.parametrize(
    ("prediction", "fault"),
    [
        ({"reply": "A", "options": OPTIONS}, "no right answer"),
        ({"reply": "A", "answer": 0}, "no options"),
        ({"reply": "A", "options": OPTIONS, "answer": 4}, "does not fit its options"),
        ({"reply": "A", "options": OPTIONS, "answer": 0, "order": [0, 1]}, "does not fit its options"),
        ({"reply": "A", "options": OPTIONS, "answer": 0, "labels": ["x"]}, "1 labels for 4 options"),
        ({"options": OPTIONS, "answer": 0}, "no reply"),
    ],
)
def test_faulty_predictions_are_named(prediction: dict[str, Any], fault: str) -> None:
    with pytest.raises(ScoreError, match=fault):
        score("ER", [prediction])
    with pytest.raises(ScoreError, match="The prediction of er-7 "):
        score("ER", [{"sample_id": "er-7", **prediction}])


def test_faulty_requests_are_refused() -> None:
    with pytest.raises(ScoreError, match="no reference"):
        score("ASR", [{"reply": "hello"}])
    with pytest.raises(ScoreError, match="strict and published"):
        score("ER", [], protocol="loose")  # type: ignore[arg-type]
    with pytest.raises(TaskError, match="SER, SCR, ASR"):
        score("XYZ", [])


def test_one_letter_for_everything_scores_what_the_formula_says() -> None:
    random.seed(0)
    gold = [random.randrange(4) for _ in range(400)]
    found = score("ER", [choice(label, "A") for label in gold])
    share = gold.count(0) / len(gold)
    assert found["macro_f1"] == pytest.approx(100 * 2 * share / (1 + share) / 4)
