"""The words of a telephone prompt, from the text file that its package documents it with."""

import re
from collections.abc import Mapping

from amarathon.errors import AmarathonError

_DIGITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
# Brackets describe sounds; symbols, 0 ("oh", "zero") and longer numbers can be read in several ways.
_NOT_WORDS = re.compile(r"[\[\]()<>*#/]|0|\d\d|\d\.\d")


def read_prompt_texts(document: str) -> Mapping[str, str]:
    """Read ``name: text`` lines; lines that begin with a semicolon are comments.

    Parameters
    ----------
    document : str

    Returns
    -------
    mapping of str to str
        Prompt name to its text, as written.
    """
    lines = (line.partition(":") for line in document.splitlines() if not line.startswith(";"))
    return {name.strip(): text.strip() for name, colon, text in lines if colon}


def spoken_text(text: str) -> str:
    """Turn a prompt's text into a sentence of the words spoken.

    Digits become words, the dots that mark a fragment go, spaces are single, the first letter is
    a capital and a full stop ends it.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Raises
    ------
    AmarathonError
        The text describes a sound, or has a number or a symbol that can be read aloud in more
        ways than one.
    """
    if _NOT_WORDS.search(text) or not re.search(r"[A-Za-z]", text):
        raise AmarathonError(f"The prompt text '{text}' does not tell the exact words spoken.")
    words = re.sub(r"\b[1-9]\b", lambda digit: _DIGITS[int(digit.group()) - 1], text.strip(". "))
    words = re.sub(r"\bi\b", "I", re.sub(r"\s+", " ", words))
    return words[0].upper() + words[1:] + ("" if words[-1] in "?!" else ".")
