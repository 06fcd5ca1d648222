"""The layers that scenes are composed of: traffic, rails, crowds, birds, bells, steps, water, music.

Each takes a length in samples and a generator and returns sound of root mean square about 1.
"""

from collections.abc import Callable

import numpy as np

from amarathon.audio import SAMPLE_RATE
from amarathon.construction.mini.noise import Samples, band, pink, slow_gain, times_of, unit, white

Random = np.random.Generator
Maker = Callable[[Random], Samples]


def scattered(length: int, rng: Random, sound: Maker, every_s: tuple[float, float]) -> Samples:
    """Repeat a sound, made anew each time, with pauses between the two bounds."""
    result = np.zeros(length, np.float32)
    position = int(rng.uniform(0.1, every_s[0]) * SAMPLE_RATE)
    while position < length:
        part = sound(rng)[: length - position]
        result[position : position + len(part)] += part * np.float32(10 ** (rng.uniform(-6, 0) / 20))
        position += len(part) + int(rng.uniform(*every_s) * SAMPLE_RATE)
    return result


def rumble(length: int, rng: Random, top_hz: float = 120.0) -> Samples:
    """Deep noise, as of a hall, a tunnel or a city far away."""
    return unit(band(pink(length, rng), 25, top_hz)) * slow_gain(length, rng, 2.0, 3.0)


def wind(length: int, rng: Random) -> Samples:
    """Gusts."""
    return unit(band(pink(length, rng), 60, 500, order=1) * slow_gain(length, rng, 9.0, 2.5))


def water(length: int, rng: Random) -> Samples:
    """A fountain."""
    splash = band(white(length, rng), 900, 6500, order=1) * slow_gain(length, rng, 2.5, 0.08)
    return unit(splash)


def engine(length: int, rng: Random, low_hz: float, high_hz: float, period_s: float) -> Samples:
    """A motor whose speed wanders: pulses of exhaust through a muffler, and its noise."""
    knots = max(int(length / SAMPLE_RATE / period_s) + 2, 2)
    speeds = np.interp(
        np.linspace(0, knots - 1, length), np.arange(knots), rng.uniform(low_hz, high_hz, knots)
    )
    phase = np.cumsum(speeds / SAMPLE_RATE)
    saw = (2 * (phase % 1) - 1) + 0.5 * (2 * ((phase / 2) % 1) - 1)
    exhaust = band(np.asarray(saw, np.float32), 25, 900, order=2)
    return unit(unit(exhaust) + 0.5 * unit(band(pink(length, rng), 40, 600)))


def hum(length: int, base_hz: float, harmonics: int = 8) -> Samples:
    """A transformer or an electric motor."""
    times = np.arange(length, dtype=np.float32) / SAMPLE_RATE
    tones = sum(np.sin(2 * np.pi * base_hz * number * times) / number for number in range(1, harmonics + 1))
    return unit(np.asarray(tones, np.float32))


def whine(length: int, rng: Random, low_hz: float, high_hz: float, period_s: float) -> Samples:
    """A traction motor gliding up and down."""
    knots = max(int(length / SAMPLE_RATE / period_s) + 2, 2)
    pitch = np.interp(
        np.linspace(0, knots - 1, length), np.arange(knots), rng.uniform(low_hz, high_hz, knots)
    )
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
    return unit(np.asarray(np.sin(phase) + 0.4 * np.sin(2 * phase) + 0.2 * np.sin(3 * phase), np.float32))


def clatter(length: int, rng: Random, period_s: float) -> Samples:
    """Wheels over rail joints: two knocks, a pause, two knocks."""
    result = np.zeros(length, np.float32)
    position = 0.0
    while position < length:
        for offset_s in (0.0, 0.13):
            start = int(position + offset_s * SAMPLE_RATE)
            knock = band(white(round(0.09 * SAMPLE_RATE), rng), 80, 1400)
            knock *= np.exp(-np.arange(len(knock), dtype=np.float32) / (0.015 * SAMPLE_RATE))
            part = knock[: max(length - start, 0)]
            result[start : start + len(part)] += part
        position += period_s * SAMPLE_RATE * float(rng.uniform(0.93, 1.07))
    return unit(result)


def squeal(rng: Random) -> Samples:
    """A wheel in a curve."""
    times = times_of(float(rng.uniform(1.0, 2.5)))
    base = float(rng.uniform(1900, 3400))
    wobble = 1 + 0.004 * np.cumsum(rng.standard_normal(len(times))) / np.sqrt(SAMPLE_RATE)
    phase = 2 * np.pi * np.cumsum(base * wobble) / SAMPLE_RATE
    shape = np.sin(np.pi * np.arange(len(times)) / len(times))
    return np.asarray((np.sin(phase) + 0.5 * np.sin(1.5 * phase)) * shape, np.float32)


def brakes(rng: Random) -> Samples:
    """A train that arrives: its rumble grows, then it squeals to a stop."""
    seconds = float(rng.uniform(6, 9))
    length = round(seconds * SAMPLE_RATE)
    ramp = np.linspace(0.05, 1, length, dtype=np.float32) ** 2
    arriving = unit(band(pink(length, rng), 40, 700)) * ramp * 1.5
    cry = squeal(rng) * 0.8
    arriving[-len(cry) :] += cry
    return np.concatenate([arriving, hiss(rng)])


def hiss(rng: Random) -> Samples:
    """Doors: compressed air."""
    length = round(float(rng.uniform(0.6, 1.2)) * SAMPLE_RATE)
    decay = np.exp(-times_of(length / SAMPLE_RATE) / 0.35)
    return np.asarray(band(white(length, rng), 1800, 7500, order=1) * decay, np.float32)


def passing_car(rng: Random) -> Samples:
    """A car from one side to the other: noise of its tyres, brighter while it is near."""
    seconds = float(rng.uniform(3, 6))
    times = times_of(seconds)
    near = np.exp(-(((times - seconds / 2) / (seconds / 6)) ** 2))
    tyres = unit(band(pink(len(times), rng), 100, 2500, order=1)) * near
    bright = unit(band(white(len(times), rng), 900, 4500, order=1)) * near**2
    motor = engine(len(times), rng, 55, 80, 2.0) * near
    return np.asarray(tyres + 0.5 * bright + 0.5 * motor, np.float32)


def horn(rng: Random) -> Samples:
    """A car's horn."""
    times = times_of(float(rng.uniform(0.3, 0.9)))
    base = float(rng.uniform(340, 430))
    tones = sum(
        np.sin(2 * np.pi * base * ratio * number * times) / number
        for ratio in (1, 1.26)
        for number in range(1, 8)
    )
    return np.asarray(tones, np.float32)


def beeps(rng: Random, pitch_hz: float, count: int) -> Samples:
    """Doors about to close, a till, a crossing."""
    times = times_of(0.13)
    one = np.sin(2 * np.pi * pitch_hz * times) + 0.3 * np.sin(4 * np.pi * pitch_hz * times)
    gap = np.zeros(round(0.12 * SAMPLE_RATE), np.float32)
    return np.asarray(np.tile(np.concatenate([one, gap]), count), np.float32)


def chime(rng: Random) -> Samples:
    """Three falling tones before an announcement."""
    base = float(rng.uniform(500, 640))
    return np.concatenate(
        [struck(base * ratio, 1.0, 0.5)[: round(0.55 * SAMPLE_RATE)] for ratio in (1.5, 1.25, 1.0)]
    )


def struck(base_hz: float, seconds: float, decay_s: float, ratios: tuple[float, ...] = (1, 2, 3)) -> Samples:
    """A struck bar or bell."""
    times = times_of(seconds)
    tones = [
        np.sin(2 * np.pi * base_hz * ratio * times)
        * np.exp(-times * (1 + position) / decay_s)
        / (1 + position)
        for position, ratio in enumerate(ratios)
        if base_hz * ratio < SAMPLE_RATE / 2
    ]
    return np.asarray(sum(tones), np.float32)


def tram_bell(rng: Random) -> Samples:
    """A tram's gong, struck two to four times."""
    base = float(rng.uniform(750, 1000))
    one = struck(base, 0.33, 0.3, (1, 2.4, 4.1, 5.4))
    return np.asarray(np.tile(one, int(rng.integers(2, 5))), np.float32)


def church_bell(rng: Random) -> Samples:
    """A church's bell, three strokes."""
    base = float(rng.uniform(180, 300))
    one = struck(base, 2.0, 2.2, (0.5, 1, 1.2, 1.5, 2, 2.7, 4.1))
    return np.asarray(np.tile(one, 3), np.float32)


def bicycle_bell(rng: Random) -> Samples:
    """A bicycle's bell."""
    one = struck(float(rng.uniform(2200, 3000)), 0.16, 0.12, (1, 1.5, 2.2))
    return np.asarray(np.tile(one, 4), np.float32)


def birdsong(rng: Random) -> Samples:
    """A phrase of chirps of one bird."""
    base, sweep = float(rng.uniform(2300, 4800)), float(rng.uniform(-1200, 1200))
    parts = []
    for _ in range(int(rng.integers(3, 8))):
        times = times_of(float(rng.uniform(0.05, 0.14)))
        glide = base + sweep * times / times[-1] + 250 * np.sin(2 * np.pi * 30 * times)
        chirp = np.sin(2 * np.pi * np.cumsum(glide) / SAMPLE_RATE) * np.sin(np.pi * times / times[-1])
        parts += [
            np.asarray(chirp, np.float32),
            np.zeros(int(rng.uniform(0.03, 0.12) * SAMPLE_RATE), np.float32),
        ]
    return np.concatenate(parts)


def step(rng: Random, top_hz: float) -> Samples:
    """Some steps of one person."""
    pace = float(rng.uniform(0.48, 0.62))
    parts = []
    for _ in range(int(rng.integers(6, 14))):
        length = round(0.07 * SAMPLE_RATE)
        thud = band(white(length, rng), 120, top_hz) * np.exp(
            -np.arange(length, dtype=np.float32) / (0.014 * SAMPLE_RATE)
        )
        parts += [
            thud,
            np.zeros(round(pace * float(rng.uniform(0.95, 1.05)) * SAMPLE_RATE) - length, np.float32),
        ]
    return np.concatenate(parts) * 4


def suitcase(rng: Random) -> Samples:
    """Wheels over floor tiles."""
    length = round(float(rng.uniform(3, 5)) * SAMPLE_RATE)
    times = np.arange(length, dtype=np.float32) / SAMPLE_RATE
    tiles = 0.4 + 0.6 * ((times * float(rng.uniform(7, 11))) % 1 < 0.3)
    shape = np.sin(np.pi * np.arange(length) / length)
    return np.asarray(unit(band(white(length, rng), 250, 2200)) * tiles * shape, np.float32)


def soft_music(length: int, rng: Random) -> Samples:
    """Background music from small loudspeakers: slow chords and a tune of plucked tones."""
    beat = float(rng.uniform(0.38, 0.5))
    root = float(rng.uniform(200, 260))
    scale = (1, 9 / 8, 5 / 4, 3 / 2, 5 / 3, 2)
    result = np.zeros(length, np.float32)
    chord = 0
    for number in range(int(length / SAMPLE_RATE / beat)):
        start = int(number * beat * SAMPLE_RATE)
        if number % 8 == 0:
            chord = int(rng.integers(4))
            bass = root * (1, 4 / 3, 3 / 2, 5 / 6)[chord]
            pad = sum(struck(bass * ratio, beat * 8, 4.0) for ratio in (0.5, 1, 5 / 4, 3 / 2))
            part = np.asarray(pad, np.float32)[: length - start]
            result[start : start + len(part)] += 0.5 * part
        if rng.uniform() < 0.7:
            tone = struck(root * 2 * scale[int(rng.integers(len(scale)))], 0.9, 0.5)[: length - start]
            result[start : start + len(tone)] += 0.7 * tone
    return unit(band(result, 250, 4500))
