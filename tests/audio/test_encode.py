"""Copies are whole, aligned with the original, of the size asked for, and the same every time."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from amarathon.audio import SAMPLE_RATE, load_audio, write_mp3, write_opus, write_wav
from amarathon.audio.types import to_pcm16

Writer = Callable[[Path, NDArray[np.float32]], None]


def speech_like(seconds: float) -> NDArray[np.float32]:
    """Low-passed noise in syllables: no two instants alike, so that a shift shows."""
    random = np.random.default_rng(0)
    noise = np.convolve(random.standard_normal(round(seconds * SAMPLE_RATE)), np.ones(12) / 12, "same")
    syllables = 0.5 - 0.5 * np.cos(2 * np.pi * 4 * np.arange(len(noise)) / SAMPLE_RATE)
    return (0.3 * noise * syllables).astype(np.float32)


@pytest.mark.parametrize("write", [write_opus, write_mp3])
def test_a_compressed_copy_starts_and_ends_where_the_original_does(tmp_path: Path, write: Writer) -> None:
    samples = speech_like(4.0)
    write(tmp_path / "copy", samples)
    copy = load_audio(tmp_path / "copy").samples
    assert len(copy) == len(samples)
    shifts = range(-40, 41)
    likeness = [float(np.dot(samples[1000:-1000], np.roll(copy, shift)[1000:-1000])) for shift in shifts]
    assert abs(shifts[int(np.argmax(likeness))]) <= 2
    assert np.corrcoef(samples, copy)[0, 1] > 0.9


@pytest.mark.parametrize(
    ("write", "bitrate"), [(write_opus, 16_000), (write_opus, 48_000), (write_mp3, 32_000)]
)
def test_the_bit_rate_is_kept(tmp_path: Path, write: Callable[..., None], bitrate: int) -> None:
    write(tmp_path / "copy", speech_like(20.0), bitrate=bitrate)
    assert (tmp_path / "copy").stat().st_size * 8 / 20 == pytest.approx(bitrate, rel=0.25)


@pytest.mark.parametrize("write", [write_opus, write_mp3, write_wav])
def test_equal_samples_make_equal_bytes(tmp_path: Path, write: Writer) -> None:
    for name in ("one", "two"):
        write(tmp_path / name, speech_like(1.0))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_wav_is_exact_and_clips(tmp_path: Path) -> None:
    samples = np.append(speech_like(1.0), np.float32([1.0, -1.0, 1.5, -1.5]))
    write_wav(tmp_path / "a.wav", samples)
    audio = load_audio(tmp_path / "a.wav")
    np.testing.assert_array_equal(to_pcm16(audio.samples), to_pcm16(samples))
    assert to_pcm16(audio.samples)[-4:].tolist() == [32767, -32768, 32767, -32768]


def test_five_minutes_of_opus_can_be_written(tmp_path: Path) -> None:
    # libsndfile overflows its stack on long writes; the encoder here is fed in blocks.
    write_opus(tmp_path / "a.opus", np.tile(speech_like(10.0), 30), bitrate=12_000)
    assert load_audio(tmp_path / "a.opus").duration_s == 300


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    write_opus(tmp_path / "a.opus", speech_like(1.0))
    before = (tmp_path / "a.opus").read_bytes()
    with pytest.raises(TypeError):
        write_opus(tmp_path / "a.opus", None)  # type: ignore[arg-type]
    assert [path.name for path in tmp_path.iterdir()] == ["a.opus"]
    assert (tmp_path / "a.opus").read_bytes() == before


def test_a_copy_can_be_read_by_others(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    write_opus(tmp_path / "a.opus", speech_like(1.0))
    modes = [(tmp_path / name).stat().st_mode & 0o777 for name in ("plain", "a.opus")]
    assert modes[0] == modes[1]
