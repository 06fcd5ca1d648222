"""Judges that read: Whisper tiny.en transcribes a recording, and the transcript answers the question."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from amarathon.construction.answerability.judging import SampleJudgement, Samples, chosen_option, clear_winner
from amarathon.errors import DatasetError
from amarathon.metrics.transcripts import count_word_errors, whisper_normalise
from amarathon.packages.declared import WHISPER_TINY
from amarathon.packages.fetching import unpacked
from amarathon.tasks.sample import Sample

WHISPER = "Whisper tiny.en (int8)"
# The smallest Whisper is a poor listener: where it gets three words in four, the words can be heard.
_GOOD_WORD_ACCURACY = 0.75


@cache
def _whisper() -> Any:
    try:
        from faster_whisper import WhisperModel
    except ModuleNotFoundError:
        raise DatasetError(
            "The speech recogniser is not installed: run pip install faster-whisper."
        ) from None
    folder = unpacked(WHISPER_TINY) / WHISPER_TINY.folder
    return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)


def transcribed(samples: Samples) -> list[str]:
    """Transcribe a recording, sentence by sentence.

    Raises
    ------
    DatasetError
        The recogniser is not installed or its weights cannot be had.
    """
    # At temperature 0 it never draws words by chance, which it does by default where it is unsure.
    segments, _ = _whisper().transcribe(
        samples, language="en", beam_size=5, temperature=0.0, condition_on_previous_text=False
    )
    text = " ".join(segment.text for segment in segments)
    return [sentence for sentence in re.split(r"[.!?]+", text) if sentence.strip()]


def _plain(text: str) -> str:
    return f" {whisper_normalise(text)} "


def mentions(sentences: Iterable[str], word: str) -> int:
    """How many sentences name something."""
    return sum(_plain(word) in _plain(sentence) for sentence in sentences)


class Transcriber:
    """Judges a transcript: right where three words in four are."""

    name = WHISPER

    def __call__(self, sample: Sample, samples: Samples) -> SampleJudgement:
        """Compare with the reference."""
        transcript = whisper_normalise(" ".join(transcribed(samples)))
        errors = count_word_errors(whisper_normalise(sample.reference or ""), transcript)
        accuracy = 1 - errors.edits / max(errors.reference_words, 1)
        return SampleJudgement(accuracy >= _GOOD_WORD_ACCURACY, f"word accuracy {100 * accuracy:.0f}%")


class NamedMost:
    """Answers with the option that is named most often."""

    name = f"{WHISPER}; the option named most often"

    def __call__(self, sample: Sample, samples: Samples) -> SampleJudgement:
        """Count the options."""
        sentences = transcribed(samples)
        counts = [float(mentions(sentences, option.text)) for option in sample.options]
        return chosen_option(sample, clear_winner(counts))


class NamedTogether:
    """Answers with the option that shares most sentences with the one asked about."""

    name = f"{WHISPER}; the option in the same sentence as the one asked about"

    def __call__(self, sample: Sample, samples: Samples) -> SampleJudgement:
        """Count sentences that name both. The one asked about is the question's last word."""
        subject = sample.question.rstrip("?").split()[-1]
        shared = [sentence for sentence in transcribed(samples) if mentions([sentence], subject)]
        counts = [float(mentions(shared, option.text)) for option in sample.options]
        return chosen_option(sample, clear_winner(counts))
