"""Feedback after a practice question: what was right, and how a transcript differs from it."""

from collections.abc import Sequence
from dataclasses import dataclass

from amarathon.metrics.transcripts import AlignedWords, align_words, whisper_normalise
from human_eval.storage.schema import Answer, Item


@dataclass(frozen=True)
class Feedback:
    """What was right.

    Attributes
    ----------
    correct : bool
        A transcript is where no word differs.
    choice : int or None
        Canonical index of the right option.
    reference : str or None
        The right transcript.
    difference : sequence of AlignedWords
        How the annotator's transcript differs from it, in the form in which transcripts are scored.
    """

    correct: bool
    choice: int | None
    reference: str | None
    difference: Sequence[AlignedWords] = ()


def feedback(item: Item, answer: Answer) -> Feedback | None:
    """Feedback on an answer: on practice only, no right answer leaves otherwise."""
    if item.kind != "practice":
        return None
    if item.options:
        return Feedback(answer.choice == item.answer, item.answer, None)
    reference = item.reference or ""
    difference = align_words(whisper_normalise(reference), whisper_normalise(answer.transcript or ""))
    correct = all(words.kind == "equal" for words in difference)
    return Feedback(correct, None, item.reference, difference)
