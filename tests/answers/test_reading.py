"""What replies mean, row by row."""

import pytest

from amarathon.answers import read_answer

EMOTIONS = ["Neutral", "Angry", "Sad", "Happy"]
EVENTS = ["Cat", "Blender", "Dog bark", "Dishes"]
REAL_FAKE = ["Real", "Fake"]
GENDERS = ["Male", "Female"]
SCENES = ["metro", "metro_station", "park", "bus"]
GENRES = ["Blues - blues", "Jazz - jazz", "Pop - pop", "Rock - rock"]
TRAMS = ["Traveling by a tram - tram", "Traveling by a bus - bus"]
AGES = ["Young Adult (18-30)", "Early Career (31-40)", "Elderly (71+)"]
PEOPLE = ["B. Obama", "A. Merkel", "A. Lincoln"]
A, B, C, D = range(4)


@pytest.mark.parametrize(
    ("reply", "options", "expected"),
    [
        ("The answer is C.", EMOTIONS, C),
        ("I cannot tell", EMOTIONS, None),
        ("Blender", EVENTS, B),
        ("It is a dog bark (C)", EVENTS, C),
        ("It is a fake", REAL_FAKE, B),
        ("C: Sad", EMOTIONS, C),
        ("C) Sad", EMOTIONS, C),
        ("**C**", EMOTIONS, C),
        ("c", EMOTIONS, C),
        ("Sad", EMOTIONS, C),
        ("female", GENDERS, B),
        ("metro station", SCENES, B),
        ("metro", SCENES, A),
        ("blues", GENRES, A),
        ("B: Sad", EMOTIONS, None),
        ("not A but C", EMOTIONS, C),
        ("A or B", EMOTIONS, None),
        ("", EMOTIONS, None),
    ],
)
def test_replies_of_the_specification(reply: str, options: list[str], expected: int | None) -> None:
    assert read_answer(reply, options) == expected


@pytest.mark.parametrize(
    "reply",
    [
        "C.", "C)", "C:", "(C)", "[C]", "<C>", "'C'",
        "\N{FULLWIDTH LEFT PARENTHESIS}C\N{FULLWIDTH RIGHT PARENTHESIS}", "  c  ", "C.\n", "C\n\nC",
        "# C", "- C", "C?", "C</s>", "C<|im_end|>", "<b>Sad</b>", "\\boxed{C}", "$\\boxed{\\text{C}}$",
        "<answer>C</answer>", '{"answer": "C"}', "Option C", "option c.", "Answer C.", "Ans: C",
        "Answer - C", "answer: c", "Answer:\nC", "The answer is\n\nC", "Answer:\n\nC) Sad",
        "Final answer: **C**", "**Answer:** C", "**C: Sad**", "C:Sad", "C.Sad", "(C)Sad", "C\tSad",
        "C Sad", "C - Sad", "(C) Sad", "Sad (C)", "Sad, C", "SAD", "sad.", '"Sad"', "'sad'", "It's C",
        "It\N{RIGHT SINGLE QUOTATION MARK}s C", "C is correct", "C is the correct answer", "Choose C.",
        "I would go with C", "I'd say sad", "definitely c", "The answer is definitely C",
        "The answer to the question is C", "The correct answer is option (C): Sad.",
        "I think it's option C, Sad.", "The answer is C. Sad", "my answer: C (Sad)", "I hear people. C.",
        "The speaker sounds sad, so the answer is C.", "If I had to guess I would say C",
        "Option C: Sad is right",
    ],
)  # fmt: skip
def test_ways_to_say_the_third_option(reply: str) -> None:
    assert read_answer(reply, EMOTIONS) == C


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("It is not A but C.", C),
        ("Not A. C", C),
        ("Not A, C", C),
        ("C, not A", C),
        ("A, not C", A),
        ("A not C", A),
        ("C rather than A", C),
        ("rather than A, C", C),
        ("not happy but sad", C),
        ("It is sad, not happy", C),
        ("The answer is not A. It is C.", C),
        ("It isn't A, it isn't B, it's C", C),
        ("C is right and A is wrong", C),
        ("(A) is not right. (C) is.", C),
        ("A is wrong, B is wrong, C is right", C),
        ("A, B, and D are incorrect, so C", C),
        ("Not A, B or C but D", D),
        ("A and B are not mentioned, so C", C),
        ("The answer is C because A and B are not mentioned.", C),
        ("I'm not sure, but I think C", C),
        ("I'm not sure whether it's B or C, but I think C", C),
        ("Is it A? No, it is C.", C),
        ("not sad", None),
        ("Definitely not C", None),
        ("neither A nor B", None),
        ("I doubt it is C", None),
        ("Not only A but also C", None),
    ],
)
def test_what_is_denied_or_asked_does_not_count(reply: str, expected: int | None) -> None:
    assert read_answer(reply, EMOTIONS) == expected


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("B Sad", None),
        ("C (Angry)", None),
        ("The answer is B. Sad", None),
        ("The answer is E.", None),
        ("E: Sad", None),
        ("A and C", None),
        ("both A and C", None),
        ("The answer is either B or C", None),
        ("A/B", None),
        ("A, B", None),
        ("A B C D", None),
        ("A\nB", None),
        ("happy or sad", None),
        ("A: Neutral\nB: Angry\nC: Sad\nD: Happy", None),
        ("A: Neutral\nB: Angry\nC: Sad\nD: Happy\n\nAnswer: C", C),
        ("C\n\nExplanation: The speaker sounds happy at first", C),
        ("I think the answer is B. Sad people speak like that.", B),
    ],
)
def test_a_reply_means_one_option_or_none(reply: str, expected: int | None) -> None:
    assert read_answer(reply, EMOTIONS) == expected


@pytest.mark.parametrize(
    "reply",
    [
        "Audio quality is bad", "The audio contains a recording of a man", "as a language model",
        "I cannot hear a thing", "I am a language model and cannot listen.", "a song in C major",
        "Vitamin C", "B-flat", "e.g. this", "aaa", "ABCD", "Dr. C. Smith is here",
        "The correct answer is not given", "I cannot determine the answer", "At 3 a.m. or 5 p.m.",
        "N/A", "n/a", "R&B", "B/W", "all of the above", "The speaker expresses sadness",
        "\N{ZERO WIDTH SPACE}", "...", "None",
    ],
)  # fmt: skip
def test_letters_and_words_in_passing_are_no_answer(reply: str) -> None:
    assert read_answer(reply, EMOTIONS) is None


@pytest.mark.parametrize(
    ("reply", "options", "expected"),
    [
        ("a fake", REAL_FAKE, B),
        ("It is a de", ["bc", "de"], B),  # not the letters d and e
        ("This is a real recording, not a fake", REAL_FAKE, A),
        ("A dog bark", EVENTS, C),
        ("The answer is a dog bark", EVENTS, C),
        ("The answer is A because it is loud", EVENTS, A),
        ("option a sounds right", EVENTS, A),
        ("The answer: a", EVENTS, A),
        ("I choose a", EVENTS, A),
        ("The speaker is male, a.", GENDERS, A),
        ("Is this a male or female voice? b", GENDERS, B),
        ("A cat", ["Dog", "A cat"], B),
        ("A: cat", ["Dog", "A cat"], A),
        ("It is A. Lincoln", PEOPLE, C),
        ("A. Lincoln", PEOPLE, C),
        ("A: B. Obama", PEOPLE, A),
    ],
)
def test_the_letter_a_is_told_from_the_article(reply: str, options: list[str], expected: int | None) -> None:
    assert read_answer(reply, options) == expected


@pytest.mark.parametrize(
    ("reply", "options", "expected"),
    [
        ("Traveling by a tram", TRAMS, A),
        ("tram", TRAMS, A),
        ("traveling by", TRAMS, None),
        ("young adult", AGES, A),
        ("18-30", AGES, A),
        ("The speaker is 71+.", AGES, C),
        ("B) Early Career (31-40)", AGES, B),
        ("10", ["1", "10", "100"], B),
        ("The answer is 10.", ["1", "10", "100"], B),
        ("1.5", ["1", "5", "1.5"], C),
        ("None of the above", ["a dog", "a cat", "None of the above"], C),
        ("no", ["Yes", "No"], B),
        ("No, it does not", ["Yes", "No"], B),
        ("He was not happy", ["He was happy", "He was not happy"], B),
        ("There is no dog; it's a cat", ["Dog", "Cat"], B),
        ("There is no speech", ["Speech", "No speech"], B),
        ("blues", ["Blues - blues", "Delta - blues"], None),
        ("Sad", ["Sad", "sad"], None),
        ("the", ["the", "a man"], A),
        ("It is the man", ["the", "a woman"], None),
    ],
)
def test_names_that_options_go_by(reply: str, options: list[str], expected: int | None) -> None:
    assert read_answer(reply, options) == expected


@pytest.mark.parametrize(
    ("reply", "options", "expected"),
    [
        ("B", ["A", "B", "C", "D"], B),
        ("A", ["B", "A"], None),
        ("C#", ["C#", "D"], A),
        ("C: drive", ["x", "C: drive", "y"], B),
        ("C: drive", ["x", "C: drive", "drive"], None),
        ("a", ["x", "a cat"], A),
    ],
)
def test_options_that_are_letters_themselves(reply: str, options: list[str], expected: int | None) -> None:
    assert read_answer(reply, options) == expected


STORY = [
    "He wanted to go home.",
    "He didn't like the food.",
    "The food was too expensive, and cold.",
    "A friend told him not to come.",
]


@pytest.mark.parametrize(
    ("reply", "options", "expected"),
    [
        ("The speaker is most likely in the age group (b) Early Career (31-40).", AGES, B),
        ("The gender of the speaker is female.", GENDERS, B),
        ("a (male)", GENDERS, A),
        ("The voice is neither male nor female", GENDERS, None),
        ("The speech is real, it does not contain fake parts", REAL_FAKE, A),
        ("The scene is a metro station (B)", SCENES, B),
        ("The answer is option 'B'", EVENTS, B),
        ("I would choose B over C", EVENTS, B),
        ("Option A: No. Option B: No. Option C: Yes.", EVENTS, None),
        ("The speaker does not sound happy or neutral but rather sad.", EMOTIONS, C),
        ("D: A friend told him not to come", STORY, D),
        ("A. A friend told him not to come", STORY, None),
        ("He didn\N{RIGHT SINGLE QUOTATION MARK}t like the food", STORY, B),
        ("The answer is B because he didn't like the food.", STORY, B),
        ("The correct option is D, which says a friend told him not to come.", STORY, D),
        ("C\nThe food was too expensive, and cold.", STORY, C),
        ("He did not want to go home.", STORY, None),
        ("I'm sorry, but I can't help with that.", STORY, None),
    ],
)
def test_replies_as_models_write_them(reply: str, options: list[str], expected: int | None) -> None:
    assert read_answer(reply, options) == expected
