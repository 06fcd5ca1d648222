"""Good audio of every kind becomes 16 kHz mono, whatever its container, rate and channels."""

import hashlib
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amarathon.audio import SAMPLE_RATE, AudioLimits, load_audio, probe_audio
from amarathon.audio.decode import _resampled
from amarathon.audio.types import to_pcm16
from tests.audio.makers import WRITERS, tone, wav_bytes, write_with_libav, write_with_soundfile

FORMATS = {
    **{"wav": "WAV", "float.wav": "WAV", "aiff": "AIFF", "flac": "FLAC", "ogg": "Ogg", "opus": "Ogg"},
    **{"mp3": "MP3", "m4a": "MP4", "mp4": "MP4", "aac": "AAC", "webm": "Matroska/WebM"},
}


def dominant_hertz(samples: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(spectrum.argmax() * SAMPLE_RATE / len(samples))


@pytest.mark.parametrize("ending", sorted(WRITERS))
@pytest.mark.parametrize(("rate", "channels"), [(16_000, 1), (48_000, 2)])
def test_every_container_decodes_to_16_khz_mono(
    tmp_path: Path, ending: str, rate: int, channels: int
) -> None:
    path = WRITERS[ending](tmp_path / f"a.{ending}", tone(2.0, rate, channels), rate)
    audio = load_audio(path)
    assert audio.samples.dtype == np.float32
    assert audio.samples.ndim == 1
    # Raw AAC has no place to note the encoder's padding: up to two frames of it stay.
    assert audio.duration_s == pytest.approx(2.0, abs=0.13)
    assert min(abs(dominant_hertz(audio.samples) - hertz) for hertz in (440, 495)) < 2
    assert np.abs(audio.samples).max() <= 1
    assert audio.info.format == FORMATS[ending]
    assert audio.info.channels == channels
    assert audio.info.size_bytes == path.stat().st_size
    assert audio.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert probe_audio(path) == audio.info


@pytest.mark.parametrize("ending", sorted(WRITERS))
def test_the_name_does_not_matter(tmp_path: Path, ending: str) -> None:
    path = WRITERS[ending](tmp_path / f"a.{ending}", tone(1.0), 16_000)
    expected = load_audio(path).pcm_sha256
    for name in ("talk.mp3", "talk.wav", "talk", "talk.txt", "talk.png", "ärger \udcff.bin"):
        renamed = tmp_path / name
        renamed.write_bytes(path.read_bytes())
        assert load_audio(renamed).pcm_sha256 == expected


def test_16_bit_audio_at_16_khz_is_returned_bit_for_bit(tmp_path: Path) -> None:
    pcm = np.random.default_rng(0).integers(-32768, 32768, 16_000).astype("<i2")
    for ending, kind in (("wav", "WAV"), ("flac", "FLAC"), ("aiff", "AIFF")):
        path = tmp_path / f"a.{ending}"
        soundfile.write(path, pcm, 16_000, format=kind, subtype="PCM_16")
        audio = load_audio(path)
        np.testing.assert_array_equal(to_pcm16(audio.samples), pcm)
        assert audio.pcm_sha256 == hashlib.sha256(pcm.tobytes()).hexdigest()


def test_block_wise_resampling_equals_resampling_at_once() -> None:
    samples = tone(5.0, 44_100)[:, 0]
    whole = soxr.resample(samples, 44_100, SAMPLE_RATE, quality="HQ")
    blocks = iter(np.split(samples, [1, 5_000, 5_001, 90_000]))
    streamed = np.concatenate(list(_resampled(blocks, 44_100)))
    np.testing.assert_allclose(streamed, whole, atol=1e-6)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rate=st.sampled_from([4_000, 8_000, 11_025, 22_050, 32_000, 44_100, 96_000, 192_000]),
    channels=st.integers(1, 8),
    seconds=st.floats(0.15, 3.0),
    subtype=st.sampled_from(["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW"]),
)
def test_any_rate_and_channel_count(
    tmp_path: Path, rate: int, channels: int, seconds: float, subtype: str
) -> None:
    path = write_with_soundfile(tmp_path / "a.wav", tone(seconds, rate, channels), rate, "WAV", subtype)
    audio = load_audio(path)
    assert audio.duration_s == pytest.approx(round(seconds * rate) / rate, abs=2 / SAMPLE_RATE)
    assert audio.info.sample_rate == rate
    assert audio.info.channels == channels


def test_channels_are_averaged(tmp_path: Path) -> None:
    both = np.concatenate([tone(1.0), np.zeros((16_000, 1), np.float32)], axis=1)
    path = write_with_soundfile(tmp_path / "a.wav", both, 16_000, "WAV", "FLOAT")
    np.testing.assert_allclose(load_audio(path).samples, tone(1.0)[:, 0] / 2, atol=1e-6)


def test_opposite_channels_do_not_cancel(tmp_path: Path) -> None:
    one = tone(1.0)
    path = write_with_soundfile(
        tmp_path / "a.wav", np.concatenate([0.5 * one, -one * 0.52], axis=1), 16_000, "WAV", "FLOAT"
    )
    np.testing.assert_allclose(load_audio(path).samples, -0.52 * one[:, 0], atol=1e-6)


def test_unrelated_channels_are_not_taken_for_opposite_ones(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, (16_000, 40)).astype(np.float32)
    path = write_with_soundfile(tmp_path / "a.wav", noise, 16_000, "WAV", "FLOAT")
    np.testing.assert_allclose(load_audio(path).samples, noise.mean(axis=1), atol=1e-6)


def test_many_channels_in_planar_frames_decode(tmp_path: Path) -> None:
    # PyAV reads past the end of planar frames with more than eight channels: this crashed.
    path = write_with_soundfile(tmp_path / "a.ogg", tone(1.0, 16_000, 12), 16_000, "OGG", "VORBIS")
    assert load_audio(path).info.channels == 12


def test_all_of_a_chained_ogg_is_read(tmp_path: Path) -> None:
    # libsndfile returns the first of the streams that a web radio strings together.
    one = WRITERS["ogg"](tmp_path / "one.ogg", tone(1.0), 16_000).read_bytes()
    two = WRITERS["ogg"](tmp_path / "two.ogg", tone(2.0), 16_000).read_bytes()
    (tmp_path / "both.ogg").write_bytes(one + two)
    assert load_audio(tmp_path / "both.ogg").duration_s == pytest.approx(3.0, abs=0.1)


def test_all_of_an_mp3_without_a_frame_count_is_read(tmp_path: Path) -> None:
    # libsndfile guesses the length from the first frames and stops there.
    quiet_then_loud = np.concatenate([tone(5.0) * 1e-3, np.random.default_rng(0).uniform(-1, 1, (80_000, 1))])
    path = tmp_path / "a.mp3"
    soundfile.write(
        path, quiet_then_loud, 16_000, format="MP3", bitrate_mode="VARIABLE", compression_level=0.1
    )
    content = path.read_bytes()
    second_frame = content.index(content[:2], 4)
    assert b"Xing" in content[:second_frame]
    path.write_bytes(content[second_frame:])
    audio = load_audio(path)
    assert audio.info.duration_s is None
    assert audio.duration_s == pytest.approx(10.0, abs=0.2)


def test_an_id3_tag_with_a_picture_is_stepped_over(tmp_path: Path) -> None:
    content = WRITERS["mp3"](tmp_path / "a.mp3", tone(1.0), 16_000).read_bytes()
    size = 300_000
    sizes = bytes(size >> shift & 127 for shift in (21, 14, 7, 0))
    tag = b"ID3\x04\0\0" + sizes + bytes(size)
    (tmp_path / "b.mp3").write_bytes(tag + content)
    audio = load_audio(tmp_path / "b.mp3")
    assert audio.info.format == "MP3"
    assert audio.info.duration_s == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("size", [0xFFFF_FFFF, 0x8000_0000, 0x7FFF_F000])
def test_a_wav_streamed_to_a_pipe_is_whole(tmp_path: Path, size: int) -> None:
    pcm = to_pcm16(tone(1.0)).tobytes()
    (tmp_path / "a.wav").write_bytes(wav_bytes(pcm, data_size=size))
    assert load_audio(tmp_path / "a.wav").duration_s == 1.0


def test_a_flac_streamed_to_a_pipe_is_whole(tmp_path: Path) -> None:
    content = bytearray(WRITERS["flac"](tmp_path / "a.flac", tone(1.0), 16_000).read_bytes())
    # The last 36 bits before STREAMINFO's MD5 are the number of samples; 0 is "unknown".
    content[21] &= 0xF0
    content[22:26] = bytes(4)
    (tmp_path / "b.flac").write_bytes(content)
    audio = load_audio(tmp_path / "b.flac")
    assert audio.info.duration_s is None
    assert audio.duration_s == pytest.approx(1.0)


def test_a_live_webm_states_no_length(tmp_path: Path) -> None:
    path = write_with_libav(tmp_path / "a.webm", tone(2.0), 16_000, "webm", "libopus", {"live": "1"})
    assert probe_audio(path).duration_s is None
    assert load_audio(path).duration_s == pytest.approx(2.0, abs=0.1)


def test_a_recording_that_stops_inside_a_packet_is_accepted_when_no_length_was_promised(
    tmp_path: Path,
) -> None:
    content = WRITERS["aac"](tmp_path / "a.aac", tone(3.0), 16_000).read_bytes()
    (tmp_path / "b.aac").write_bytes(content[: len(content) * 2 // 3])
    assert load_audio(tmp_path / "b.aac").duration_s == pytest.approx(2.0, abs=0.3)


def test_other_codings_inside_wav(tmp_path: Path) -> None:
    for subtype in ("IMA_ADPCM", "MS_ADPCM", "ALAW", "GSM610"):
        path = write_with_soundfile(tmp_path / f"{subtype}.wav", tone(1.0), 16_000, "WAV", subtype)
        assert load_audio(path).duration_s == pytest.approx(1.0, abs=0.1)


def test_memory_stays_far_below_the_decoded_size(tmp_path: Path) -> None:
    """A file that decodes to 230 MB as it lies must not be held whole."""
    path = tmp_path / "long.flac"
    with soundfile.SoundFile(path, "w", 48_000, 2, format="FLAC", subtype="PCM_16") as file:
        minute = tone(60.0, 48_000, 2)
        for _ in range(10):
            file.write(minute)
    script = (
        "import resource, sys; from pathlib import Path; from amarathon.audio import load_audio;"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss;"
        "audio = load_audio(Path(sys.argv[1]));"
        "print(audio.duration_s, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    out = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True, check=True)
    seconds, kilobytes = map(float, out.stdout.split())
    assert seconds == 600
    # The result is 38 MB; putting it together and hashing take a few times that.
    assert kilobytes < 180_000


def test_limits_are_parameters(tmp_path: Path) -> None:
    path = WRITERS["wav"](tmp_path / "a.wav", tone(0.05), 16_000)
    assert load_audio(path, AudioLimits(min_seconds=0.01)).duration_s == pytest.approx(0.05)
    boundless = AudioLimits(max_seconds=math.inf, min_seconds=0)
    assert load_audio(path, boundless).duration_s == pytest.approx(0.05)
