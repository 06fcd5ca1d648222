"""Noises and echoes that are computed."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, lfilter, sosfilt

from amarathon.audio import SAMPLE_RATE

Samples = NDArray[np.float32]


def times_of(seconds: float) -> Samples:
    """The time of every sample, seconds."""
    return np.arange(round(seconds * SAMPLE_RATE), dtype=np.float32) / np.float32(SAMPLE_RATE)


def white(length: int, rng: np.random.Generator) -> Samples:
    """Gaussian noise of root mean square 1."""
    return rng.standard_normal(length, dtype=np.float32)


def pink(length: int, rng: np.random.Generator) -> Samples:
    """Noise that falls by about 3 dB an octave, root mean square about 1."""
    # Paul Kellet's filter in its economy form, as poles and zeros at 16 kHz.
    numerator = (0.049922035, -0.095993537, 0.050612699, -0.004408786)
    denominator = (1.0, -2.494956002, 2.017265875, -0.522189400)
    return unit(np.asarray(lfilter(numerator, denominator, white(length, rng)), np.float32))


def band(samples: Samples, low_hz: float, high_hz: float, order: int = 2) -> Samples:
    """Keep a band; 0 or half the sample rate leave that side open."""
    top = SAMPLE_RATE / 2
    if low_hz <= 0:
        sections = butter(order, min(high_hz, top * 0.99), "lowpass", fs=SAMPLE_RATE, output="sos")
    elif high_hz >= top:
        sections = butter(order, low_hz, "highpass", fs=SAMPLE_RATE, output="sos")
    else:
        sections = butter(order, (low_hz, high_hz), "bandpass", fs=SAMPLE_RATE, output="sos")
    return np.asarray(sosfilt(sections, samples), np.float32)


def unit(samples: Samples) -> Samples:
    """Scale to root mean square 1; silence stays."""
    level = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0
    return samples / np.float32(level) if level > 0 else samples


def slow_gain(length: int, rng: np.random.Generator, depth_db: float, period_s: float) -> Samples:
    """A gain that wanders up and down, smooth, within `depth_db` of 1."""
    knots = max(int(length / SAMPLE_RATE / period_s) + 2, 2)
    values = rng.uniform(-depth_db, depth_db, knots)
    times = np.linspace(0, knots - 1, length)
    return np.asarray(10 ** (np.interp(times, np.arange(knots), values) / 20), np.float32)


@lru_cache(maxsize=16)
def _room(decay_s: float, seed: int) -> Samples:
    rng = np.random.default_rng(seed)
    length = int(decay_s * SAMPLE_RATE)
    tail = rng.standard_normal(length) * 10 ** (-3 * np.arange(length) / length)
    tail[0] = 6.0
    return np.asarray(tail / np.sqrt(np.sum(tail**2)), np.float32)


def reverberated(samples: Samples, decay_s: float, seed: int = 0) -> Samples:
    """Put a sound into a room whose echo falls by 60 dB in `decay_s` seconds."""
    return np.asarray(fftconvolve(samples, _room(round(decay_s, 2), seed))[: len(samples)], np.float32)
