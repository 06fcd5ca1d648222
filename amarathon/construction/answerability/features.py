"""Features for fitted judges: a recording as one vector."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from amarathon.audio import SAMPLE_RATE
from amarathon.construction.answerability.judging import Samples
from amarathon.construction.answerability.pitch import pitches
from amarathon.construction.answerability.yamnet import scores

Vector = NDArray[np.float64]
_STEP = SAMPLE_RATE // 100
_SHORTEST_PAUSE = 15
_QUIET_DB = 25.0
_RATES_HZ = ((0.3, 1), (1, 2), (2, 3), (3, 4), (4, 5.3), (5.3, 7.2), (7.2, 10), (10, 15))
_BANDS_HZ = (
    *((125, 250), (250, 500), (500, 1000), (1000, 1800)),
    *((1800, 2500), (2500, 3500), (3500, 5000), (5000, 8000)),
)


def voice(samples: Samples) -> Vector:
    """How somebody speaks: pitch and its range, pace, pauses, wavering, dullness."""
    found = pitches(samples)
    pitch = np.log(found) if len(found) > 1 else np.zeros(2)
    low, under, middle, over, high = np.percentile(pitch, (10, 25, 50, 75, 90))
    melody = [middle, high - low, over - under, np.abs(np.diff(pitch)).mean()]
    return np.concatenate([melody, _rhythm(samples), _balance(samples)])


def tags(samples: Samples) -> Vector:
    """YAMNet's scores, their means and spreads over time, and the spectral balance."""
    found = scores(samples).astype(np.float64)
    return np.concatenate([found.mean(axis=0), found.std(axis=0), _balance(samples)])


def _rhythm(samples: Samples) -> Vector:
    """Loudness in steps of 10 ms: syllables, pauses, and how fast it wavers."""
    blocks = samples[: len(samples) // _STEP * _STEP].reshape(-1, _STEP).astype(np.float64)
    level = np.convolve(10 * np.log10((blocks**2).mean(axis=1) + 1e-9), np.ones(5) / 5, "same")
    border = np.percentile(level, 90) - _QUIET_DB
    quiet = level < border
    runs = np.diff(np.flatnonzero(np.diff(quiet.astype(int))))
    pauses = runs[runs > _SHORTEST_PAUSE]
    peaks = (level[1:-1] > level[:-2]) & (level[1:-1] >= level[2:]) & (level[1:-1] > border)
    syllables = 100 * peaks.sum() / max((~quiet).sum(), 1)
    pace = [syllables, quiet.mean(), len(pauses) / len(level), pauses.mean() if len(pauses) else 0.0]
    return np.concatenate([pace, _logarithms(level - level.mean(), _STEP / SAMPLE_RATE, _RATES_HZ)])


def _balance(samples: Samples) -> Vector:
    return _logarithms(samples.astype(np.float64), 1 / SAMPLE_RATE, _BANDS_HZ)


def _logarithms(values: Vector, spacing_s: float, bands: tuple[tuple[float, float], ...]) -> Vector:
    """The power in some bands, as logarithms about their mean."""
    power, hertz = np.abs(np.fft.rfft(values)) ** 2, np.fft.rfftfreq(len(values), spacing_s)
    sums = [power[(hertz >= low) & (hertz < high)].mean() for low, high in bands]
    found = np.log(np.array(sums) + 1e-9)
    return np.asarray(found - found.mean(), np.float64)


EXTRACTORS: Mapping[str, Callable[[Samples], Vector]] = {"voice": voice, "tags": tags}
