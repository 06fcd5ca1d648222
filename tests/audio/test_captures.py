"""Captures that begin anywhere: inside a frame, behind junk, behind tags that belong to other formats."""

from pathlib import Path

import numpy as np
import pytest

from amarathon.audio import load_audio
from amarathon.errors import AudioError
from tests.audio.makers import WRITERS, id3_tag, tone, write_with_libav, write_with_soundfile

NOISE = np.random.default_rng(3)
# What is captured from the air or the net: muxer, codec, rate.
STREAMS = {
    "mp3": ("mp3", "libmp3lame", 44_100),
    "mp2": ("mp2", "mp2", 48_000),
    "aac": ("adts", "aac", 44_100),
    "latm": ("latm", "aac", 48_000),
    "ac3": ("ac3", "ac3", 48_000),
    "eac3": ("eac3", "eac3", 48_000),
    "ts": ("mpegts", "mp2", 48_000),
    "ts with aac": ("mpegts", "aac", 48_000),
    "ts with ac3": ("mpegts", "ac3", 48_000),
    "m2ts": ("mpegts", "ac3", 48_000),
    "ps": ("mpeg", "mp2", 48_000),
}


def stream(folder: Path, name: str) -> bytes:
    muxer, codec, rate = STREAMS[name]
    options = {"id3v2_version": "0", "write_xing": "0"} if name == "mp3" else {}
    options |= {"mpegts_m2ts_mode": "1"} if name == "m2ts" else {}
    return write_with_libav(folder / "good", tone(3.0, rate, 2), rate, muxer, codec, options).read_bytes()


@pytest.mark.parametrize("name", STREAMS)
@pytest.mark.parametrize("lost", [97, 5001])
def test_a_stream_that_was_joined_late_is_read_from_there(tmp_path: Path, name: str, lost: int) -> None:
    content = stream(tmp_path, name)
    whole = load_audio(tmp_path / "good").duration_s
    path = tmp_path / "late"
    path.write_bytes(content[lost:])
    expected = whole * (1 - lost / len(content))
    # A transport stream is read from its next table on, which comes every 0.1 to 0.5 s.
    assert expected - 0.6 < load_audio(path).duration_s < whole + 0.05


JUNK = {
    "noise": NOISE.bytes(700),
    "much noise": NOISE.bytes(60_000),
    "zeros": bytes(3000),
    "an answer of a server": b"ICY 200 OK\r\nicy-name:Radio\r\nicy-br:128\r\n\r\n",
    "a byte order mark": b"\xef\xbb\xbf",
    "one byte": b"\n",
    "sync words that are none": b"\xff\xfb\x90\x64" + NOISE.bytes(80) + b"\xff\xf1\x50\x80" + NOISE.bytes(50),
}
BEHIND_JUNK = [*sorted(set(WRITERS) - {"webm"}), "caf", "amr", "ac3", "ts", "w64", "wma"]


def written(folder: Path, ending: str) -> Path:
    path = folder / f"a.{ending}"
    others = {
        "caf": (16_000, "caf", "pcm_s16le"),
        "amr": (8_000, "amr", "libopencore_amrnb"),
        "ac3": (48_000, "ac3", "ac3"),
        "ts": (48_000, "mpegts", "mp2"),
        "w64": (16_000, "w64", "pcm_s16le"),
        "wma": (44_100, "asf", "wmav2"),
    }
    if ending in WRITERS:
        return WRITERS[ending](path, tone(1.0), 16_000)
    rate, muxer, codec = others[ending]
    return write_with_libav(path, tone(1.0, rate), rate, muxer, codec)


@pytest.mark.parametrize("ending", BEHIND_JUNK)
@pytest.mark.parametrize("junk", JUNK)
def test_junk_before_the_first_frame_is_stepped_over(tmp_path: Path, ending: str, junk: str) -> None:
    good = written(tmp_path, ending)
    bad = tmp_path / "b"
    bad.write_bytes(JUNK[junk] + good.read_bytes())
    whole, found = load_audio(good), load_audio(bad)
    assert found.pcm_sha256 == whole.pcm_sha256
    assert found.info.format == whole.info.format
    assert found.warnings or junk == "a byte order mark" or ending == "ts"


TAGGED = ["wav", "flac", "aiff", "ogg", "opus", "mp3", "aac", "mp4", "caf", "amr", "ac3", "wma"]


@pytest.mark.parametrize("ending", TAGGED)
@pytest.mark.parametrize("tags", [1, 2])
def test_an_id3_tag_stands_before_anything(tmp_path: Path, ending: str, tags: int) -> None:
    good = written(tmp_path, ending)
    tagged = tmp_path / "b.mp3"
    tagged.write_bytes(id3_tag(3000) * tags + good.read_bytes())
    whole, found = load_audio(good), load_audio(tagged)
    assert found.pcm_sha256 == whole.pcm_sha256
    assert found.info.format == whole.info.format
    assert found.warnings == ()


def test_a_tag_with_a_footer_and_a_large_picture_is_stepped_over(tmp_path: Path) -> None:
    good = WRITERS["mp3"](tmp_path / "a.mp3", tone(1.0), 16_000).read_bytes()
    (tmp_path / "b.mp3").write_bytes(id3_tag(700_000, footer=True) + good)
    assert load_audio(tmp_path / "b.mp3").duration_s == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("between", [b"", id3_tag(500), b"TAG" + bytes(125), NOISE.bytes(2000), bytes(4000)])
@pytest.mark.parametrize("ending", ["mp3", "aac"])
def test_what_stands_between_streams_does_not_end_them(tmp_path: Path, ending: str, between: bytes) -> None:
    parts = [
        WRITERS[ending](tmp_path / str(number), tone(2.0, rate), rate).read_bytes()
        for number, rate in enumerate((44_100, 22_050))
    ]
    (tmp_path / "both").write_bytes(between.join(parts))
    audio = load_audio(tmp_path / "both")
    assert audio.duration_s == pytest.approx(4.0, abs=0.3)
    assert bool(audio.warnings) == (len(between) == 2000)


def test_an_ogg_that_begins_inside_a_page_is_read_from_its_next_start(tmp_path: Path) -> None:
    one = WRITERS["opus"](tmp_path / "1", tone(2.0, 48_000), 48_000).read_bytes()
    two = write_with_soundfile(tmp_path / "2", tone(3.0, 44_100, 2), 44_100, "OGG", "VORBIS").read_bytes()
    (tmp_path / "late.ogg").write_bytes(one[-500:] + two)
    audio = load_audio(tmp_path / "late.ogg")
    assert audio.duration_s == pytest.approx(3.0, abs=0.01)
    assert "500 bytes that are no audio" in audio.warnings[0]


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + NOISE.bytes(100),
        b"%PDF-1.7\n" + NOISE.bytes(100),
        b"Dear all,\n" * 2000,
    ],
)
def test_audio_inside_another_kind_of_file_is_not_dug_out(tmp_path: Path, content: bytes) -> None:
    inside = WRITERS["wav"](tmp_path / "a.wav", tone(1.0), 16_000).read_bytes()
    (tmp_path / "b").write_bytes(content + inside)
    with pytest.raises(AudioError, match="is not audio: its content is"):
        load_audio(tmp_path / "b")
