"""Lists of options in a reply that are more than a row of answers: echoes, rankings, confidences."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from amarathon.answers.mentions import Mention
from amarathon.answers.vocabulary import JOINING, LETTERS, NOUNS
from amarathon.answers.words import Words

_ABOVE = re.compile(r"[ \t\"')\]]*(?:>+|\u227b)[ \t\"'(\[]*")
_NUMBER = re.compile(r"\d{1,3}(?:[.,]\d{1,4})?")
_BEFORE_A_CONFIDENCE = frozenset(
    (
        "with",
        "at",
        "has",
        "is",
        "a",
        "of",
        "confidence",
        "probability",
        "likelihood",
        "chance",
        "about",
        "around",
    )
)


@dataclass(frozen=True)
class Item:
    """One option in a row of mentions, perhaps by letter and text.

    Attributes
    ----------
    mentions : range
        Indices in the list of mentions.
    start, end : int
        Words, `end` excluded.
    option : int
    """

    mentions: range
    start: int
    end: int
    option: int


def items_of(text: Words, mentions: Sequence[Mention]) -> list[Item]:
    """Put the letter and the text of one option together; mentions that may mean several are left out."""
    items: list[Item] = []
    for index, mention in enumerate(mentions):
        if len(mention.options) != 1:
            continue
        (option,) = mention.options
        before = items[-1] if items else None
        beside = before and (before.option, before.end, before.mentions.stop) == (
            option,
            mention.start,
            index,
        )
        if before and beside and _is_letter(text, before) != _is_letter(text, mention):
            items[-1] = Item(range(before.mentions.start, index + 1), before.start, mention.end, option)
        else:
            items.append(Item(range(index, index + 1), mention.start, mention.end, option))
    return items


def _is_letter(text: Words, span: Item | Mention) -> bool:
    return span.end == span.start + 1 and text.words[span.start] in LETTERS


def echoed(text: Words, items: Sequence[Item], count: int) -> set[int]:
    """Mentions that repeat the question's options, all of them in a row and each once."""
    echoes: set[int] = set()
    start = 0
    while count > 1 and start + count <= len(items):
        row = items[start : start + count]
        different = len({item.option for item in row}) == count
        if different and all(_joined(text, *pair) for pair in pairwise(row)):
            echoes.update(index for item in row for index in item.mentions)
            start += count
        else:
            start += 1
    return echoes


def _joined(text: Words, item: Item, following: Item) -> bool:
    return JOINING.union(NOUNS).issuperset(text.words[item.end : following.start])


def outranked(text: Words, items: Sequence[Item], count: int) -> set[int]:
    """Mentions that a ranking puts behind its first: "B > A > C", "1. B 2. A", "A: 10%, B: 80%"."""
    behind: set[int] = set()
    for row in (*_descending(text, items), *_numbered(text, items, count), *_by_confidence(text, items)):
        behind.update(index for item in row[1:] for index in item.mentions)
    return behind


def _descending(text: Words, items: Sequence[Item]) -> Iterator[list[Item]]:
    """Rows with ">" between: the first is the highest."""
    row: list[Item] = []
    for item in items:
        if row and not (row[-1].end == item.start and _ABOVE.fullmatch(text.gaps[item.start])):
            yield row
            row = []
        row.append(item)
    yield row


def _numbered(text: Words, items: Sequence[Item], count: int) -> Iterator[list[Item]]:
    """Rows of bare options numbered from one, unless they repeat the options in their own order."""
    row: list[Item] = []
    for item in items:
        number = text.words[item.start - 1] if item.start else ""
        follows = bool(row) and row[-1].end == item.start - 1 and number == str(len(row) + 1)
        if not follows:
            yield from _ranking(row, count)
            row = []
        if follows or number == "1":
            row.append(item)
    yield from _ranking(row, count)


def _ranking(row: list[Item], count: int) -> Iterator[list[Item]]:
    if [item.option for item in row] != list(range(count)):
        yield row


def _by_confidence(text: Words, items: Sequence[Item]) -> Iterator[list[Item]]:
    """The options that have a confidence behind them, the surest first; nothing where two are equal."""
    confidences: dict[int, float] = {}
    for index, item in enumerate(items):
        stop = items[index + 1].start if index + 1 < len(items) else len(text.words)
        confidence = _confidence(text, item.end, stop)
        if confidence is not None:
            confidences[index] = confidence
    ranked = sorted(confidences, key=lambda index: -confidences[index])
    if len({items[index].option for index in ranked}) > 1 and confidences[ranked[0]] > confidences[ranked[1]]:
        yield [items[index] for index in ranked]


def _confidence(text: Words, start: int, stop: int) -> float | None:
    for index in range(start, min(stop, start + 5)):
        word = text.words[index]
        if text.sentences[index] != text.sentences[start - 1]:
            return None
        if _NUMBER.fullmatch(word):
            value = float(word.replace(",", "."))
            after = text.gaps[index + 1].lstrip()
            percent = after.startswith("%") or text.words[index + 1 : index + 2] == ("percent",)
            return value if percent or (value <= 1 and "." in word) else None
        if word not in _BEFORE_A_CONFIDENCE:
            return None
    return None
