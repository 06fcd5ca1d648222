"""How transcripts go wrong: words left out, put in and exchanged, replies that say nothing, and loops."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from amarathon.metrics.transcripts import count_word_errors, spoken_content, whisper_normalise

# A reply is a loop where a phrase of at most so many words stands so many times in a row.
LONGEST_PHRASE = 10
REPETITIONS = 5


@dataclass(frozen=True)
class ErrorPattern:
    """Word errors of many transcripts, added up, by the strict protocol.

    Attributes
    ----------
    transcripts : int
    empty, looped : int
        Transcripts without a word, and those with a loop; see `is_loop`.
    reference_words, substitutions, deletions, insertions : int
    """

    transcripts: int
    empty: int
    looped: int
    reference_words: int
    substitutions: int
    deletions: int
    insertions: int


def is_loop(words: Sequence[str]) -> bool:
    """Whether a phrase is repeated again and again without anything between."""
    for length in range(1, LONGEST_PHRASE + 1):
        repeated = 0
        for one, later in zip(words, words[length:], strict=False):
            repeated = repeated + 1 if one == later else 0
            if repeated == length * (REPETITIONS - 1):
                return True
    return False


def find_pattern(pairs: Iterable[tuple[str, str]]) -> ErrorPattern:
    """Add up the word errors of transcripts.

    Parameters
    ----------
    pairs : iterable of (str, str)
        Reference and reply; the reply may have its prefix.

    Examples
    --------
    >>> pattern = find_pattern([("the cat sat", "the bat"), ("quiet", "")])
    >>> pattern.substitutions, pattern.deletions, pattern.empty
    (1, 2, 1)
    """
    transcripts = empty = looped = words = substitutions = deletions = insertions = 0
    for reference, reply in pairs:
        normal = whisper_normalise(spoken_content(reply))
        errors = count_word_errors(whisper_normalise(reference), normal)
        transcripts += 1
        empty += not normal
        looped += is_loop(normal.split())
        words += errors.reference_words
        substitutions += errors.substitutions
        deletions += errors.deletions
        insertions += errors.insertions
    return ErrorPattern(transcripts, empty, looped, words, substitutions, deletions, insertions)
