"""Transcripts: their normal forms, word errors, and which words go wrong most often.

`jiwer` aligns, RapidFuzz, which it aligns with, counts; the English normaliser is Whisper's.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TypeVar

import jiwer
from rapidfuzz.distance import Levenshtein
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
# Words. Whisper's normaliser takes the square of the time for numbers.
_LONGEST_PIECE = 2000
# "A" alone may be of "and a half".
_PLAIN = re.compile(r"([a-zA-Z]{2,})[.,!?;:]?")
_LETTERS = re.compile(r"[a-zA-Z]+")
# Whisper's normaliser leaves them out before it looks for numbers, so that they stand between none.
_FILLERS = frozenset(("hmm", "mm", "mhm", "mmm", "uh", "um"))


@cache
def _english() -> EnglishTextNormalizer:
    return EnglishTextNormalizer()


@cache
def _crossing() -> frozenset[str]:
    """Words whose form may depend on their neighbours: those of numbers, and what is left out."""
    return frozenset(_english().standardize_numbers.words) | _FILLERS


# A word that stands for itself is brought to its form once.
@lru_cache(maxsize=32_768)
def _normal_piece(piece: str) -> str:
    normal: str = _english()(piece)
    return normal


# One reference is compared with the replies of many configurations, and these are often alike.
@lru_cache(maxsize=2048)
def whisper_normalise(text: str) -> str:
    """Bring a text to Whisper's English normal form, as the Open ASR Leaderboard does.

    Spelling is unified before (`amarathon.answers.spelling`): Whisper's normaliser knows neither
    typographic apostrophes nor ellipses. Marks that it leaves standing alone are no words.
    """
    plain = _ENDLESS_NUMBER.sub(r"\1", _ELLIPSIS.sub(". ", unify(text)))
    words = " ".join(map(_normal_piece, _pieces(_without_brackets(plain)))).split()
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
    """Cut a text wherever that changes nothing: mostly into words.

    Only between two words that can be of no number and of no contraction together. Where there is no
    such gap, a text is cut nevertheless.
    """
    piece: list[str] = []
    closed = False
    for word in text.split():
        opens, closes = _edges(word)
        if piece and ((closed and opens) or len(piece) >= _LONGEST_PIECE):
            yield " ".join(piece)
            piece = []
        piece.append(word)
        closed = closes
    yield " ".join(piece)


@lru_cache(maxsize=32_768)
def _edges(word: str) -> tuple[bool, bool]:
    """Whether a word's form does not depend on what stands before it, and whether not on what follows."""
    first, plain = _LETTERS.match(word), _PLAIN.fullmatch(word)
    opens = word.isascii() and first is not None and first[0].lower() not in _crossing()
    return opens, plain is not None and plain[1].lower() not in _crossing()


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
    edits = Counter(edit.tag for edit in Levenshtein.editops(reference.split(), hypothesis.split()))
    return WordErrors(edits["replace"], edits["delete"], edits["insert"], *words)


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
