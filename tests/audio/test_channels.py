"""Channels that cancel each other, in a stretch, in a pair of many, behind an offset: nothing goes silent."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from amarathon.audio import load_audio
from tests.audio.makers import write_with_soundfile

RATE = 16_000
Channels = NDArray[np.float32]


def voice(seed: int, seconds: float = 6.0) -> Channels:
    """Something like speech: noise of a falling spectrum, louder and quieter; never silent."""
    random = np.random.default_rng(seed)
    noise = np.convolve(random.standard_normal(round(seconds * RATE)), np.ones(6) / 6, "same")
    swell = 1.2 + np.sin(2 * np.pi * random.uniform(0.5, 2) * np.arange(len(noise)) / RATE)
    return (0.12 * swell * noise).astype(np.float32)


def delayed(sound: Channels, samples: int) -> Channels:
    return np.concatenate([np.zeros(samples, np.float32), sound[: len(sound) - samples]])


def in_part(whole: Channels, part: Channels, start: float = 2.0, end: float = 3.0) -> Channels:
    mixed = whole.copy()
    mixed[round(start * RATE) : round(end * RATE)] = part[round(start * RATE) : round(end * RATE)]
    return mixed


A, B, C = voice(1), voice(2), voice(3)
NOISE = 0.02 * np.random.default_rng(9).standard_normal(len(A)).astype(np.float32)
HUM = 0.3 * np.sin(2 * np.pi * 2 * np.arange(len(A)) / RATE).astype(np.float32)

CANCELLING: dict[str, list[Channels]] = {
    "the whole file": [A, -A],
    "a stretch": [A, in_part(A, -A)],
    "a short stretch": [A, in_part(A, -A, 2.0, 2.4)],
    "the end": [A, in_part(A, -A, 5.5, 6.0)],
    "a stretch, behind an offset": [A + 0.2, in_part(A, -A) + 0.2],
    "the whole file, behind unequal offsets": [A + 0.3, -A + 0.1],
    "behind a slow drift": [A + HUM, -A + HUM],
    "flipped and a little quieter": [A, -0.85 * A],
    "flipped, a stretch a little quieter": [A, in_part(A, -0.8 * A)],
    "flipped and a sample late": [A, delayed(-A, 1)],
    "flipped, with noise of its own": [A, -A + NOISE],
    "one pair of two": [A, -A, B, B],
    "one pair of two, a stretch": [A, in_part(A, -A), B, B],
    "the other pair": [B, B, A, -A],
    "surround of 5.1": [0.5 * B, 0.5 * B, C, 0.1 * NOISE, A, -A],
    "front of 5.1": [A, -A, 0.3 * C, 0.1 * NOISE, 0.3 * B, 0.3 * B],
    "surround of 5.1, a stretch": [B, B, C, 0 * A, A, in_part(A, -A)],
    "one against two": [A, -0.5 * A, -0.5 * A],
    "other speech in phase": [in_part(B, A), in_part(B, -A)],
}
SOUND: dict[str, list[Channels]] = {
    "the same": [A, A],
    "unrelated": [A, B],
    "one side silent": [A, 0 * A],
    "one side very quiet": [A, 0.03 * B],
    "a quiet flipped copy": [A, -0.3 * A],
    "two at an angle": [A + 0.4 * B, 0.4 * A + B],
    "spaced microphones": [A, delayed(A, 9)],
    "flipped and far away": [A, delayed(-A, 400)],
    "5.1": [A, B, C, 0 * A, 0.2 * A, 0.2 * B],
    "eight unrelated": [voice(seed) for seed in range(10, 18)],
    "offsets alone": [A + 0.3, A - 0.3],
    "noise floors that cancel": [in_part(A, 1e-3 * B), in_part(A, -1e-3 * B)],
}


def written(folder: Path, channels: list[Channels]) -> Path:
    return write_with_soundfile(folder / "a.wav", np.stack(channels, axis=1), RATE, "WAV", "FLOAT")


def gains(samples: Channels) -> NDArray[np.float64]:
    """With what gains A, B and C are in samples, for each 0.2 s: shape (windows, 3)."""
    size = RATE // 5
    sounds = np.stack([A, B, C, np.ones_like(A), HUM], axis=1).reshape(-1, size, 5)
    pairs = zip(sounds, samples.reshape(-1, size), strict=True)
    return np.abs([np.linalg.lstsq(sources, mixed)[0][:3] for sources, mixed in pairs])


@pytest.mark.parametrize("case", CANCELLING)
def test_what_would_cancel_is_heard_and_said(tmp_path: Path, case: str) -> None:
    channels = CANCELLING[case]
    mean = np.mean(channels, axis=0)
    audio = load_audio(written(tmp_path, channels))
    assert any("cancel each other" in warning for warning in audio.warnings)
    before, after = gains(mean), gains(audio.samples)
    loudest = np.max([gains(channel) for channel in channels], axis=0)
    assert (before[:, 0] < 0.3 * loudest[:, 0] / len(channels)).any(), "nothing cancels in this case"
    # What the mean has lost is there, and nothing that the mean has is lost instead.
    assert (after[:, 0] > 0.4 * loudest[:, 0] / len(channels)).all()
    assert (after[before > 0.04] > 0.4 * before[before > 0.04]).all()


@pytest.mark.parametrize("case", SOUND)
def test_what_does_not_cancel_is_averaged_without_a_word(tmp_path: Path, case: str) -> None:
    audio = load_audio(written(tmp_path, SOUND[case]))
    np.testing.assert_allclose(audio.samples, np.mean(SOUND[case], axis=0), atol=1e-5)
    assert audio.warnings == ()


@pytest.mark.parametrize("rate", [8_000, 44_100, 48_000])
@pytest.mark.parametrize("kind", [("FLAC", "PCM_16"), ("OGG", "VORBIS")])
def test_a_stretch_in_opposite_phase_at_every_rate(tmp_path: Path, rate: int, kind: tuple[str, str]) -> None:
    time = np.arange(6 * rate) / rate
    tone = 0.3 * np.sin(2 * np.pi * 300 * time) * (1 + 0.3 * np.sin(2 * np.pi * time))
    other = np.where((time >= 3) & (time < 5), -tone, tone)
    path = write_with_soundfile(tmp_path / "a", np.stack([tone, other], axis=1), rate, *kind)
    audio = load_audio(path)
    levels = np.abs(audio.samples.reshape(12, -1)).max(axis=1)
    assert levels.min() > 0.1
    assert "cancel each other for 2." in audio.warnings[0]
    assert "from 3.0 s on" in audio.warnings[0]


def test_a_tone_that_one_channel_hears_half_a_period_late(tmp_path: Path) -> None:
    time = np.arange(3 * RATE) / RATE
    left, right = (0.3 * np.sin(2 * np.pi * 400 * (time - late)) for late in (0, 1 / 800))
    audio = load_audio(written(tmp_path, [left.astype(np.float32), right.astype(np.float32)]))
    assert np.abs(audio.samples.reshape(6, -1)).max(axis=1).min() > 0.2
    assert audio.warnings


def test_the_sentence_says_what_is_done(tmp_path: Path) -> None:
    for case, done in [("a stretch", "channel 1 alone is taken"), ("one pair of two", "without channel 2")]:
        [sentence] = load_audio(written(tmp_path, CANCELLING[case])).warnings
        assert sentence.startswith("'a.wav' has channels that cancel each other for ")
        assert done in sentence


def test_an_array_of_microphones_is_averaged(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    array = [0.5 * A + NOISE * random.uniform(0.1, 1) for _ in range(32)]
    audio = load_audio(written(tmp_path, array))
    np.testing.assert_allclose(audio.samples, np.mean(array, axis=0), atol=1e-5)
