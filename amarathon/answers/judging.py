"""What a reply does with the options it names: states, denies or asks."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from amarathon.answers.mentions import Mention
from amarathon.answers.names import label_mark
from amarathon.answers.vocabulary import (
    BETWEEN,
    CLAUSE_MARKS,
    CONTRAST,
    COPULAS,
    END_OF_STATEMENT,
    FALSE,
    JOINING,
    NEW_CLAUSE,
    NO_DENIAL,
    PLURAL,
    PREDICATES,
    REMAINING,
    SUPERSEDED,
    TENTATIVE,
    TRUE,
    VERBS,
    denies,
)
from amarathon.answers.words import Words

# What follows these behind a list is none of the list: "neither A nor B: C".
_ANNOUNCING = (":", " - ", "->", "=>", "\u2192", "\u279c")


@dataclass(frozen=True)
class JudgedMention:
    """A mention and what the reply does with it.

    Attributes
    ----------
    start : int
        Its first word.
    options : frozenset of int
        The options that it may mean.
    clause : int
        The number of its clause, or of its sentence where that sets no clauses against each other.
    affirmed : bool
        It is neither denied nor asked.
    stated : bool
        It is put forward as the answer: "it is ...", "... is right", or `alone`.
    alone : bool
        It is a sentence or a labelled line of its own.
    listed : bool
        It is joined to other options, as in "A or B".
    """

    start: int
    options: frozenset[int]
    clause: int
    affirmed: bool
    stated: bool
    alone: bool
    listed: bool


def judge_mentions(
    text: Words, mentions: Sequence[Mention], fresh: Collection[int] = ()
) -> list[JudgedMention]:
    """Judge every mention; neighbours are judged alike. Nothing before a `fresh` word denies it."""
    denied_here = _denials(text, mentions, fresh)
    clauses = _clauses(text)
    groups = list(_neighbours(text, mentions))
    next_starts = [*(group[0].start for group in groups[1:]), len(text.words)]
    judgements = []
    for group, stop in zip(groups, next_starts, strict=False):
        start, end = group[0].start, group[-1].end
        predicate = list(_words_after(text, end, stop))
        is_subject = bool(predicate) and (
            predicate[0] in VERBS or predicate[0].endswith("n't") or _denies_verb(predicate)
        )
        rejected = is_subject and any(denies(word) or word in FALSE for word in predicate)
        confirmed = (is_subject and not TRUE.isdisjoint(predicate)) or tuple(predicate) in REMAINING
        alone = _is_alone(text, start, end)
        questioned = text.sentences[start] in text.questions and not alone
        affirmed = not (denied_here[start] or rejected or questioned)
        stated = alone or confirmed or _is_predicated(text, start)
        listed = len({mention.options for mention in group}) > 1 and _is_joined(text, group)
        judgements += [
            JudgedMention(mention.start, mention.options, clauses[start], affirmed, stated, alone, listed)
            for mention in group
        ]
    return judgements


def _neighbours(text: Words, mentions: Sequence[Mention]) -> Iterator[list[Mention]]:
    """Mentions of one sentence with no word between them, or in a list that ends in "and" or "or"."""
    run: list[Mention] = []
    links: list[str] = []
    for mention in mentions:
        between = text.words[run[-1].end : mention.start] if run else ()
        same = bool(run) and text.sentences[mention.start] == text.sentences[run[-1].start]
        if run and not (same and JOINING.issuperset(between)):
            yield from _split_at_commas(text, run, links)
            run, links = [], []
        elif run:
            links.append(between[0] if between else text.gaps[mention.start])
        run.append(mention)
    yield from _split_at_commas(text, run, links)


def _is_joined(text: Words, group: Sequence[Mention]) -> bool:
    return any(text.words[last.end : following.start] for last, following in pairwise(group))


def _clauses(text: Words) -> list[int]:
    """For each word the number of its clause: "but" and semicolons begin one, as do sentences."""
    numbers: list[int] = []
    number, subordinate = 0, False
    for index, word in enumerate(text.words):
        new_sentence = index > 0 and text.sentences[index] != text.sentences[index - 1]
        after_comma = subordinate and "," in text.gaps[index]
        if new_sentence or after_comma or word in CONTRAST or (index and ";" in text.gaps[index]):
            number, subordinate = number + 1, word in CONTRAST and not after_comma
        numbers.append(number)
    return numbers


def _split_at_commas(text: Words, run: list[Mention], links: list[str]) -> Iterator[list[Mention]]:
    """Cut "not A, C" in two and "neither A nor B; C" behind B, but leave "A, B and C" whole."""
    start = 0
    last_joined = max((index for index, link in enumerate(links) if link in JOINING), default=-1)
    none_of = bool(run) and text.words[max(0, run[0].start - 2) : run[0].start] == ("none", "of")
    plural = none_of or (bool(run) and not PLURAL.isdisjoint(text.words[run[-1].end : run[-1].end + 1]))
    for index, link in enumerate(links):
        in_list = none_of or (index > 0 and links[index - 1] in JOINING)
        behind_list = in_list and any(mark in link for mark in _ANNOUNCING)
        other = run[index].options.isdisjoint(run[index + 1].options)
        if ";" in link or (behind_list and other) or ("," in link and index > last_joined and not plural):
            yield run[start : index + 1]
            start = index + 1
    if run:
        yield run[start:]


def _denies_verb(predicate: Sequence[str]) -> bool:
    """Whether the predicate begins as in "no es correcta"."""
    return len(predicate) > 1 and denies(predicate[0]) and predicate[1] in COPULAS


def _words_after(text: Words, start: int, stop: int) -> Iterator[str]:
    """Words from `start` to the end of the clause."""
    for index in range(start, stop):
        word = text.words[index]
        if any(mark in text.gaps[index] for mark in CLAUSE_MARKS) or word in END_OF_STATEMENT:
            return
        yield word


def _denials(text: Words, mentions: Sequence[Mention], fresh: Collection[int]) -> list[bool]:
    """For each word, whether its clause denies it: by a word before it that is in no option's text."""
    covered = {index for mention in mentions for index in range(mention.start, mention.end)}
    denials, denied = [], False
    for index, word in enumerate(text.words):
        if index in fresh or any(mark in text.gaps[index] for mark in CLAUSE_MARKS):
            denied = False
        denials.append(denied)
        following = text.words[index + 1] if index + 1 < len(text.words) else ""
        if word in NEW_CLAUSE:
            denied = False
        elif index not in covered:
            instead = (word, following) == ("instead", "of")
            denied |= instead or (denies(word) and (word, following) not in NO_DENIAL)
            denied |= any(
                text.words[max(0, index + 1 - len(each)) : index + 1] == each for each in SUPERSEDED
            )
    return denials


def _is_alone(text: Words, start: int, end: int) -> bool:
    """Whether the words are a whole sentence or a labelled line."""
    sentence = text.sentences[start]
    starts = start == 0 or text.sentences[start - 1] != sentence
    ends = end == len(text.words) or text.sentences[end] != sentence
    return starts and (ends or bool(label_mark(text, start)))


def _is_predicated(text: Words, start: int) -> bool:
    """Whether the words at `start` are the predicate of a clause: "it is a ...", "answer: ..."."""
    index = start - 1
    while index >= 0 and text.words[index] in BETWEEN and ";" not in text.gaps[index + 1]:
        index -= 1
    if index < 0 or text.words[index] not in PREDICATES or text.sentences[index] != text.sentences[start]:
        return False
    # "It could also be ..." is less than a statement.
    tentative = not TENTATIVE.isdisjoint(text.words[max(0, index - 2) : index])
    return index == 0 or not (tentative or text.words[index - 1] == "there")
