"""Transcripts: their normal forms, word errors, and which words go wrong most often.

`jiwer` aligns and counts; the English normaliser is Whisper's.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import jiwer
from whisper_normalizer.english import EnglishTextNormalizer

Item = TypeVar("Item", str, tuple[str, str])

# The answer that the prompt asks for begins with this.
_PREFIX = re.compile(r"[\s*\"'`]*spoken\s+content[\s*]*:[\s*]*", re.IGNORECASE)

_TO_SPACES = str.maketrans(dict.fromkeys('.!?,;:"()[]{}', " "))
_DELETED = str.maketrans(dict.fromkeys("-'", ""))

# Nobody says a number of thousands of digits, and Python refuses to convert it; a model may write it.
_ENDLESS_NUMBER = re.compile(r"(\d{40})\d+")


def spoken_content(reply: str) -> str:
    """Take the prefix ``Spoken Content:`` off a reply."""
    return _PREFIX.sub("", reply, count=1) if _PREFIX.match(reply) else reply


@cache
def _english() -> Callable[[str], str]:
    normalise: Callable[[str], str] = EnglishTextNormalizer()
    return normalise


def whisper_normalise(text: str) -> str:
    """Bring a text to Whisper's English normal form, as the Open ASR Leaderboard does."""
    return " ".join(_english()(_ENDLESS_NUMBER.sub(r"\1", text)).split())


def paper_normalise(text: str) -> str:
    """Bring a text to the normal form of the AudioMarathon scripts.

    Lower case; ``.!?,;:"()[]{}`` become spaces; hyphens and apostrophes are deleted; spaces are
    collapsed.
    """
    return " ".join(text.lower().translate(_TO_SPACES).translate(_DELETED).split())


@dataclass(frozen=True)
class WordErrors:
    """Edits that turn a hypothesis into its reference, both normalised.

    Attributes
    ----------
    substitutions, deletions, insertions : int
    reference_words, hypothesis_words : int
    """

    substitutions: int
    deletions: int
    insertions: int
    reference_words: int
    hypothesis_words: int

    @property
    def edits(self) -> int:
        """Word edit distance."""
        return self.substitutions + self.deletions + self.insertions


def count_word_errors(reference: str, hypothesis: str) -> WordErrors:
    """Count word errors of one utterance; either text may be empty.

    Parameters
    ----------
    reference, hypothesis : str
        Normalised, words separated by single spaces.
    """
    words = len(reference.split()), len(hypothesis.split())
    if not all(words):
        return WordErrors(0, *words, *words)
    found = jiwer.process_words(reference, hypothesis)
    return WordErrors(found.substitutions, found.deletions, found.insertions, *words)


@dataclass(frozen=True)
class AlignedWords:
    """Neighbouring words of two texts that belong together.

    Attributes
    ----------
    kind : {"equal", "substitute", "delete", "insert"}
        What has to be done to the reference to come to the hypothesis.
    reference, hypothesis : str
        Words separated by single spaces; empty where there are none.
    """

    kind: str
    reference: str
    hypothesis: str


def align_words(reference: str, hypothesis: str) -> list[AlignedWords]:
    """Lay two texts beside each other, word by word; either may be empty.

    Parameters
    ----------
    reference, hypothesis : str
        Normalised, words separated by single spaces.
    """
    there, here = reference.split(), hypothesis.split()
    if not there or not here:
        one_sided = [("delete", reference, ""), ("insert", "", hypothesis)]
        return [AlignedWords(*each) for each in one_sided if any(each[1:])]
    return [
        AlignedWords(
            each.type,
            " ".join(there[each.ref_start_idx : each.ref_end_idx]),
            " ".join(here[each.hyp_start_idx : each.hyp_end_idx]),
        )
        for each in jiwer.process_words(reference, hypothesis).alignments[0]
    ]


@dataclass(frozen=True)
class ErrorAnalysis:
    """The most frequent word errors, as in the paper's Tables 9 and 10.

    Attributes
    ----------
    insertions, deletions : tuple of (str, int)
        Words with how often, most frequent first.
    substitutions : tuple of (str, str, int)
        Reference word, hypothesis word, how often.
    """

    insertions: tuple[tuple[str, int], ...]
    deletions: tuple[tuple[str, int], ...]
    substitutions: tuple[tuple[str, str, int], ...]


def analyse_errors(
    pairs: Iterable[tuple[str, str]],
    *,
    top: int = 8,
    normalise: Callable[[str], str] = whisper_normalise,
) -> ErrorAnalysis:
    """Find the words that are inserted, deleted and substituted most often.

    Parameters
    ----------
    pairs : iterable of (str, str)
        Reference and reply; the reply may have its prefix.
    top : int
        How many of each kind; equals are in alphabetical order.
    normalise : callable
        The normal form to compare in.
    """
    inserted: Counter[str] = Counter()
    deleted: Counter[str] = Counter()
    substituted: Counter[tuple[str, str]] = Counter()
    for reference, reply in pairs:
        there, here = normalise(reference).split(), normalise(spoken_content(reply)).split()
        for kind, old, new in _differences(there, here):
            if kind == "insert":
                inserted.update(new)
            elif kind == "delete":
                deleted.update(old)
            else:
                substituted.update(zip(old, new, strict=True))
    return ErrorAnalysis(
        tuple(_most_frequent(inserted, top)),
        tuple(_most_frequent(deleted, top)),
        tuple((*pair, count) for pair, count in _most_frequent(substituted, top)),
    )


def _differences(there: list[str], here: list[str]) -> Iterable[tuple[str, list[str], list[str]]]:
    """The stretches that differ: kind of edit, words of the reference, words of the hypothesis."""
    return [
        (each.kind, each.reference.split(), each.hypothesis.split())
        for each in align_words(" ".join(there), " ".join(here))
        if each.kind != "equal"
    ]


def _most_frequent(counts: "Counter[Item]", top: int) -> list[tuple[Item, int]]:
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))[:top]
