"""Levels: a constant is silence, what goes over full scale is turned down, integers stay as they are."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from amarathon.audio import load_audio
from amarathon.audio.types import to_pcm16
from amarathon.errors import AudioError, AudioWarning
from tests.audio.makers import tone, write_with_libav, write_with_soundfile

RATES = [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000]


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize(("kind", "subtype"), [("WAV", "PCM_16"), ("WAV", "FLOAT"), ("FLAC", "PCM_24")])
def test_a_constant_is_silence_at_every_rate(
    tmp_path: Path, rate: int, channels: int, kind: str, subtype: str
) -> None:
    constant = np.full((rate, channels), [0.5, -0.2][:channels])
    path = write_with_soundfile(tmp_path / "a", constant, rate, kind, subtype)
    with pytest.raises(AudioError, match="is silent"):
        load_audio(path)


@pytest.mark.parametrize("rate", [44_100, 96_000])
def test_what_only_bats_hear_is_silence(tmp_path: Path, rate: int) -> None:
    high = 0.5 * np.sin(2 * np.pi * 16_000 * np.arange(rate) / rate)
    path = write_with_soundfile(tmp_path / "a", 0.3 + 0.5 * high[:, None], rate, "WAV", "FLOAT")
    with pytest.raises(AudioError, match="up to 8 kHz nothing in it is louder than -80 dBFS"):
        load_audio(path)


@pytest.mark.parametrize("rate", [16_000, 48_000])
def test_sound_at_the_very_edge_of_hearing_is_sound(tmp_path: Path, rate: int) -> None:
    for level, is_signal in ((3e-4, True), (3e-5, False)):
        path = write_with_soundfile(
            tmp_path / "a", 0.25 + level * tone(1.0, rate) / 0.4, rate, "WAV", "FLOAT"
        )
        if is_signal:
            assert load_audio(path).duration_s == 1.0
        else:
            with pytest.raises(AudioError, match="is silent"):
                load_audio(path)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("subtype", ["FLOAT", "DOUBLE"])
@pytest.mark.parametrize("peak", [1.05, 1.5, 3.9])
def test_floats_over_full_scale_are_turned_down_and_it_is_said(
    tmp_path: Path, rate: int, subtype: str, peak: float
) -> None:
    sound = tone(1.0, rate) / np.abs(tone(1.0, rate)).max()
    path = write_with_soundfile(tmp_path / "a.wav", peak * sound, rate, "WAV", subtype)
    right = load_audio(write_with_soundfile(tmp_path / "b.wav", sound, rate, "WAV", subtype))
    with pytest.warns(AudioWarning, match="is turned down"):
        audio = load_audio(path)
    np.testing.assert_allclose(audio.samples, right.samples, atol=1e-3)
    [sentence] = audio.warnings
    assert f"reaches {20 * np.log10(peak):+.1f} dBFS" in sentence


@pytest.mark.parametrize(("muxer", "codec"), [("mp3", "libmp3lame"), ("ogg", "libopus"), ("ipod", "aac")])
def test_a_lossy_file_that_overshoots_is_not_clipped(tmp_path: Path, muxer: str, codec: str) -> None:
    square = np.sign(np.sin(2 * np.pi * 300 * np.arange(48_000) / 48_000 + 0.1))[:, None]
    audio = load_audio(write_with_libav(tmp_path / "a", square, 48_000, muxer, codec))
    assert (np.abs(audio.samples) >= 1).sum() <= 2
    assert "is turned down" in audio.warnings[0]


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "PCM_32"])
@pytest.mark.parametrize("kind", ["WAV", "AIFF", "FLAC", "CAF"])
def test_integers_at_full_scale_are_untouched(tmp_path: Path, kind: str, subtype: str) -> None:
    if (kind, subtype) == ("FLAC", "PCM_32"):
        subtype = "PCM_S8"
    random = np.random.default_rng(0)
    pcm = random.choice([-32768, -32767, 0, 32766, 32767], 16_000).astype(np.int16)
    soundfile.write(tmp_path / "a", pcm, 16_000, format=kind, subtype=subtype)
    audio = load_audio(tmp_path / "a")
    expected = soundfile.read(tmp_path / "a", dtype="int16")[0]
    np.testing.assert_array_equal(to_pcm16(audio.samples), expected)
    assert audio.warnings == ()


@pytest.mark.parametrize("rate", [8_000, 44_100, 48_000])
def test_clipped_integers_keep_their_level_when_resampled(tmp_path: Path, rate: int) -> None:
    clipped = np.clip(4 * tone(1.0, rate), -1, 32767 / 32768)
    audio = load_audio(write_with_soundfile(tmp_path / "a.wav", clipped, rate, "WAV", "PCM_16"))
    assert audio.warnings == ()
    assert np.abs(audio.samples).max() == 1.0
    assert np.median(np.abs(audio.samples)) == pytest.approx(np.median(np.abs(clipped)), abs=0.03)


@pytest.mark.parametrize("rate", [16_000, 44_100])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300])
@pytest.mark.parametrize("position", [0, 0.5, -1])
def test_numbers_that_are_none_are_refused_wherever_they_stand(
    tmp_path: Path, rate: int, value: float, position: float
) -> None:
    sound = tone(1.0, rate, 2).astype(np.float64)
    sound[-1 if position == -1 else int(position * rate), 1] = value
    path = write_with_soundfile(tmp_path / "a.wav", sound, rate, "WAV", "DOUBLE")
    with pytest.raises(AudioError, match="holds NaN or infinite values"):
        load_audio(path)
