"""Voices of people who are not listened to: a babble and loudspeaker announcements."""

import numpy as np

from amarathon.audio import SAMPLE_RATE
from amarathon.construction.mini.noise import Samples, band, unit
from amarathon.construction.mini.talk import spoken_trimmed
from amarathon.construction.mini.vocabulary import FILLERS, any_sentence
from amarathon.construction.mini.voices import GENDERS, draw_voice
from amarathon.construction.synthesis import Utterance

_SENTENCES = 14


def babble(length: int, split: str, speakers: int, rng: np.random.Generator) -> Samples:
    """Several people talking at once, each going round in what they say.

    Parameters
    ----------
    length : int
        Samples.
    split : str
        Whose voices and sentences are used.
    speakers : int
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of float32
        Root mean square 1.
    """
    result = np.zeros(length, np.float32)
    for number in range(speakers):
        one = _monologue(split, GENDERS[number % 2], rng)
        turns = int(np.ceil(length / len(one))) + 1
        start = int(rng.integers(len(one)))
        result += np.tile(one, turns)[start : start + length] * np.float32(10 ** (rng.uniform(-5, 0) / 20))
    return unit(result)


def _monologue(split: str, gender: str, rng: np.random.Generator) -> Samples:
    voice = draw_voice(split, gender, rng)
    lines = [
        Utterance(any_sentence(FILLERS, split, rng), int(rng.integers(150, 190))) for _ in range(_SENTENCES)
    ]
    parts: list[Samples] = []
    for spoken in spoken_trimmed(voice, lines):
        parts += [spoken.samples, np.zeros(int(rng.uniform(0.2, 1.0) * SAMPLE_RATE), np.float32)]
    return unit(np.concatenate(parts))


def announcement(split: str, rng: np.random.Generator) -> Samples:
    """One sentence from a loudspeaker."""
    voice = draw_voice(split, GENDERS[int(rng.integers(2))], rng)
    (spoken,) = spoken_trimmed(voice, [Utterance(any_sentence(FILLERS, split, rng), 150)])
    return unit(band(spoken.samples, 350, 3400)) * np.float32(0.8)
