"""Which texts of strangers may be kept and shown."""

import unicodedata

from leaderboard.submissions.errors import SubmissionError
from leaderboard.submissions.limits import LONGEST_NAME

# Of Unicode's categories: controls, surrogates, what is not assigned, and formats, which turn text round.
UNSHOWN = {"Cc", "Cs", "Cn", "Co", "Cf"}


def check_name(text: str, what: str, most: int = LONGEST_NAME) -> str:
    """A name that is shown on the page, as it is.

    Raises
    ------
    SubmissionError
        If it is empty, too long, or holds what cannot be seen or what looks like HTML.
    """
    check_line(text, what, most)
    if not text.strip() or text != text.strip():
        raise SubmissionError(f"{what} is empty, or has spaces around it.")
    return text


def check_line(text: str, what: str, most: int = LONGEST_NAME) -> str:
    """A text of one line that may be empty.

    Raises
    ------
    SubmissionError
    """
    if len(text) > most:
        raise SubmissionError(f"{what} is longer than {most} characters.")
    if any(unicodedata.category(sign) in UNSHOWN for sign in text):
        raise SubmissionError(f"{what} holds control characters.")
    if "<" in text or ">" in text:
        raise SubmissionError(f"{what} holds < or >, which no name needs.")
    return text


def check_text(text: str, what: str, most: int) -> str:
    """A text of any number of lines, such as a model's reply.

    Raises
    ------
    SubmissionError
    """
    if len(text) > most:
        raise SubmissionError(f"{what} is longer than {most} characters.")
    if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise SubmissionError(f"{what} holds zeros or halves of characters.")
    return text
