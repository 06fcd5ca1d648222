"""Corrections, echoes, rankings, eliminations and hedges."""

import pytest

from amarathon.answers import read_answer

EMOTIONS = ["Neutral", "Angry", "Sad", "Happy"]
REAL_FAKE = ["Real", "Fake"]
A, B, C, D = range(4)


@pytest.mark.parametrize(
    "reply",
    [
        "A. Wait, actually B.",
        "A. Wait, B",
        "A. Wait, no, it's B.",
        "A... no, wait, it's B.",
        "A - sorry, I meant B",
        "A, sorry, B",
        "A. Actually, B.",
        "The answer is A. Actually, it is B.",
        "I think A. On second thought, B.",
        "A. Scratch that, B",
        "A. Correction: B",
        "A. No, B.",
        "A, no, B",
        "Answer: A. Let me reconsider. The answer is B.",
        "Answer: A\n\nWait, that's wrong. Answer: B",
        "First I thought A, but it is B",
        "I initially chose A. Final answer: B",
        "A (actually, B)",
        "It could be A. The final answer is B.",
        "A? No, B.",
        "A. Oops, B.",
        "A. I mean B.",
        "A, or rather B",
        "A -> wait -> B",
        "Initially I said A, but I changed my mind: B",
        "A. Hold on. B is better.",
        "A. Wait, C. No, wait, B.",
        "<answer>A</answer> Wait, <answer>B</answer>",
        "\\boxed{A}. Wait, that is wrong: \\boxed{B}",
        "My final answer is B. Earlier I said A.",
    ],
)
def test_a_withdrawn_answer_is_not_read(reply: str) -> None:
    assert read_answer(reply, EMOTIONS) == B


@pytest.mark.parametrize(
    "reply", ["A. Wait, let me think about it again.", "A. Wait, B or C?", "A. Scratch that."]
)
def test_what_is_withdrawn_and_not_replaced_is_no_answer(reply: str) -> None:
    assert read_answer(reply, EMOTIONS) is None


@pytest.mark.parametrize(
    "reply",
    [
        "B. Wait for the end: the man shouts.",
        "B. Sorry for the confusion earlier.",
        "B. No other option fits.",
        "B. Actually, the audio is clear.",
        "The answer is B. Hmm, wait. Let me check. Yes, B.",
        "B. Actually, A is wrong.",
        "The answer is B. No, it is not A.",
    ],
)
def test_words_of_correction_that_correct_nothing(reply: str) -> None:
    assert read_answer(reply, EMOTIONS) == B


ECHO = "A: Neutral B: Angry C: Sad D: Happy"


@pytest.mark.parametrize(
    "reply",
    [
        f"{ECHO}. The answer is C",
        f"{ECHO}\nC",
        f"The options are {ECHO}. C",
        f"C. The options were {ECHO}",
        "A) Neutral, B) Angry, C) Sad, D) Happy -> C",
        "(A) Neutral (B) Angry (C) Sad (D) Happy Answer: C",
        "Options: A. Neutral B. Angry C. Sad D. Happy C",
        "Please select (A, B, C, or D). C",
        "Neutral, Angry, Sad, Happy: Sad",
        "A: Neutral\nB: Angry\nC: Sad\nD: Happy\nC",
        "A. Neutral\nB. Angry\nC. Sad\nD. Happy\n\nThe correct answer is C. Sad",
        "Option A: Neutral, option B: Angry, option C: Sad, option D: Happy. I choose C.",
    ],
)
def test_echoed_options_are_no_answers(reply: str) -> None:
    assert read_answer(reply, EMOTIONS) == C


@pytest.mark.parametrize("reply", [ECHO, "A, B, C, D", "1. A 2. B 3. C 4. D", "Neutral, Angry, Sad or Happy"])
def test_an_echo_alone_is_no_answer(reply: str) -> None:
    assert read_answer(reply, EMOTIONS) is None


@pytest.mark.parametrize(
    "reply",
    [
        "B > A > C",
        "B > A > C > D",
        "B>A",
        "**B** > **A**",
        "B: Angry > A: Neutral",
        "1. B 2. A",
        "1. B\n2. A\n3. C",
        "1) B 2) A",
        "1. Angry\n2. Happy",
        "A: 10%, B: 80%",
        "A: 0.1, B: 0.8, C: 0.05, D: 0.05",
        "A (10%), B (80%), C (10%)",
        "Neutral: 5%\nAngry: 85%\nSad: 5%\nHappy: 5%",
        '{"A": 0.1, "B": 0.7}',
        "B with 80% confidence, C with 20%",
        '{"A": false, "B": true}',
        "B is more likely than A.",
        "B is the most likely; A is possible.",
    ],
)
def test_the_first_of_a_ranking_is_the_answer(reply: str) -> None:
    assert read_answer(reply, EMOTIONS) == B


@pytest.mark.parametrize(
    "reply",
    [
        "Not A, so B",
        "A is ruled out, so B",
        "Not A, not C; B",
        "Neither A nor C; B",
        "Neither A nor C, B",
        "Neither A nor C. B",
        "It is neither A nor C but B",
        "A, C, D are wrong; B",
        "Only B fits.",
        "We can eliminate A, C, and D. That leaves B.",
        "Eliminating A, C and D leaves B.",
        "It can't be A or C or D, so it's B.",
        "While A is tempting, B is correct.",
        "A is tempting, but B is the correct answer.",
        "A or B? B.",
        "Between A and B, I choose B.",
        "The answer could be A or B, but I'd say B.",
        "I'd lean towards B.",
        "Although the speaker may seem neutral, the best answer is B.",
        "The answer is (B) Angry, not (A) Neutral.",
    ],
)
def test_what_is_left_or_chosen_is_the_answer(reply: str) -> None:
    assert read_answer(reply, EMOTIONS) == B


@pytest.mark.parametrize(
    "reply",
    [
        "A or B",
        "A, maybe B",
        "A and/or B",
        "I am torn between A and B",
        "Could be A, could be B",
        "Either A or B.",
        "A 50%, B 50%",
        "None of the above",
        "All of the above",
        "The answer is B, but it is possibly A",
        "Option B, but it could also be neutral",
    ],
)
def test_hedges_are_no_answer(reply: str) -> None:
    assert read_answer(reply, EMOTIONS) is None


ALL = ["a dog", "a cat", "All of the above", "None of the above"]
BOTH = ["The man is late", "The woman left", "Both A and B", "Neither A nor B"]
LETTERED = ["Vitamin C", "Plan B", "Group A", "Type D"]


@pytest.mark.parametrize(
    ("reply", "options", "expected"),
    [
        ("All of the above", ALL, C),
        ("The answer is D, none of the above.", ALL, D),
        ("Both A and B", BOTH, C),
        ("The answer is both A and B.", BOTH, C),
        ("Neither A nor B", BOTH, D),
        ("Vitamin C", LETTERED, A),
        ("B: Plan B", LETTERED, B),
        ("Answer: C. Group A", LETTERED, C),
        ("A", LETTERED, A),
        ("A. Real\nWait, no. B. Fake", REAL_FAKE, B),
        ("Real or Fake? Fake.", REAL_FAKE, B),
        ("A: Real B: Fake. Answer: B", REAL_FAKE, B),
        ("No, wait, yes.", ["Yes", "No"], A),
    ],
)
def test_options_with_letters_and_lists_inside(reply: str, options: list[str], expected: int) -> None:
    assert read_answer(reply, options) == expected
