"""What an option goes by in a reply."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from amarathon.answers.words import Words

LABEL_MARKS = (":", ".", ")")
_HALVES = " - "


@lru_cache(maxsize=4096)
def option_words(option: str) -> Words:
    """Cut an option's text into words; labels come again and again, so they are remembered."""
    return Words.of(option)


@dataclass(frozen=True)
class Name:
    """Words that an option goes by, and the label mark behind the first, as in "E. coli"."""

    option: int
    words: tuple[str, ...]
    mark: str


def option_names(index: int, option: str) -> Iterator[Name]:
    """The whole text, the halves of "Blues - blues", the parts of "Senior (51-70)"."""
    parts = {option: None, **dict.fromkeys(part for part in option.rpartition(_HALVES) if part != _HALVES)}
    if option.rstrip().endswith(")"):
        before, _, inside = option.rstrip()[:-1].rpartition("(")
        parts |= {before: None, inside: None}
    for part in parts:
        text = option_words(part)
        if text.words:
            yield Name(index, text.words, label_mark(text, 0))


def label_mark(text: Words, index: int) -> str:
    """The mark that makes a single letter the label of what follows, e.g. the colon of "A: Cat"."""
    gap = text.gaps[index + 1].lstrip("\"']}")
    has_more = index + 1 < len(text.words)
    single = len(text.words[index]) == 1 and text.words[index].isascii()
    return gap[0] if single and has_more and gap.startswith(LABEL_MARKS) else ""
