"""How a voice is changed by rule: tremor, breath, harshness, dullness."""

from dataclasses import dataclass

import numpy as np

from amarathon.audio import SAMPLE_RATE
from amarathon.construction.merging import rms
from amarathon.construction.mini.noise import Samples, band, pink, unit


@dataclass(frozen=True)
class Manner:
    """A way of speaking.

    Attributes
    ----------
    words_per_minute : int
    pitch : int
        Added to a voice's own, in espeak-ng's steps.
    pitch_range : int
        0 (flat) to 100.
    gap_s : tuple of float
        Pauses between sentences.
    tremor : float
        Depth of a 6 Hz wavering of loudness and pitch, 0 to 1.
    breath : float
        Noise with the voice's own loudness, as a share of it.
    harshness : float
        Drive of a soft clipper; 0 for none.
    dullness_hz : float
        Upper limit of the band; 8000 for all of it.
    """

    words_per_minute: int
    pitch: int = 0
    pitch_range: int = 50
    gap_s: tuple[float, float] = (0.25, 0.7)
    tremor: float = 0.0
    breath: float = 0.0
    harshness: float = 0.0
    dullness_hz: float = 8000.0

    def applied(self, samples: Samples, rng: np.random.Generator) -> Samples:
        """Change a sentence's sound; its length stays and so does its level."""
        level = rms(samples)
        if level == 0:
            return samples
        sound = _wavering(samples, self.tremor, rng) if self.tremor else samples
        if self.harshness:
            sound = np.asarray(np.tanh(unit(sound) * self.harshness), np.float32)
        if self.dullness_hz < SAMPLE_RATE / 2:
            sound = band(sound, 0, self.dullness_hz, order=3)
        if self.breath:
            envelope = np.sqrt(np.maximum(band(np.square(sound), 0, 12, order=1), 0))
            breath = self.breath * envelope * band(pink(len(sound), rng), 1500, 8000) * 2
            sound = np.asarray(sound + breath, np.float32)
        return np.asarray(unit(sound) * np.float32(level), np.float32)


def _wavering(samples: Samples, depth: float, rng: np.random.Generator) -> Samples:
    """Read at an uneven pace (pitch) with an uneven gain (loudness)."""
    times = np.arange(len(samples)) / SAMPLE_RATE
    rate = float(rng.uniform(5.5, 7.0))
    phase = float(rng.uniform(0, 2 * np.pi))
    swing = np.sin(2 * np.pi * rate * times + phase)
    # A tenth of a semitone to one semitone and a half of pitch, at most 6 dB of loudness.
    shift = 0.09 * depth / (2 * np.pi * rate) * SAMPLE_RATE
    positions = np.clip(np.arange(len(samples)) + shift * swing, 0, len(samples) - 1)
    read = np.interp(positions, np.arange(len(samples)), samples)
    return np.asarray(read * (1 + 0.5 * depth * np.cos(2 * np.pi * rate * times + phase)), np.float32)
