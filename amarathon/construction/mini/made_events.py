"""Sound events that are computed, each anew: bells, sirens, telephones, clocks, knocks and horns."""

from collections.abc import Callable, Mapping

import numpy as np

from amarathon.audio import SAMPLE_RATE
from amarathon.construction.merging import Clip, faded, levelled
from amarathon.construction.mini.noise import Samples, band, times_of, white
from amarathon.construction.rendering import Origin
from amarathon.datasets.licences import OWN

_ORIGIN_AUTHOR = "made by this project"


def made_event(label: str, rng: np.random.Generator) -> Clip:
    """Make one event of a class, different every time."""
    samples = levelled(faded(MAKERS[label](rng), 0.005, 0.03))
    return Clip(samples, Origin(f"made/{label}", OWN, _ORIGIN_AUTHOR), label)


def _struck(length_s: float, base_hz: float, partials: tuple[float, ...], decay_s: float) -> Samples:
    times = times_of(length_s)
    tones = [
        np.sin(2 * np.pi * base_hz * ratio * times) * np.exp(-times * (1 + index) / decay_s)
        for index, ratio in enumerate(partials)
        if base_hz * ratio < SAMPLE_RATE / 2
    ]
    return np.asarray(sum(tones), np.float32)


def _repeated(
    sound: Samples, period_s: float, seconds: float, rng: np.random.Generator, jitter: float = 0.0
) -> Samples:
    result = np.zeros(round(seconds * SAMPLE_RATE), np.float32)
    onset = 0.0
    while onset < seconds:
        start = round(onset * SAMPLE_RATE)
        part = sound[: len(result) - start]
        result[start : start + len(part)] += part * np.float32(1 + jitter * rng.uniform(-1, 1))
        onset += period_s * (1 + jitter * float(rng.uniform(-1, 1)))
    return result


def _alarm_bell(rng: np.random.Generator) -> Samples:
    bell = _struck(0.5, float(rng.uniform(900, 1600)), (1.0, 2.32, 4.25, 5.1), float(rng.uniform(0.15, 0.3)))
    return _repeated(bell, 1 / float(rng.uniform(11, 18)), float(rng.uniform(2.0, 3.5)), rng, 0.05)


def _siren(rng: np.random.Generator) -> Samples:
    seconds, low = float(rng.uniform(3.0, 5.0)), float(rng.uniform(450, 650))
    times = times_of(seconds)
    period = float(rng.uniform(1.2, 3.0))
    swing = 0.5 - 0.5 * np.cos(2 * np.pi * times / period)
    phase = 2 * np.pi * np.cumsum(low + low * 1.3 * swing) / SAMPLE_RATE
    return np.asarray(np.sin(phase) + 0.4 * np.sin(2 * phase) + 0.25 * np.sin(3 * phase), np.float32)


def _telephone(rng: np.random.Generator) -> Samples:
    high, low = float(rng.uniform(1000, 1500)), float(rng.uniform(700, 950))
    times = times_of(1.2)
    warble = np.where((times * float(rng.uniform(18, 26))) % 1 < 0.5, 1.0, 0.0)
    ring = np.sin(2 * np.pi * high * times) * warble + np.sin(2 * np.pi * low * times) * (1 - warble)
    ring = faded(np.asarray(ring + 0.3 * np.sign(ring), np.float32), 0.005, 0.02)
    pause = np.zeros(round(float(rng.uniform(0.4, 0.9)) * SAMPLE_RATE), np.float32)
    return np.concatenate([ring, pause, ring])


def _clock(rng: np.random.Generator) -> Samples:
    def tick(base: float) -> Samples:
        noise = band(white(round(0.03 * SAMPLE_RATE), rng), base, min(base * 2.2, 7500))
        decay = np.exp(-np.arange(len(noise), dtype=np.float32) / (0.004 * SAMPLE_RATE))
        return np.asarray(noise * decay, np.float32)

    base, period = float(rng.uniform(1800, 2800)), float(rng.uniform(0.4, 0.55))
    seconds = float(rng.uniform(3.5, 5.0))
    gap = np.zeros(round(period * SAMPLE_RATE) - round(0.03 * SAMPLE_RATE), np.float32)
    pair = np.concatenate([tick(base), gap, tick(base * 0.75), gap])
    return np.asarray(np.tile(pair, int(seconds / (2 * period)) + 1), np.float32)


def _knocking(rng: np.random.Generator) -> Samples:
    body = band(white(round(0.12 * SAMPLE_RATE), rng), 90, float(rng.uniform(500, 900)))
    knock = body * np.exp(-np.arange(len(body), dtype=np.float32) / (0.018 * SAMPLE_RATE))
    knocks = int(rng.integers(3, 6))
    period = float(rng.uniform(0.18, 0.28))
    one = _repeated(knock, period, knocks * period, rng, 0.06)
    pause = np.zeros(round(0.7 * SAMPLE_RATE), np.float32)
    return np.concatenate([one, pause, one])


def _car_horn(rng: np.random.Generator) -> Samples:
    base = float(rng.uniform(330, 440))
    times = times_of(float(rng.uniform(0.5, 1.3)))
    tones = sum(
        np.sin(2 * np.pi * base * ratio * harmonic * times) / harmonic**0.6
        for ratio in (1.0, 1.26)
        for harmonic in range(1, 10)
    )
    horn = faded(np.asarray(tones, np.float32), 0.02, 0.04)
    pause = np.zeros(round(float(rng.uniform(0.2, 0.5)) * SAMPLE_RATE), np.float32)
    return np.concatenate([horn, pause, horn])


MAKERS: Mapping[str, Callable[[np.random.Generator], Samples]] = {
    "Alarm_bell_ringing": _alarm_bell,
    "Siren": _siren,
    "Telephone": _telephone,
    "Clock": _clock,
    "Knocking": _knocking,
    "Car_horn": _car_horn,
}
