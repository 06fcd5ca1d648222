"""Prompt texts become exactly the words spoken, or are refused."""

import pytest

from amarathon.construction.prompt_texts import read_prompt_texts, spoken_text
from amarathon.errors import AmarathonError


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Please try again.", "Please try again."),
        (
            "press 1 to accept this call, or 2 to reject it",
            "Press one to accept this call, or two to reject it.",
        ),
        ("I'm afraid i don't know who sent this message", "I'm afraid I don't know who sent this message."),
        ("... letters of your party's first name.", "Letters of your party's first name."),
        ("Currently, there are more than ...", "Currently, there are more than."),
        ("Login incorrect.  Mailbox?", "Login incorrect. Mailbox?"),
        ("This conference is locked!", "This conference is locked!"),
        (" Press 5 to leave a message", "Press five to leave a message."),
    ],
)
def test_words(text: str, words: str) -> None:
    assert spoken_text(text) == words


@pytest.mark.parametrize(
    "text",
    [
        *("[ascending tones]", "(7 seconds of silence)", "<beep ascending>", "...", ""),
        *("press 0 for help", "dial 500", "press #", "press * to pause", "a 28.8 kilobit modem"),
    ],
)
def test_what_can_be_read_in_several_ways_is_refused(text: str) -> None:
    with pytest.raises(AmarathonError, match="does not tell the exact words spoken"):
        spoken_text(text)


def test_the_document_is_read_line_by_line() -> None:
    document = "; Core sounds\n\nbeep: [a tone]\ndigits/1: one\nmenu: You have these options: Dial 1.\n"
    assert read_prompt_texts(document) == {
        "beep": "[a tone]",
        "digits/1": "one",
        "menu": "You have these options: Dial 1.",
    }
