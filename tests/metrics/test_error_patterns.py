"""Patterns of word errors, counted by hand."""

import pytest

from amarathon.metrics.error_patterns import find_pattern, is_loop


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", False),
        ("no no no no", False),
        ("no no no no no", True),
        ("he said " * 4, False),
        ("well he said " + "he said " * 4 + "so", True),
        ("a b c d e f g h i j " * 5, True),
        ("a b c d e f g h i j k " * 5, False),
        ("one two three four five six", False),
    ],
)
def test_a_loop_is_five_times_the_same(text: str, expected: bool) -> None:
    assert is_loop(text.split()) is expected


def test_errors_are_added_up() -> None:
    found = find_pattern([("the cat sat", "the bat sat down"), ("a long road", "road"), ("quiet", "")])
    assert (found.transcripts, found.empty, found.looped, found.reference_words) == (3, 1, 0, 7)
    assert (found.substitutions, found.deletions, found.insertions) == (1, 3, 1)


def test_nothing_is_nothing() -> None:
    assert find_pattern([]).transcripts == 0
