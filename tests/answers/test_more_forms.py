"""Further marks of thoughts, guesses that are over, and answers behind a list that is denied."""

import pytest

from amarathon.answers import read_answer

EMOTIONS = ["Neutral", "Angry", "Sad", "Happy"]
THOUGHTS = [
    "<|{}_start|>T<|{}_end|>R",
    "<|{}_begin|>T<|{}_end|>R",
    "<|start_of_{}|>T<|end_of_{}|>R",
    "<|begin_of_{}|>T<|end_of_{}|>R",
    "<|{}|>T<|/{}|>R",
    "<{}>T</{}>R",
    "[{}]T[/{}]R",
]
NAMES = ["think", "thinking", "thought", "reasoning"]
OTHERS = [
    "<unused94>thought\nT<unused95>R",
    "<unused94>T<unused95>R",
    "<internal>T</internal>R",
    "<internal_monologue>T</internal_monologue>R",
    "<internal_thoughts>T</internal_thoughts>R",
    "<ponder>T</ponder>R",
]


@pytest.mark.parametrize("form", [*(form.format(name, name) for form in THOUGHTS for name in NAMES), *OTHERS])
def test_a_thought_is_left_out_whatever_its_marks_are(form: str) -> None:
    said = form.replace("T", "It could be A or B.").replace("R", "C")
    assert read_answer(said, EMOTIONS) == 2
    assert read_answer(said[: said.index("B.") + 2], EMOTIONS) is None


@pytest.mark.parametrize(
    "label",
    [
        "思考",
        "思路",
        "推理过程",
        "思考過程",
        "考え",
        "생각",
        "Pensamiento",
        "Pensée",
        "Gedanken",
        "Мысли",
        "التفكير",
    ],
)
def test_a_thought_under_its_own_label_is_left_out(label: str) -> None:
    assert read_answer(f"{label}: A?\nAnswer: C", EMOTIONS) == 2
    assert read_answer(f"**{label}:** A, B\n\n**Answer:** C", EMOTIONS) == 2


@pytest.mark.parametrize(
    "guess",
    [
        *(
            f"My {time} {what} was A"
            for time in ("initial", "first", "original", "earlier", "previous")
            for what in ("answer", "guess", "choice", "impression")
        ),
        "I was going to say A",
        "I was going to choose A",
        "I almost said A",
        "I was tempted to say A",
        "I would have said A",
    ],
)
@pytest.mark.parametrize("then", [", but the answer is C.", ". It is C.", "; C is correct.", "\nAnswer: C"])
def test_a_guess_that_is_over_is_none(guess: str, then: str) -> None:
    assert read_answer(guess + then, EMOTIONS) == 2
    assert read_answer(guess + ".", EMOTIONS) is None


@pytest.mark.parametrize(
    "reply",
    ["My first choice is C.", "First, the answer is C.", "I am going to go through it: C", "C. I said so."],
)
def test_what_only_looks_like_one_is_read(reply: str) -> None:
    assert read_answer(reply, EMOTIONS) == 2


@pytest.mark.parametrize(
    "denied",
    [
        "Neither A nor B",
        "neither neutral nor angry",
        "Not A or B",
        "Rule out A, B and D",
        "Eliminate A and B",
        "None of A, B, D",
        "None of A, B or D",
    ],
)
@pytest.mark.parametrize("link", ["; ", ": ", " - ", " -> ", " \N{RIGHTWARDS ARROW} ", ". "])
@pytest.mark.parametrize("answer", ["C", "sad"])
def test_what_follows_a_list_that_is_denied_is_the_answer(denied: str, link: str, answer: str) -> None:
    assert read_answer(denied + link + answer, EMOTIONS) == 2


@pytest.mark.parametrize(
    "reply", ["Neither A nor B: Angry", "It is not B: Angry", "Neither A: Neutral nor B: Angry"]
)
def test_a_label_and_its_text_are_denied_together(reply: str) -> None:
    assert read_answer(reply, EMOTIONS) is None


@pytest.mark.parametrize("denied", ["Rule out A, B and D", "Eliminate A and B", "Not A, B or D"])
@pytest.mark.parametrize("left", ["C remains.", "C is left.", "C is what remains."])
def test_what_is_left_is_the_answer(denied: str, left: str) -> None:
    assert read_answer(f"{denied}. {left}", EMOTIONS) == 2


@pytest.mark.parametrize(
    "reply", ["D remains.", "It remains a question of C or B.", "A remains possible, so does B."]
)
def test_what_remains_is_read_with_care(reply: str) -> None:
    assert read_answer(reply, EMOTIONS) == (3 if reply == "D remains." else None)
