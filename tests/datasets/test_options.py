"""Gold answers: found by text, label or letter, or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amarathon.datasets.options import find_answer, make_option
from amarathon.errors import DatasetError
from amarathon.tasks import TASKS
from amarathon.tasks.sample import OPTION_LETTERS, Option


def options(*texts: str, task: str = "SCR") -> list[Option]:
    return [make_option(text, TASKS[task].labels) for text in texts]


@pytest.mark.parametrize(
    ("task", "text", "label"),
    [
        ("MC", "Blues - blues", "blues"),
        ("MC", " hip-hop ", "hip-hop"),
        ("MC", "Hip-hop - hiphop", "hiphop"),
        ("ASC", "Traveling by a tram - tram", "tram"),
        ("ASC", "Metro station", "metro_station"),
        ("ASC", "metro", "metro"),
        ("SED", "electric shaver toothbrush", "Electric_shaver_toothbrush"),
        ("SAR", "Senior (51–70)", "Senior (51-70)"),
        ("SCR", "Tom - the tram driver", "Tom - the tram driver"),
        ("ER", "Monotone", "Monotone"),
    ],
)
def test_an_option_has_the_label_it_ends_in_or_its_text(task: str, text: str, label: str) -> None:
    assert make_option(text, TASKS[task].labels) == Option(text.strip(), label)


@pytest.mark.parametrize(
    ("gold", "texts", "task", "index"),
    [
        ("B", ("x", "y", "z"), "SCR", 1),
        ("(c)", ("x", "y", "z"), "SCR", 2),
        ("c.", ("x", "y", "z"), "SCR", 2),
        ("Y ", ("x", "y", "z"), "SCR", 1),
        ("A", ("A", "B"), "SCR", 0),  # letter and text agree
        ("5", ("5%", "5"), "SCR", 1),  # the whole text comes before what is like it
        ("blues", ("Rock - rock", "Blues - blues"), "MC", 1),
        ("Hip-Hop", ("Rock - rock", "Hip-hop - hiphop"), "MC", 1),
        ("metro_station", ("On a metro - metro", "Metro station - metro_station"), "ASC", 1),
        ("metro", ("Metro station - metro_station", "On a metro - metro"), "ASC", 1),
        ("Caf\u0065\u0301", ("tea", "CAFÉ"), "SCR", 1),
    ],
)
def test_gold_answers_are_found(gold: str, texts: tuple[str, ...], task: str, index: int) -> None:
    assert find_answer(gold, options(*texts, task=task)) == index


@pytest.mark.parametrize(
    ("gold", "texts", "reason"),
    [
        ("", ("x", "y"), "none of its options"),
        ("-", ("x", "y"), "none of its options"),
        ("C", ("x", "y"), "none of its options"),
        ("metro", ("bus", "metro_station"), "none of its options"),
        ("B", ("b", "x"), "may mean the options A and B"),
        ("blues", ("Blues - a", "Blues - b"), "may mean the options A and B"),
    ],
)
def test_gold_answers_are_never_guessed(gold: str, texts: tuple[str, ...], reason: str) -> None:
    with pytest.raises(DatasetError, match=reason):
        find_answer(gold, options(*texts))


# Texts that are no letter and that a reader would not take for one another.
apart = st.lists(
    st.text(st.characters(categories=["Ll", "Nd"]), min_size=2),
    min_size=2,
    max_size=5,
    unique_by=str.casefold,
)


@given(apart, st.data())
def test_every_option_is_found_by_its_letter_and_by_its_text(texts: list[str], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(texts) - 1))
    shown = options(*texts)
    assert find_answer(OPTION_LETTERS[index], shown) == index
    assert find_answer(f" {texts[index]}\n", shown) == index


@given(st.text(), st.lists(st.text(), max_size=5))
def test_any_text_is_found_or_refused(gold: str, texts: list[str]) -> None:
    shown = options(*texts)
    try:
        index = find_answer(gold, shown)
    except DatasetError:
        return
    assert 0 <= index < len(shown)
