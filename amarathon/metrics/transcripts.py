"""Transcripts: their normal forms, word errors, and which words go wrong most often.

`jiwer` aligns and counts; the English normaliser is Whisper's.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TypeVar

import jiwer
from whisper_normalizer.english import EnglishTextNormalizer

from amarathon.answers.speech import published_content, spoken_content
from amarathon.answers.spelling import unify

__all__ = [
    "ErrorAnalysis",
    "WordErrors",
    "analyse_errors",
    "count_word_errors",
    "paper_normalise",
    "published_content",
    "spoken_content",
    "whisper_normalise",
]

Item = TypeVar("Item", str, tuple[str, str])

_TO_SPACES = str.maketrans(dict.fromkeys('.!?,;:"()[]{}', " "))
_DELETED = str.maketrans(dict.fromkeys("-'", ""))

# Nobody says a number of thousands of digits, and Python refuses to convert it; a model may write it.
_ENDLESS_NUMBER = re.compile(r"(\d{40})\d+")
_ELLIPSIS = re.compile(r"\.{2,}")
_HAS_WORD = re.compile(r"[^\W_]")
_BRACKETS = (
    ("<[", ">]", re.compile(r"[<\[][^>\]]*[>\]]")),
    ("(", ")", re.compile(r"\([^)]+\)")),
)
_PIECE = 1000
# The end of a sentence of words that are no numbers.
_PLAIN = re.compile(r"[a-zA-Z]{2,}[.!?]")


@cache
def _english() -> Callable[[str], str]:
    normalise: Callable[[str], str] = EnglishTextNormalizer()
    return normalise


# One reference is compared with the replies of many configurations, and these are often alike.
@lru_cache(maxsize=2048)
def whisper_normalise(text: str) -> str:
    """Bring a text to Whisper's English normal form, as the Open ASR Leaderboard does.

    Spelling is unified before (`amarathon.answers.spelling`): Whisper's normaliser knows neither
    typographic apostrophes nor ellipses. Marks that it leaves standing alone are no words.
    """
    plain = _ENDLESS_NUMBER.sub(r"\1", _ELLIPSIS.sub(". ", unify(text)))
    # A model that cannot stop says one thing again and again: each piece is brought to its form once.
    normal = cache(_english())
    words = " ".join(map(normal, _pieces(_without_brackets(plain)))).split()
    return " ".join(word for word in words if _HAS_WORD.search(word))


def _without_brackets(text: str) -> str:
    """Leave out what stands in brackets, as Whisper's normaliser does, in one pass.

    Its own expressions look for the end of every opening bracket, and take the square of the time
    where there is none.
    """
    for opening, closing, brackets in _BRACKETS:
        end = max(map(text.rfind, closing)) + 1
        text = brackets.sub("", text[:end]) + text[end:].translate(dict.fromkeys(map(ord, opening), " "))
    return text


def _pieces(text: str) -> Iterator[str]:
    """Cut a text too long for Whisper's normaliser, whose numbers take the square of the time.

    Cuts are where no number is near, if there is such a gap, so that they change nothing.
    """
    words = text.split()
    start = 0
    for index in range(len(words)):
        length = index - start
        if length >= 2 * _PIECE or (length >= _PIECE and _PLAIN.fullmatch(words[index - 1])):
            yield " ".join(words[start:index])
            start = index
    yield " ".join(words[start:])


def paper_normalise(text: str) -> str:
    """Bring a text to the normal form of the AudioMarathon scripts.

    Lower case; ``.!?,;:"()[]{}`` become spaces; hyphens and apostrophes are deleted; spaces are
    collapsed. Spelling is unified before.
    """
    return " ".join(unify(text).lower().translate(_TO_SPACES).translate(_DELETED).split())


@dataclass(frozen=True)
class WordErrors:
    """Edits that turn a hypothesis into its reference, both normalised.

    Attributes
    ----------
    substitutions, deletions, insertions : int
    reference_words, hypothesis_words : int
    is_empty : bool
        There was no hypothesis at all; one that has no words ("...") is one.
    """

    substitutions: int
    deletions: int
    insertions: int
    reference_words: int
    hypothesis_words: int
    is_empty: bool = False

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
    reference_words, hypothesis_words = reference.split(), hypothesis.split()
    if not reference_words or not hypothesis_words:
        one_sided = [("delete", reference, ""), ("insert", "", hypothesis)]
        return [AlignedWords(*edit) for edit in one_sided if any(edit[1:])]
    return [
        AlignedWords(
            edit.type,
            " ".join(reference_words[edit.ref_start_idx : edit.ref_end_idx]),
            " ".join(hypothesis_words[edit.hyp_start_idx : edit.hyp_end_idx]),
        )
        for edit in jiwer.process_words(reference, hypothesis).alignments[0]
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
        for kind, old, new in _differences(normalise(reference), normalise(spoken_content(reply))):
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


def _differences(reference: str, hypothesis: str) -> Iterable[tuple[str, list[str], list[str]]]:
    """The stretches that differ: kind of edit, words of the reference, words of the hypothesis."""
    return [
        (edit.kind, edit.reference.split(), edit.hypothesis.split())
        for edit in align_words(reference, hypothesis)
        if edit.kind != "equal"
    ]


def _most_frequent(counts: "Counter[Item]", top: int) -> list[tuple[Item, int]]:
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))[:top]
