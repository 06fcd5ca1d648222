"""What holds for any reply and any options."""

from hypothesis import assume, given
from hypothesis import strategies as st

from amarathon.answers import read_answer
from amarathon.answers.words import Words

# Words of two letters or more: a single one may be read as the letter of an option.
WORD = st.text("bcdfghjklmnpqrstvwxz", min_size=2, max_size=6)
PHRASE = st.lists(WORD, min_size=1, max_size=4).map(" ".join)
OPTIONS = st.lists(PHRASE, min_size=2, max_size=5, unique=True)
ANY_OPTIONS = st.lists(st.text(max_size=30), min_size=2, max_size=5)

LETTER_FRAMES = [
    "{}", "{}.", "({})", "[{}]", "{})", "{}:", "**{}**", "`{}`", '"{}"', "\n{}\n", "Answer: {}",
    "answer is {}", "The answer is {}.", "The correct answer is ({}).", "Final answer: **{}**",
    "Option {}", "I choose {}.", "I would go with {}", "It's {}.", "I think it is {}", "{} is correct.",
    "{} is the right answer", "{}, because of what is heard", "The answer is {} because of the sound",
    "I am not sure, but I think {}.", "\\boxed{{{}}}", '{{"answer": "{}"}}', "<answer>{}</answer>",
]  # fmt: skip
TEXT_FRAMES = [
    "{}", "{}.", "**{}**", '"{}"', "Answer: {}", "The answer is {}.", "It is a {}.", "I hear the {} here.",
    "I think it is {}", "{}, definitely", "There are signs of {}!", "The recording has {}",
]  # fmt: skip

PIECES = [
    *"ABCDEa.,:;?!()\n-\"'", "is", "not", "or", "and", "the", "**", "answer", "sad", "happy", "<c>", "</c>",
    "\\boxed{", "}", "i", "cannot",
]  # fmt: skip


def contains(longer: str, shorter: str) -> bool:
    """Whether the words of one text stand in a row within another's."""
    words, part = Words.of(longer).words, Words.of(shorter).words
    return any(words[start : start + len(part)] == part for start in range(len(words) - len(part) + 1))


@given(OPTIONS, st.data())
def test_letter_of_every_option_reads_back(options: list[str], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(options) - 1))
    frame = data.draw(st.sampled_from(LETTER_FRAMES))
    letter = data.draw(st.sampled_from(["abcde"[index], "ABCDE"[index]]))
    assert read_answer(frame.format(letter), options) == index


@given(OPTIONS, st.data())
def test_letter_beside_text_must_agree(options: list[str], data: st.DataObject) -> None:
    lettered, worded = (data.draw(st.integers(0, len(options) - 1)) for _ in range(2))
    assume(not any(contains(options[worded], other) for other in options if other != options[worded]))
    frame = data.draw(
        st.sampled_from(["{}: {}", "({}) {}", "{}) {}", "{}. {}", "{} - {}", "The answer is {}: {}."])
    )
    reply = frame.format("ABCDE"[lettered], options[worded])
    assert read_answer(reply, options) == (lettered if lettered == worded else None)


@given(OPTIONS, st.data())
def test_text_of_every_option_reads_back(options: list[str], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(options) - 1))
    frame = data.draw(st.sampled_from(TEXT_FRAMES))
    assert read_answer(frame.format(options[index]), options) == index


@given(ANY_OPTIONS, st.data())
def test_an_options_own_text_is_never_another_option(options: list[str], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(options) - 1))
    read = read_answer(options[index], options)
    words = Words.of(options[index]).words
    # A text of one letter, or that begins with a label, may stand for the letter.
    assume(len(words) != 1 or len(words[0]) > 1)
    alone = sum(Words.of(option).words == words for option in options) == 1
    assert read in {index, None}
    assert read == index or not words or not alone or len(words[0]) == 1


@given(OPTIONS, st.data())
def test_a_denied_option_is_no_answer(options: list[str], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(options) - 1))
    mention = data.draw(st.sampled_from([f"option {'ABCDE'[index]}", options[index]]))
    frame = data.draw(
        st.sampled_from(["not {}", "It is not {}.", "It isn't {}", "I doubt that it is {}", "{} is wrong"])
    )
    assert read_answer(frame.format(mention), options) is None


@given(OPTIONS, st.data())
def test_two_options_are_no_answer(options: list[str], data: st.DataObject) -> None:
    first, second = data.draw(st.permutations(range(len(options))))[:2]
    pair = data.draw(st.sampled_from([("ABCDE"[first], "ABCDE"[second]), (options[first], options[second])]))
    frame = data.draw(
        st.sampled_from(["{} or {}", "{} and {}", "The answer is {} or {}.", "{}, {}", "{}\n{}"])
    )
    assume(not contains(pair[0], pair[1]) and not contains(pair[1], pair[0]))
    assert read_answer(frame.format(*pair), options) is None


@given(OPTIONS, st.lists(st.one_of(WORD, st.sampled_from(["not", "is", "the", ",", ".", "or"]))), st.data())
def test_order_of_options_makes_no_difference_to_texts(
    options: list[str], words: list[str], data: st.DataObject
) -> None:
    chosen = data.draw(st.lists(st.sampled_from(options), max_size=2))
    reply = " ".join(data.draw(st.permutations(words + chosen)))
    order = data.draw(st.permutations(range(len(options))))
    read = read_answer(reply, options)
    shown = read_answer(reply, [options[index] for index in order])
    assert (None if shown is None else order[shown]) == read


@given(st.text(), ANY_OPTIONS)
def test_any_text_reads_as_an_option_or_nothing(reply: str, options: list[str]) -> None:
    read = read_answer(reply, options)
    assert read is None or 0 <= read < len(options)


@given(st.lists(st.sampled_from(PIECES)).map(" ".join))
def test_letter_case_and_emphasis_make_no_difference(reply: str) -> None:
    options = ["neutral", "angry", "sad", "happy"]
    assert read_answer(reply.upper(), options) == read_answer(reply, options)
    assert read_answer(f"  {reply}\n", options) == read_answer(reply, options)
