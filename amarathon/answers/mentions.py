"""Finding the places in a reply that name an option: by its text, or by its letter."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from amarathon.answers.names import Name, label_mark
from amarathon.answers.vocabulary import (
    AFTER_A,
    AFTER_LETTER,
    BEFORE_LETTER,
    COMMON,
    DELIMITERS,
    GLUE,
    JOINING,
    LETTERS,
    NOUNS,
    VERBS,
)
from amarathon.answers.words import Words


@dataclass(frozen=True)
class Mention:
    """A place that names an option.

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
        by_place = {LETTERS.index(letter)} & set(range(count))
        # Where an option's text is itself a letter ("C", a key of music), it may be either.
        spans[index, index + 1] = by_place | {name.option for name in names if name.words == (letter,)}
    return [Mention(*span, frozenset(meant)) for span, meant in sorted(spans.items())]


def _text_spans(text: Words, names: Sequence[Name]) -> dict[tuple[int, int], set[int]]:
    """Where an option's words stand in the reply; a span within a longer one is not there."""
    by_first: dict[str, list[Name]] = {}
    for name in names:
        telling = len(name.words) > 1 or len(name.words[0]) > 1 or not name.words[0].isalpha()
        if telling and not COMMON.issuperset(name.words):
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
    """Letters that are said as an answer: on their own, after "the answer is", beside a mention."""
    within = {index for start, end in spans for index in range(start, end)}
    candidates = [
        index
        for index, word in enumerate(text.words)
        if word in LETTERS and index not in within and not _is_compound(text, index)
    ]
    standing = {index for index in candidates if _stands_alone(text, index) or _is_introduced(text, index)}
    known = within | standing
    # Forwards and backwards, for rows of letters such as "A, B or C".
    for order in (candidates, reversed(candidates)):
        known.update(index for index in order if _is_beside(text, index, known))
    return sorted(known.intersection(candidates))


def _is_beside(text: Words, index: int, known: set[int]) -> bool:
    """Whether the letter is next to a mention within its sentence, or joined to it by one word."""
    behind = index - 1 if index and text.words[index - 1] not in JOINING else index - 2
    ahead = index + 1 if text.words[index + 1 : index + 2] != ("or",) else index + 2
    if behind in known and text.sentences[behind] == text.sentences[index] and _is_free(text, index):
        return True
    leads = ahead in known and text.sentences[ahead] == text.sentences[index]
    return leads and (text.words[index] != "a" or ahead > index + 1)


def _is_compound(text: Words, index: int) -> bool:
    """Whether the letter is a part of something such as "B-flat", "N/A" or "R&B"."""
    sides = ((index - 1, text.gaps[index]), (index + 1, text.gaps[index + 1]))
    return any(
        gap == "-" or (gap in GLUE and len(text.words[side]) == 1 and text.words[side] not in LETTERS)
        for side, gap in sides
        if 0 <= side < len(text.words)
    )


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
    return (ends and not initial) or not VERBS.isdisjoint(text.words[index + 1 : index + 2])


def _delimits(gap: str) -> bool:
    return any(mark in gap for mark in DELIMITERS)


def _is_free(text: Words, index: int) -> bool:
    """Whether nothing follows that the letter would belong to, as the article "a" to a noun."""
    if index + 1 == len(text.words) or _delimits(text.gaps[index + 1]):
        return True
    following = text.words[index + 1]
    if text.words[index] != "a":
        return following in AFTER_LETTER or following in LETTERS
    denies = following == "not" and not set(LETTERS).isdisjoint(text.words[index + 2 : index + 3])
    return following in AFTER_A or (following in LETTERS and following != "a") or denies


def _is_introduced(text: Words, index: int) -> bool:
    """Whether words before the letter announce it: "option C", "the answer is C", "I pick C"."""
    if index == 0 or any(mark in text.gaps[index] for mark in ",;.!?"):
        return False
    before = text.words[index - 1]
    if before in NOUNS:
        return True
    answer = before == "answer" or (
        before in {"is", "be"} and "answer" in text.words[max(0, index - 5) : index]
    )
    if answer and text.words[index] != "a":
        return True
    return (answer or before in BEFORE_LETTER) and _is_free(text, index)
