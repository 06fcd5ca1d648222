"""Normal forms, word errors, and the words that go wrong."""

import jiwer
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amarathon.metrics.transcripts import (
    analyse_errors,
    count_word_errors,
    paper_normalise,
    spoken_content,
    whisper_normalise,
)

WORDS = st.lists(st.sampled_from(["the", "a", "cat", "sat", "on", "mat"]), max_size=12).map(" ".join)


@pytest.mark.parametrize(
    ("reply", "content"),
    [
        ("Spoken Content: hello there", "hello there"),
        ("spoken content:hello", "hello"),
        ("**Spoken Content:** hello", "hello"),
        ("\n Spoken  Content : hello", "hello"),
        ("Spoken Content:", ""),
        ("hello", "hello"),
        ("The words spoken content: are these", "The words spoken content: are these"),
        ("Spoken Content: spoken content: twice", "spoken content: twice"),
    ],
)
def test_prefix_of_the_prompt_is_taken_off(reply: str, content: str) -> None:
    assert spoken_content(reply) == content


def test_paper_normaliser_does_what_the_paper_says() -> None:
    assert (
        paper_normalise('It\'s "well-known": (yes), [no]; {so}? Oh!  No.\n')
        == "its wellknown yes no so oh no"
    )
    assert paper_normalise("Twenty-one colours") == "twentyone colours"


def test_whisper_normaliser_unifies_english() -> None:
    assert whisper_normalise("Um, Mr. Smith isn't twenty-one; it's the colour.") == (
        "mister smith is not 21 it is the color"
    )


@pytest.mark.parametrize(
    "text", ["9" * 5000, "1.5" * 3000, "one " * 3000, "\N{SUPERSCRIPT TWO}", "\ud800", "$" * 99]
)
def test_whatever_a_model_writes_can_be_normalised(text: str) -> None:
    assert len(whisper_normalise(text).split()) <= len(text)


@given(WORDS, WORDS)
def test_word_errors_are_jiwers(reference: str, hypothesis: str) -> None:
    errors = count_word_errors(reference, hypothesis)
    assert errors.reference_words - errors.deletions + errors.insertions == errors.hypothesis_words
    if reference and hypothesis:
        assert errors.edits / errors.reference_words == pytest.approx(jiwer.wer(reference, hypothesis))
    else:
        assert errors.edits == len(reference.split()) + len(hypothesis.split())


def test_most_frequent_errors_are_listed_as_in_the_papers_tables() -> None:
    pairs = [
        ("the cat and the dog", "Spoken Content: cat and dog"),
        ("an apple", "and apple"),
        ("an egg", "and egg"),
        ("silence", ""),
        ("", "so noise"),
        ("we go now", "we go up now"),
    ]
    found = analyse_errors(pairs, top=2)
    assert found.deletions == (("the", 2), ("silence", 1))
    assert found.substitutions == (("an", "and", 2),)
    assert found.insertions == (("noise", 1), ("so", 1))
