"""Answers that a reply takes back: "A. Wait, actually B." means B."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from amarathon.answers.languages import words_of
from amarathon.answers.mentions import Mention
from amarathon.answers.vocabulary import ANSWERS, CLAUSE_MARKS
from amarathon.answers.words import Words


def _phrases(text: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(phrase.split()) for phrase in text.split(", "))


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What stands before these is no answer any more, whatever follows.
_TAKES_BACK = _phrases(
    "wait, hold on, scratch that, strike that, correction, on second thought, on second thoughts, "
    "let me reconsider, let me rethink, let me correct, let me revise, let me re check, let me recheck, "
    "let me double check, let me think again, let me reevaluate, let me re evaluate, let me start over, "
    "i take that back, i take it back, i changed my mind, i've changed my mind, i change my mind, "
    "i change my answer, i'll change my answer, i will change my answer, changing my answer, my mistake, "
    "my bad, i made a mistake, i made an error, i was wrong, i misspoke, i stand corrected, never mind, "
    "nevermind, that is wrong, that's wrong, that was wrong, that is incorrect, that's incorrect, "
    "that is not right, that's not right, that isn't right, that is not correct, that's not correct, "
    "that can't be right, not quite"
)
# What stands before these is replaced where an answer follows.
_REPLACES = _phrases(
    "actually, sorry, i mean, i meant, oops, or rather, upon reflection, on reflection, hmm, hm, "
    "upon further reflection, in fact, better, to correct myself, i'm changing my answer, ah, no"
)
_NEW_ANSWER = _phrases(
    "final answer, final choice, corrected answer, revised answer, updated answer, new answer"
)
_FINAL = words_of("final")
_FOREIGN = words_of("withdrawing")
_FILLERS = _words("oh but hmm hm well ah no and so sorry ok okay actually wait or yes")
_LONGEST = max(map(len, _TAKES_BACK | _REPLACES))
# "Wait for the end", "no other sound": the word begins something else.
_GOES_ON = _words("for until till to")
_NEEDS_A_PAUSE = _phrases("no, sorry, better, ah, oops, hmm, hm") | {(word,) for word in _FOREIGN}


@dataclass(frozen=True)
class Withdrawal:
    """A point at which a reply takes back or replaces its answer.

    Attributes
    ----------
    start : int
        The first word of what holds instead.
    whatever_follows : bool
        The earlier answer is withdrawn even if nothing replaces it.
    """

    start: int
    whatever_follows: bool


def find_withdrawals(text: Words, mentions: Sequence[Mention]) -> list[Withdrawal]:
    """Find every withdrawal, the last first; words of an option's text are none."""
    covered = {index for mention in mentions for index in range(mention.start, mention.end)}
    first = min((mention.start for mention in mentions), default=len(text.words))
    return list(_withdrawals(text, covered, first))[::-1]


def _withdrawals(text: Words, covered: set[int], first: int) -> Iterator[Withdrawal]:
    for index in range(first + 1, len(text.words)):
        if index in covered:
            continue
        word, following = text.words[index], text.words[index + 1 : index + 2]
        if (word, *following) in _NEW_ANSWER or _is_final_answer(text, index):
            yield Withdrawal(index, whatever_follows=False)
        elif _begins_clause(text, index, covered):
            for length in range(_LONGEST, 0, -1):
                phrase = text.words[index : index + length]
                known = phrase in _TAKES_BACK or phrase in _REPLACES or (length == 1 and word in _FOREIGN)
                if len(phrase) == length and known and _ends_phrase(text, phrase, index + length):
                    yield Withdrawal(index + length, whatever_follows=phrase in _TAKES_BACK)
                    break


def _is_final_answer(text: Words, index: int) -> bool:
    """Whether a final answer is announced in another language, in either order of the two words."""
    word, following = text.words[index], "".join(text.words[index + 1 : index + 2])
    alone = word in _FINAL and word in ANSWERS
    pair = (word in _FINAL and following in ANSWERS) or (word in ANSWERS and following in _FINAL)
    return alone or (pair and text.gaps[index + 1].strip() == "")


def _begins_clause(text: Words, index: int, covered: set[int]) -> bool:
    """Whether a clause begins here, or there is nothing but fillers before it in its clause."""
    while index and not _is_marked(text.gaps[index]):
        index -= 1
        if index in covered or text.words[index] not in _FILLERS:
            return False
    return True


def _is_marked(gap: str) -> bool:
    return any(mark in gap for mark in (*CLAUSE_MARKS, "("))


def _ends_phrase(text: Words, phrase: tuple[str, ...], end: int) -> bool:
    if end == len(text.words):
        return True
    if phrase in _NEEDS_A_PAUSE:
        return any(mark in text.gaps[end] for mark in (",", " - ", "-", "...", "!", ":"))
    return text.words[end] not in _GOES_ON
