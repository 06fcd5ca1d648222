"""Every task's prompt against the paper's appendix F, copied out by hand."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amarathon.errors import TaskError
from amarathon.tasks import TASKS, free_question
from amarathon.tasks.sample import Option, Sample, SampleAudio

FOUR = ["one", "two", "three", "four"]
AGES = [
    "Young Adult (18-30)",
    "Early Career (31-40)",
    "Mid Career (41-50)",
    "Senior (51-70)",
    "Elderly (71+)",
]

# Task code: question, options, system prompt and user prompt without the audio, as printed. Where
# the print is damaged: MC's line breaks off after "based on what you", ASR's after "Spoken
# Content:", and SAR's and ER's numbered lines leave one empty line around the options.
APPENDIX_F = {
    "SED": (
        "Which?",
        FOUR,
        "You are a helpful assistant that analyzes audio to detect and classify sound events. Please listen "
        "carefully and select the most appropriate answer from the given choices.",
        "Please listen to the audio and select the correct answer. Reply with only the letter (A, B, C, or "
        "D). Which?\nA: one\nB: two\nC: three\nD: four",
    ),
    "MC": (
        "Which?",
        FOUR,
        "You are a helpful assistant that analyzes music audio to identify genres. Please listen to the "
        "audio carefully and classify the music genre.",
        "Listen to this audio segment and identify the music genre based on what you hear.\n"
        "A: one\nB: two\nC: three\nD: four\n"
        "Respond with only the letter of your answer (A, B, C, or D).",
    ),
    "SD": (
        "Real or fake?",
        ["Real", "Fake"],
        "You are a helpful assistant that analyzes audio to detect authenticity. Please listen to the audio "
        "carefully and determine if it is real or contains synthetic/fake content.",
        "Real or fake?\nA: Real\nB: Fake\nRespond with only the letter of your answer (A or B).",
    ),
    "ASR": (
        "",
        [],
        "You are a helpful assistant that transcribes speech audio. Please listen carefully and provide the "
        "exact transcription of what is spoken in the audio.",
        "Transcribe this audio accurately. Remove hesitation words like 'um', 'uh'. Your response should be "
        "formatted as follows: Spoken Content: <transcribed text here>",
    ),
    "SCR": (
        "Who came?",
        FOUR,
        "Listen to this audio of a passage being read aloud, then answer the multiple-choice question based "
        "solely on the information from the audio.",
        "Question: Who came?\nOptions:\nA: one\nB: two\nC: three\nD: four\n"
        "Respond with only the letter of the correct option (A, B, C, or D).",
    ),
    "SER": (
        "Who is named?",
        FOUR,
        "You are a helpful assistant that analyzes audio to answer questions about named entities. Please "
        "listen to the audio and select the correct answer. Reply with only the letter (A, B, C, or D).",
        "Who is named?\nA: one\nB: two\nC: three\nD: four",
    ),
    "ASC": (
        "Which?",
        FOUR,
        "You are a helpful assistant that analyzes urban soundscape audio to identify acoustic scenes. "
        "Please listen to the audio carefully and classify the scene type.",
        "Listen to this audio and identify the acoustic scene. Choose the most appropriate option.\n"
        "A: one\nB: two\nC: three\nD: four\n"
        "Respond with only the letter of your answer (A, B, C, or D).",
    ),
    "SGR": (
        "Which?",
        ["Male", "Female"],
        "You are a helpful assistant that analyzes audio to identify speaker characteristics. Please Listen "
        "to this audio and identify the speaker's gender.",
        "Is this a male or female voice? If it is a male, answer 'a'. If it is a female, answer 'b'. Answer "
        "with only 'a' or 'b'",
    ),
    "ER": (
        "Which emotion?",
        FOUR,
        "You are a helpful assistant that analyzes audio to answer questions about emotions. Please listen "
        "to the audio carefully and select the correct answer.",
        "Which emotion?\n\nA) one\nB) two\nC) three\nD) four\n\n"
        "Please select the correct answer (A, B, C, or D).",
    ),
    "SAR": (
        "How old?",
        AGES,
        "You are a helpful assistant that analyzes speaker demographics. Please listen to this audio and "
        "identify the speaker's age group. Choose the most appropriate option: (a) Young Adult (18-30), (b) "
        "Early Career (31-40), (c) Mid Career (41-50), (d) Senior (51-70), (e) Elderly (71+). Answer with "
        "only the letter (a, b, c, d, or e).",
        "How old?\n\nA) Young Adult (18-30)\nB) Early Career (31-40)\nC) Mid Career (41-50)\n"
        "D) Senior (51-70)\nE) Elderly (71+)\n\nPlease select the correct answer (A, B, C, D, or E).",
    ),
}


def sample(task: str, question: str, options: list[str]) -> Sample:
    audio = SampleAudio(Path("a.wav"), "a.wav", ("a.wav",))
    return Sample(
        "s", task, audio, question, tuple(Option(text, text) for text in options), 0 if options else None
    )


@pytest.mark.parametrize("code", list(TASKS))
def test_messages_are_what_the_paper_prints(code: str) -> None:
    question, options, system, user = APPENDIX_F[code]
    assert TASKS[code].messages(sample(code, question, options)) == [
        {"role": "system", "content": [{"type": "text", "text": system}]},
        {"role": "user", "content": [{"type": "audio"}, {"type": "text", "text": user}]},
    ]


def test_options_are_shown_in_the_order_asked_for() -> None:
    shown = TASKS["SCR"].messages(sample("SCR", "Q", FOUR), order=[2, 0, 3, 1])
    assert "A: three\nB: one\nC: four\nD: two" in shown[1]["content"][1]["text"]


@pytest.mark.parametrize("order", [[0, 1, 2], [0, 1, 2, 2], [1, 2, 3, 4]])
def test_an_order_that_is_no_permutation_is_refused(order: list[int]) -> None:
    with pytest.raises(TaskError, match="order of the 4 options"):
        TASKS["SCR"].messages(sample("SCR", "Q", FOUR), order=order)


def test_a_sample_of_another_task_is_refused() -> None:
    with pytest.raises(TaskError, match="belongs to task SCR, not MC"):
        TASKS["MC"].messages(sample("SCR", "Q", FOUR))


def test_a_sample_without_a_question_is_asked_the_tasks_own() -> None:
    [_, user] = TASKS["SD"].messages(sample("SD", "", ["Real", "Fake"]))
    assert user["content"][1]["text"].startswith(TASKS["SD"].question + "\nA: Real")


def test_more_options_than_letters_are_refused() -> None:
    with pytest.raises(TaskError, match="at most 5 options, not 6"):
        TASKS["SCR"].free_messages("Q", ["1", "2", "3", "4", "5", "6"])


@given(
    st.sampled_from(list(TASKS)),
    st.text(),
    st.lists(st.text() | st.sampled_from(["{options}", "{0}", "}"]), max_size=5),
)
def test_any_question_and_options_are_shown_as_they_are(code: str, question: str, options: list[str]) -> None:
    [system, user] = TASKS[code].free_messages(question, options)
    prompt = TASKS[code].prompt
    assert system["content"] == [{"type": "text", "text": prompt.system}]
    text = user["content"][1]["text"]
    if "{question}" in prompt.user:
        assert question.strip() in text
    if prompt.option:
        assert all(option.strip() in text for option in options)


def test_a_free_question_is_asked_after_the_audio() -> None:
    [_, user] = free_question(" What is {this}? ")
    assert user["content"] == [{"type": "audio"}, {"type": "text", "text": "What is {this}?"}]


@pytest.mark.parametrize(("code", "seconds", "tokens"), [("SCR", 300, 16), ("ASR", 0, 64), ("ASR", 100, 664)])
def test_only_transcripts_may_grow_with_the_audio(code: str, seconds: float, tokens: int) -> None:
    assert TASKS[code].reply_budget(seconds) == tokens
