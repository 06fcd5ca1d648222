"""Finding where a reply names an option: by its text, or by its letter."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from amarathon.answers.names import Name, label_mark
from amarathon.answers.vocabulary import (
    AFTER_A,
    AFTER_LETTER,
    ANSWERS,
    BEFORE_AN_ARTICLE,
    BEFORE_LETTER,
    COMMON,
    COPULAS,
    DELIMITERS,
    ENGLISH_VERBS,
    GLUE,
    JOINING,
    LETTER_ARTICLES,
    LETTERS,
    NOUNS,
    VERBS,
)
from amarathon.answers.words import Words


@dataclass(frozen=True)
class Mention:
    """A span of words that names an option.

    Attributes
    ----------
    start, end : int
        Its words, `end` excluded.
    options : frozenset of int
        The options it may mean: several where they share a name, none for the letter E of four.
    """

    start: int
    end: int
    options: frozenset[int]


def find_mentions(text: Words, names: Sequence[Name], count: int) -> list[Mention]:
    """Find every mention of one of `count` options, in the order of the text."""
    spans = _text_spans(text, names)
    letters = _standing_letters(text, spans)
    for index in letters:
        letter = text.words[index]
        by_letter = {LETTERS.index(letter)} & set(range(count))
        # Where an option's text is itself a letter ("C", a key of music), it may be either.
        spans[index, index + 1] = by_letter | {name.option for name in names if name.words == (letter,)}
    return [Mention(*span, frozenset(options)) for span, options in sorted(spans.items())]


def _text_spans(text: Words, names: Sequence[Name]) -> dict[tuple[int, int], set[int]]:
    """Where an option's words stand in the reply; a span within a longer one is not there."""
    by_first: dict[str, list[Name]] = {}
    for name in names:
        letter = len(name.words[0]) == 1 and name.words[0].isascii() and name.words[0].isalpha()
        distinctive = len(name.words) > 1 or not letter
        if distinctive and not COMMON.issuperset(name.words):
            by_first.setdefault(name.words[0], []).append(name)
    found: dict[tuple[int, int], set[int]] = {}
    for start, word in enumerate(text.words):
        for name in by_first.get(word, ()):
            end = start + len(name.words)
            same_mark = len(name.words) == 1 or label_mark(text, start) == name.mark
            if text.words[start:end] == name.words and same_mark:
                found.setdefault((start, end), set()).add(name.option)
    outermost: dict[tuple[int, int], set[int]] = {}
    reach = 0
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if end > reach:
            outermost[start, end] = found[start, end]
            reach = end
    return outermost


def _standing_letters(text: Words, spans: Iterable[tuple[int, int]]) -> list[int]:
    """Letters that are given as an answer: on their own, after "the answer is", beside a mention."""
    within = {index for start, end in spans for index in range(start, end)}
    candidates = [
        index
        for index, word in enumerate(text.words)
        if word in LETTERS
        and index not in within
        and not (_is_compound(text, index) or _is_portuguese_article(text, index))
    ]
    standing = {index for index in candidates if _stands_alone(text, index) or _is_introduced(text, index)}
    known = within | standing
    # Forwards and backwards, for rows of letters such as "A, B or C".
    for order in (candidates, reversed(candidates)):
        known.update(index for index in order if _is_beside(text, index, known))
    return sorted(known.intersection(candidates))


def _is_beside(text: Words, index: int, known: set[int]) -> bool:
    """Whether the letter is next to a mention within its sentence, or joined to it by one word."""
    behind = index - 1
    while behind > 0 and text.words[behind] in JOINING and behind > index - 3:
        behind -= 1
    joined = bool({"or", "and", "nor"}.intersection(text.words[index + 1 : index + 2]))
    ahead = index + 2 if joined else index + 1
    if behind in known and text.sentences[behind] == text.sentences[index] and _is_free(text, index):
        return True
    leads = ahead in known and text.sentences[ahead] == text.sentences[index]
    # No article stands before a comma.
    return leads and (text.words[index] != "a" or joined or "," in text.gaps[index + 1])


def _is_compound(text: Words, index: int) -> bool:
    """Whether the letter is a part of something such as "B-flat", "N/A" or "R&B"."""
    sides = ((index - 1, text.gaps[index]), (index + 1, text.gaps[index + 1]))
    return any(
        gap == "-" or (gap in GLUE and len(text.words[side]) == 1 and text.words[side] not in LETTERS)
        for side, gap in sides
        if 0 <= side < len(text.words)
    )


def _is_portuguese_article(text: Words, index: int) -> bool:
    """Whether the letter is the article of the next one, as in "a resposta é a B"."""
    follows = text.words[index] == "a" and index > 0 and text.words[index - 1] in BEFORE_AN_ARTICLE
    return follows and text.gaps[index + 1] == " " and text.words[index + 1] in LETTERS


def _stands_alone(text: Words, index: int) -> bool:
    """Whether the letter is a clause or a bracket of its own, or begins one that is about it."""
    before, after = text.gaps[index], text.gaps[index + 1]
    if index == 0 or "\n" in before:
        return _is_free(text, index)
    if not _delimits(before):
        return False
    # "Dr. C. Smith": a letter with a full stop amid a line is an initial.
    initial = after.startswith(".") and index + 1 < len(text.words) and "\n" not in after
    ends = index + 1 == len(text.words) or _delimits(after)
    if (ends and not initial) or _is_listed(text, index):
        return True
    following = "".join(text.words[index + 1 : index + 2])
    article = text.words[index] == "a" and following.isascii()
    return following in ENGLISH_VERBS or (following in VERBS and not article) or _is_ended(following)


def _is_listed(text: Words, index: int) -> bool:
    """Whether the letter is an entry of a numbered list in one line: "1. B 2. A"."""
    after = "".join(text.words[index + 1 : index + 2])
    return (
        text.words[index - 1].isdecimal()
        and text.gaps[index].startswith((".", ")"))
        and (after.isdecimal() or not after or "\n" in text.gaps[index + 1])
    )


def _is_ended(following: str) -> bool:
    """Whether a word of another script follows that goes with a letter, as "です"."""
    return following in AFTER_LETTER and not _is_latin(following)


def _delimits(gap: str) -> bool:
    return any(mark in gap for mark in DELIMITERS)


def _is_free(text: Words, index: int) -> bool:
    """Whether nothing follows that the letter would belong to, as the article "a" to a noun."""
    if index + 1 == len(text.words) or _delimits(text.gaps[index + 1]):
        return True
    following = text.words[index + 1]
    # No other script has the article.
    if text.words[index] != "a" or not _is_latin(following):
        return following in AFTER_LETTER or following in LETTERS
    denies = following == "not" and not set(LETTERS).isdisjoint(text.words[index + 2 : index + 3])
    return following in AFTER_A or (following in LETTERS and following != "a") or denies


def _is_introduced(text: Words, index: int) -> bool:
    """Whether words before the letter announce it: "option C", "the answer is C", "I pick C"."""
    if index == 0 or any(mark in text.gaps[index] for mark in ",;.!?"):
        return False
    previous = index - 1
    if previous and text.words[previous] in LETTER_ARTICLES and text.gaps[index] == " ":
        previous -= 1
    before = text.words[previous]
    if before in NOUNS:
        return True
    answer = before in ANSWERS or (
        before in COPULAS and not ANSWERS.isdisjoint(text.words[max(0, previous - 4) : previous])
    )
    if answer and (text.words[index] != "a" or not _is_latin(before)):
        return True
    return (answer or before in BEFORE_LETTER) and _is_free(text, index)


def _is_latin(word: str) -> bool:
    return word[0] < "\u0370"
