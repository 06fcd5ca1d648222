"""Normal forms, word errors, and the words that go wrong."""

import jiwer
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from whisper_normalizer.english import EnglishTextNormalizer

from amarathon.metrics.transcripts import (
    analyse_errors,
    count_word_errors,
    paper_normalise,
    published_content,
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


FOX = "the quick brown fox"
WAYS = [
    "Spoken Content: R", "spoken content: R", "SPOKEN CONTENT: R", "Spoken Content: <R>",
    "Spoken Content: [R]", "Spoken Content: (R)", "Spoken Content: {R}", "Spoken Content: <R",
    'Spoken Content: "R"',
    "Spoken Content: \N{LEFT DOUBLE QUOTATION MARK}R.\N{RIGHT DOUBLE QUOTATION MARK}",
    "Spoken Content: 'R'", "Spoken Content: `R`", 'Spoken Content: <"R">', "Spoken Content: **R**",
    "**Spoken Content:** R", "**Spoken Content**: R", "# Spoken Content\nR", "## Spoken Content:\nR",
    "- Spoken Content: R", "> R", "[Spoken Content]: R", "Spoken_Content: R", "Spoken Text: R",
    "Spoken Content\N{FULLWIDTH COLON}R", "Spoken Content:\n\nR", "Spoken Content:\n```\nR\n```",
    "```\nSpoken Content: R\n```", "```R```", "Spoken Content: <transcribed text here> R",
    "Sure! Here is the transcription:\n\nR", "Sure! Here is the transcription: R",
    "Sure!\n\nHere is the transcription:\nR", "Here's the transcript of the audio:\n\nR",
    'The transcription of the audio is: "R"', "Transcription: R", "Transcript: R", "**Transcription:** R",
    "The transcription is as follows: R", "Sure! Spoken Content: R",
    "Here is the transcription. Spoken Content: R", "Okay, here you go.\n\nSpoken Content: <R>",
    "Okay. Here is the spoken content: R", 'The audio says: "R"',
    "Spoken Content: <R>\n\nI hope this helps.",
    "Spoken Content: R\n\nLet me know if you need anything else!", "<R>", "[R]", "(R)", "R...", "...R",
    "R\N{HORIZONTAL ELLIPSIS}", "\N{ZERO WIDTH NO-BREAK SPACE}R",
    "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}R" "\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}",
    "\N{LEFT CORNER BRACKET}R\N{RIGHT CORNER BRACKET}", "<think>Let me listen.</think>Spoken Content: R",
    "listening </think>\nR", "<answer>R</answer>", "<answer>Spoken Content: <R></answer>",
    "<transcript>R</transcript>", '{"transcription": "R"}', '{"Spoken Content": "R"}',
    '```json\n{"text": "R"}\n```', '[{"text": "the quick"}, {"text": "brown fox"}]',
    "<|channel|>analysis<|message|>A fox?<|end|><|start|>assistant<|channel|>final<|message|>R",
    "analysisWe hear a foxassistantfinalSpoken Content: R", "R<|im_end|>", "R</s>", "<|0.00|> R<|2.00|>",
    "[00:00.000 --> 00:02.000] R", "Spoken Content: <the quick>\n<brown fox>", "Spoken Content: <laughs> R",
    "Spoken Content: the quick [laughs] brown fox",
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_the_transcript_is_found_in_every_form_that_the_prompt_invites(way: str) -> None:
    assert whisper_normalise(spoken_content(way.replace("R", FOX))) == FOX


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("it\N{RIGHT SINGLE QUOTATION MARK}s a dog\N{MODIFIER LETTER APOSTROPHE}s life", "it's a dog's life"),
        ("hello there...", "hello there"),
        ("hello there\N{HORIZONTAL ELLIPSIS} my friend", "hello there my friend"),
        ("wait ...5 rooms", "wait 5 rooms"),
        ("well\N{EM DASH}known", "well known"),
        ("the qui\N{ZERO WIDTH SPACE}ck\N{SOFT HYPHEN} fox", "the quick fox"),
        ("the\N{NO-BREAK SPACE}quick", "the quick"),
        ("\N{FULLWIDTH LATIN SMALL LETTER A}\N{FULLWIDTH LATIN SMALL LETTER B}", "ab"),
        ("cafe\N{COMBINING ACUTE ACCENT}", "caf\N{LATIN SMALL LETTER E WITH ACUTE}"),
        ("hello . - there", "hello there"),
    ],
)
def test_spelling_makes_no_word_wrong(written: str, plain: str) -> None:
    assert whisper_normalise(written) == whisper_normalise(plain)
    assert paper_normalise(written) == paper_normalise(plain)


NOTHING = [
    "", "...", ".", "\N{HORIZONTAL ELLIPSIS}", " ", "\N{ZERO WIDTH SPACE}", "-", "Spoken Content:", "[Music]",
    "Spoken Content: <transcribed text here>", "Spoken Content: [silence]", "\N{EIGHTH NOTE}",
    "<think>the quick", "<|channel|>analysis<|message|>the quick", "<think>the quick</think>",
]  # fmt: skip


@pytest.mark.parametrize("reply", NOTHING)
def test_a_transcript_without_words_says_nothing(reply: str) -> None:
    assert whisper_normalise(spoken_content(reply)) == ""


@pytest.mark.parametrize(
    ("reply", "content"),
    [
        ("Spoken Content: hello", "hello"),
        ("I hear this. spoken content: hello", "hello"),
        ("The words Transcription: hello", "hello"),
        ("the transcript: hello", "hello"),
        ("Content: hello", "hello"),
        ("The contents are content: hello", "hello"),
        ("Transcript: a content: b", "b"),
        ("Spoken Content: a Spoken Content: b", "a"),
        ("spoken content: Transcript: hello", "hello"),
        ("Spoken Content: <transcribed text here> hello", "hello"),
        ("hello<sep>noise", "hello"),
        ("Spoken Content: <hello there>", "<hello there>"),
        ("**Spoken Content:** hello", "** hello"),
        ("<think>content: x</think>hello", "hello"),
        ("hello", "hello"),
        (".", "."),
    ],
)
def test_the_published_cuts_are_those_of_the_papers_scripts(reply: str, content: str) -> None:
    assert published_content(reply) == content


@given(st.text(alphabet="abc 1289.,'-$%()[]<>?!\n", max_size=60))
def test_whispers_own_normal_form_is_kept_but_for_lone_marks(text: str) -> None:
    assume(".." not in text)
    own = EnglishTextNormalizer()(text).split()
    assert whisper_normalise(text).split() == [word for word in own if any(map(str.isalnum, word))]


# Numbers, fillers, contractions, currencies and halves beside each other.
TOKENS = (
    "five", "Twenty", "hundred", "point", "and", "a half", "and a half", "um", "Uh", "the", "cat", "Mr",
    "st", "it's", "minus", "dollars", "$5", "7", "3.5", "cents", "per", "cent", "percent", "double", "oh",
    "first", "thousands", "been", "s", "isn't", "gonna", "one", "colour", "'tis", "B2", "x", "'s",
)  # fmt: skip


@given(
    st.lists(st.tuples(st.sampled_from(TOKENS), st.sampled_from(["", "", ".", "!", "?", ","])), max_size=12)
)
def test_words_are_normalised_one_by_one_only_where_that_changes_nothing(
    said: list[tuple[str, str]],
) -> None:
    text = " ".join(word + mark for word, mark in said)
    own = EnglishTextNormalizer()(text).split()
    assert whisper_normalise(text).split() == [word for word in own if any(map(str.isalnum, word))]


def test_a_long_text_is_normalised_as_its_sentences_are() -> None:
    sentence = "Mr. Smith isn't twenty-one; it's the colour of the year."
    once = whisper_normalise(sentence)
    assert whisper_normalise(" ".join([sentence] * 400)) == " ".join([once] * 400)


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
