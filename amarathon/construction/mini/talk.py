"""A speaker talking for as long as it takes: sentences placed on a timeline, with every word's time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from amarathon.audio import SAMPLE_RATE
from amarathon.construction.merging import Clip, Timeline, rms
from amarathon.construction.mini.noise import pink
from amarathon.construction.mini.voices import Voice
from amarathon.construction.rendering import Origin, Piece, Word
from amarathon.construction.synthesis import SpokenUtterance, Utterance, synthesise
from amarathon.datasets.licences import OWN

_ROOM_DB = -45.0
_EDGES_S = (0.25, 0.7)
_SILENCE = 10 ** (-60 / 20)

Effect = Callable[[NDArray[np.float32], np.random.Generator], NDArray[np.float32]]
ROOM = Origin("room tone", OWN, "made by this project")


@dataclass(frozen=True, eq=False)
class Talk:
    """A finished recording of one speaker.

    Attributes
    ----------
    samples : ndarray of float32
    pieces : tuple of Piece
        One for each sentence.
    words : tuple of Word
    sentences : tuple of str
        As spoken.
    """

    samples: NDArray[np.float32]
    pieces: tuple[Piece, ...]
    words: tuple[Word, ...]
    sentences: tuple[str, ...]


def talk(
    voice: Voice,
    sentences: Iterator[Utterance],
    seconds: float,
    rng: np.random.Generator,
    gap_s: tuple[float, float] = (0.25, 0.7),
    effect: Effect | None = None,
) -> Talk:
    """Let a speaker say sentences until the recording is full; none is cut off.

    Parameters
    ----------
    voice : Voice
    sentences : iterator of Utterance
        Endless. A few more than are heard may be taken from it.
    seconds : float
        Length of the recording, exactly; a room's faint noise lies under all of it.
    rng : numpy.random.Generator
    gap_s : tuple of float
        Shortest and longest pause between sentences.
    effect : callable, optional
        Changes a sentence's sound without changing its length.

    Returns
    -------
    Talk
    """
    placed = _spread(voice, sentences, seconds, rng, gap_s)
    line = Timeline(seconds)
    words: list[Word] = []
    for onset, utterance, spoken in placed:
        sound = effect(spoken.samples, rng) if effect else spoken.samples
        line.add(Clip(sound, voice.origin, utterance.text), onset)
        words += [
            Word(word.text, round(onset + word.start_s, 4), round(onset + word.end_s, 4))
            for word in spoken.words
        ]
    line.samples += room_tone(len(line.samples), rms(line.samples), rng)
    samples, pieces = line.finished()
    return Talk(samples, pieces, tuple(words), tuple(utterance.text for _, utterance, _ in placed))


def _spread(
    voice: Voice,
    sentences: Iterator[Utterance],
    seconds: float,
    rng: np.random.Generator,
    gap_s: tuple[float, float],
) -> list[tuple[float, Utterance, SpokenUtterance]]:
    """As many sentences as fit, with onsets; what time is left over goes into the pauses.

    The silence at both ends is drawn alike for every manner of speaking: it must reveal nothing.
    """
    lead, tail = float(rng.uniform(*_EDGES_S)), float(rng.uniform(*_EDGES_S))
    placed: list[tuple[float, Utterance, SpokenUtterance]] = []
    onset, end = lead, lead
    while True:
        batch = list(islice(sentences, _batch_size(seconds - onset)))
        for utterance, spoken in zip(batch, spoken_trimmed(voice, batch), strict=True):
            if onset + len(spoken.samples) / SAMPLE_RATE > seconds - tail and placed:
                slack = (seconds - tail - end) / max(len(placed) - 1, 1)
                return [
                    (start + slack * index, earlier, sound)
                    for index, (start, earlier, sound) in enumerate(placed)
                ]
            placed.append((onset, utterance, spoken))
            end = onset + len(spoken.samples) / SAMPLE_RATE
            onset = end + float(rng.uniform(*gap_s))


def _batch_size(seconds_left: float) -> int:
    return max(2, min(200, int(seconds_left / 2.0)))


def spoken_trimmed(voice: Voice, utterances: Sequence[Utterance]) -> list[SpokenUtterance]:
    """Speak, and take off the silence that espeak-ng puts after each sentence."""
    return [_trimmed(spoken) for spoken in synthesise(voice.name, utterances, voice.size)]


def _trimmed(spoken: SpokenUtterance) -> SpokenUtterance:
    audible = np.flatnonzero(np.abs(spoken.samples) > _SILENCE)
    end = (
        min(int(audible[-1]) + SAMPLE_RATE // 50, len(spoken.samples))
        if len(audible)
        else len(spoken.samples)
    )
    limit = end / SAMPLE_RATE
    words = tuple(replace(word, end_s=min(word.end_s, round(limit, 4))) for word in spoken.words)
    return SpokenUtterance(spoken.samples[:end], words)


def room_tone(length: int, speech_rms: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Faint noise under a whole recording: no pause is digitally silent, no splice is heard by it."""
    return pink(length, rng) * np.float32(speech_rms * 10 ** (_ROOM_DB / 20))
