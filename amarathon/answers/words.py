"""A reply or an option as words and what stands between them, the same for both."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_SPELLINGS = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201b\u02bc\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb*`", '"'),  # emphasis delimits as quotes do
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"),
        **dict.fromkeys("\u2014\u2015", " - "),
        "_": " ",
        "$": " ",
    }
)
_ANSWER_MARK = re.compile(r"<answer>|\\boxed\b")
_COMMAND = re.compile(r"\\[a-z]+")
_TAG = re.compile(r"</?([a-z|][^<>\n]{0,40})>")
_CLOSING_TAG = re.compile(r"</([a-z])>")

# Initials ("a.m.", "e.g."), numbers ("-5", "1.5", "10,000", "71+"), all other words ("don't", "c#").
_WORD = re.compile(
    r"(?:[^\W\d_]\.)+[^\W\d_](?![^\W_])\.?"
    r"|(?:(?<![^\s(\[])[-+])?\d+(?:[.,:]\d+)*\+?(?![^\W_])"
    r"|[^\W_]+(?:'[^\W_]+)*[+#]*"
)


@dataclass(frozen=True)
class Words:
    """A text cut into words.

    Attributes
    ----------
    words : tuple of str
        In lower case, Unicode compatibility forms unified, markup removed.
    gaps : tuple of str
        What stands before each word, and after the last: one more than there are words.
    """

    words: tuple[str, ...]
    gaps: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "Words":
        """Cut `text`; any text at all is accepted."""
        plain = _plain(text)
        found = list(_WORD.finditer(plain))
        ends = [0, *(each.end() for each in found)]
        starts = [*(each.start() for each in found), len(plain)]
        gaps = tuple(plain[end:start] for end, start in zip(ends, starts, strict=True))
        return cls(tuple(_without_dots(each.group()) for each in found), gaps)

    @cached_property
    def sentences(self) -> tuple[int, ...]:
        """The number of the sentence that each word belongs to."""
        numbers, number, first = [], 0, 0
        for index in range(len(self.words)):
            if index and self._ends_sentence(index - 1, first):
                number, first = number + 1, index
            numbers.append(number)
        return tuple(numbers)

    @cached_property
    def questions(self) -> frozenset[int]:
        """The sentences that end in a question mark."""
        return frozenset(
            number for number, gap in zip(self.sentences, self.gaps[1:], strict=True) if "?" in gap
        )

    def _ends_sentence(self, index: int, first: int) -> bool:
        gap = self.gaps[index + 1]
        if "\n" in gap:
            return True
        # "C. Sad" is one sentence: the letter is the label of what follows.
        labels = index == first and len(self.words[index]) == 1 and "!" not in gap and "?" not in gap
        return not labels and re.search(r"[.!?]\W*\s", gap) is not None


def _plain(text: str) -> str:
    """Take markup away and unify spelling."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()
    text = _COMMAND.sub(" ", _ANSWER_MARK.sub(" answer: ", text))
    # "<c>" may be the answer in brackets; where there is "</c>", it is markup.
    closed = set(_CLOSING_TAG.findall(text))
    text = _TAG.sub(lambda tag: tag[0] if len(tag[1]) == 1 and tag[1] not in closed else " ", text)
    return text.translate(_SPELLINGS)


def _without_dots(word: str) -> str:
    return word if word[0].isdigit() or word[0] in "+-" else word.replace(".", "")
