"""A limit on length leaves room for what encoders add, in one place for all that hold one."""

from pathlib import Path

import numpy as np
import pytest

from amarathon.audio import (
    PADDING_S,
    Audio,
    AudioInfo,
    AudioLimits,
    load_audio,
    longer_than_taken,
    probe_audio,
)
from amarathon.errors import AudioError
from tests.audio.makers import tone, write_with_libav, write_with_soundfile

LIMIT = AudioLimits(max_seconds=6.0)
ENCODERS = [
    *(("ipod", "aac", rate) for rate in (16_000, 22_050, 44_100, 48_000)),
    *(("adts", "aac", rate) for rate in (16_000, 22_050, 44_100, 48_000)),
    *(("mp3", "libmp3lame", rate) for rate in (16_000, 22_050, 44_100, 48_000)),
    *(("matroska", codec, 48_000) for codec in ("aac", "libmp3lame", "libopus", "ac3")),
    *(("mp4", codec, 48_000) for codec in ("libopus", "libmp3lame", "ac3", "alac")),
    *((muxer, "libopus", 48_000) for muxer in ("ogg", "webm")),
    ("asf", "wmav2", 44_100),
    ("mpegts", "aac", 48_000),
    ("amr", "libopencore_amrnb", 8_000),
    ("3gp", "libopencore_amrnb", 8_000),
    ("wav", "adpcm_ima_wav", 16_000),
    ("caf", "adpcm_ima_qt", 44_100),
]


@pytest.mark.parametrize(("muxer", "codec", "rate"), ENCODERS)
def test_exactly_the_limit_is_accepted_from_every_encoder(
    tmp_path: Path, muxer: str, codec: str, rate: int
) -> None:
    path = write_with_libav(tmp_path / "a", tone(6.0, rate), rate, muxer, codec)
    probe_audio(path, LIMIT)
    audio = load_audio(path, LIMIT)
    # Nothing is cut, so nothing need be said.
    assert audio.duration_s > 5.9
    assert longer_than_taken(audio, 6.0, "small") is None


@pytest.mark.parametrize(("muxer", "codec", "rate"), ENCODERS)
def test_half_a_second_more_is_refused(tmp_path: Path, muxer: str, codec: str, rate: int) -> None:
    path = write_with_libav(tmp_path / "a", tone(6.5, rate), rate, muxer, codec)
    with pytest.raises(
        AudioError, match=r"the limit is 6\.0 s, and it lasts (6\.[4-9]\d? s|longer than that)"
    ):
        load_audio(path, LIMIT)
    assert "takes at most 6 s" in str(longer_than_taken(load_audio(path), 6.0, "small"))


def recording(seconds: float, codec: str = "pcm_16", rate: int = 16_000) -> Audio:
    samples = np.zeros(round(seconds * 16_000), np.float32)
    return Audio(samples, "", "", AudioInfo("WAV", codec, rate, 1, seconds, 0))


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (300.53, "300.53 s"),
        (300.5, "300.5 s"),
        (300.1, "300.1 s"),
        (301.04, "301.0 s"),
        (4000.0, "4,000 s (1.1 h)"),
    ],
)
def test_the_figure_shows_the_difference(seconds: float, shown: str) -> None:
    assert (
        longer_than_taken(recording(seconds), 300.0, "small")
        == f"The recording lasts {shown}; small takes at most 300 s."
    )


def test_the_room_is_that_of_one_frame_or_of_the_codecs_own() -> None:
    assert longer_than_taken(recording(300 + PADDING_S), 300.0, "small") is None
    assert longer_than_taken(recording(300.15), 300.0, "small") is not None
    assert longer_than_taken(recording(300.15, "aac"), 300.0, "small") is None
    assert longer_than_taken(recording(300.15, "aac", 48_000), 300.0, "small") is not None


def test_a_header_over_the_limit_shows_by_how_much(tmp_path: Path) -> None:
    path = write_with_soundfile(tmp_path / "a.wav", tone(6.53), 16_000, "WAV", "PCM_16")
    with pytest.raises(
        AudioError, match=r"'a\.wav' is too long: the limit is 6\.0 s, and it lasts 6\.53 s\."
    ):
        load_audio(path, LIMIT)
