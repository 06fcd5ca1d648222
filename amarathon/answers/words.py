"""A reply or an option as words and what stands between them, the same for both."""

import re
from dataclasses import dataclass
from functools import cached_property

from amarathon.answers.languages import unspaced_words
from amarathon.answers.spelling import unify

_MARKUP = str.maketrans({**dict.fromkeys("*`", '"'), "_": " ", "$": " "})  # emphasis delimits as quotes do
_ANSWER_MARK = re.compile(r"<answer>|\\boxed\b")
_ANSWER_END = re.compile(r"</answer>")
_COMMAND = re.compile(r"\\[a-z]+")
_TAG = re.compile(r"</?([a-z|][^<>\n]{0,40})>")
_CLOSING_TAG = re.compile(r"</([a-z])>")

# Chinese and Japanese are written without spaces, Korean endings stand behind a Latin letter.
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HANGUL = "\uac00-\ud7a3"
_LETTER = rf"[^\W_{_UNSPACED}{_HANGUL}]"
_ALPHABETIC = rf"[^\W\d_{_UNSPACED}{_HANGUL}]"

_SENTENCE_MARK, _WHITE_SPACE = re.compile(r"[.!?]"), re.compile(r"\s")

# Single letters that stand for the Latin ones of the prompt: capitals that look like them (and the
# Russian "Б", which is the second and sounds like B), and Arabic options, which are counted so.
_STAND_INS = {
    **dict(zip("\u0410\u0412\u0421\u0415\u041d\u0411", "ABCEHB", strict=True)),
    **dict(zip("\u0391\u0392\u0395\u0397", "ABEH", strict=True)),
    **dict(zip("\u0623\u0627\u0628\u062c\u062f", "AABCD", strict=True)),
}
_STAND_IN = re.compile(rf"(?<!{_LETTER})[{''.join(_STAND_INS)}](?!{_LETTER})")

# Initials ("a.m.", "e.g."), numbers ("-5", "1.5", "10,000", "71+"), all other words ("don't", "c#").
_WORD = re.compile(
    rf"(?:{_ALPHABETIC}\.)+{_ALPHABETIC}(?!{_LETTER})\.?"
    rf"|(?:(?<![^\s(\[{_UNSPACED}])[-+])?\d+(?:[.,:]\d+)*\+?(?!{_LETTER})"
    rf"|{'|'.join(map(re.escape, unspaced_words()))}|[{_UNSPACED}]|[{_HANGUL}]+"
    rf"|{_LETTER}+(?:'{_LETTER}+)*[+#]*"
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
        matches = list(_WORD.finditer(plain))
        ends = [0, *(match.end() for match in matches)]
        starts = [*(match.start() for match in matches), len(plain)]
        gaps = tuple(plain[end:start] for end, start in zip(ends, starts, strict=True))
        return cls(tuple(_without_dots(match.group()) for match in matches), gaps)

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
        # "C. Sad" and "1. C" are one sentence: what comes first is the label of what follows.
        single = len(self.words[index]) == 1 and self.words[index].isascii()
        labels = index == first and single and "!" not in gap and "?" not in gap
        following = self.words[index + 1] if index + 1 < len(self.words) else ""
        labels |= (
            gap == ". " and self.words[index].isdecimal() and len(following) == 1 and following.isascii()
        )
        mark = _SENTENCE_MARK.search(gap)
        return not labels and mark is not None and _WHITE_SPACE.search(gap, mark.end()) is not None


def _plain(text: str) -> str:
    """Take markup away and unify spelling."""
    text = _STAND_IN.sub(lambda letter: _STAND_INS[letter[0]], unify(text)).casefold()
    text = _COMMAND.sub(" ", _ANSWER_END.sub("\n", _ANSWER_MARK.sub(" answer: ", text)))
    # "<c>" may be the answer in brackets; where there is "</c>", it is markup.
    closed = set(_CLOSING_TAG.findall(text))
    text = _TAG.sub(lambda tag: tag[0] if len(tag[1]) == 1 and tag[1] not in closed else " ", text)
    return text.translate(_MARKUP)


def _without_dots(word: str) -> str:
    return word if word[0].isdigit() or word[0] in "+-" else word.replace(".", "")
