"""Replies compared word by word."""

from collections.abc import Sequence
from typing import Literal

import jiwer

from amarathon.metrics.transcripts import count_word_errors, spoken_content, whisper_normalise

# Equal words, words of vanilla's reply that are missing, words that are new.
Difference = tuple[Literal["equal", "missing", "new"], str]


def word_accuracy(reference: str, reply: str) -> float | None:
    """WAR of a reply, 0 to 1, as `amarathon.metrics` takes it under the strict protocol."""
    errors = count_word_errors(*(whisper_normalise(spoken_content(text)) for text in (reference, reply)))
    return max(0.0, 1.0 - errors.edits / errors.reference_words) if errors.reference_words else None


def differences(reference: str, reply: str) -> list[Difference]:
    """Align two replies word by word.

    The words of a substitution are first missing and then new.
    """
    old, new = reference.split(), reply.split()
    if old == new:
        return _piece("equal", old)
    if not old or not new:
        return [*_piece("missing", old), *_piece("new", new)]
    aligned = jiwer.process_words(" ".join(old), " ".join(new)).alignments[0]
    pieces: list[Difference] = []
    for chunk in aligned:
        before = old[chunk.ref_start_idx : chunk.ref_end_idx]
        after = new[chunk.hyp_start_idx : chunk.hyp_end_idx]
        if chunk.type == "equal":
            pieces += _piece("equal", before)
        else:
            pieces += [*_piece("missing", before), *_piece("new", after)]
    return pieces


def _piece(kind: Literal["equal", "missing", "new"], words: Sequence[str]) -> list[Difference]:
    return [(kind, " ".join(words))] if words else []
