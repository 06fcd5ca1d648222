"""Lengths that a header does not know, or has wrong, are counted; ends that are missing are said."""

import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from amarathon.audio import load_audio, measure_audio
from amarathon.errors import AudioError
from tests.audio.makers import (
    WRITERS,
    ogg_page,
    ogg_pages,
    tone,
    wav_bytes,
    write_with_libav,
    write_with_soundfile,
)

SECONDS = 2.0
Edit = Callable[[bytes], bytes]


def overwritten(content: bytes, at: int, new: bytes) -> bytes:
    return content[:at] + new + content[at + len(new) :]


def behind(name: bytes, offset: int, new: bytes) -> Edit:
    """Overwrite what stands `offset` bytes behind the start of a chunk's name."""
    return lambda content: overwritten(content, content.index(name) + offset, new)


def both(first: Edit, second: Edit) -> Edit:
    return lambda content: second(first(content))


def in_flac(samples: int) -> Edit:
    return lambda content: overwritten(
        content, 21, bytes([content[21] & 0xF0 | samples >> 32]) + struct.pack(">I", samples & 0xFFFF_FFFF)
    )


OPEN32, OPEN64 = b"\xff" * 4, b"\xff" * 8
W64_DATA = bytes.fromhex("64617461f3acd311")

# How the file is made, and what its recorder wrote where the length belongs.
HEADERS: dict[str, tuple[tuple[str, ...], Edit]] = {
    **{
        f"WAV {subtype} {size:#x}": (("WAV", subtype), behind(b"data", 4, struct.pack("<I", size)))
        for subtype in ("PCM_U8", "PCM_16", "PCM_24", "FLOAT", "ALAW", "MS_ADPCM", "GSM610")
        for size in (0, 0xFFFF_FFFF, 0x8000_0000, 0x7FFF_F000)
    },
    "WAV, crashed: both sizes 0": (
        ("WAV", "PCM_16"),
        both(behind(b"RIFF", 4, bytes(4)), behind(b"data", 4, bytes(4))),
    ),
    "WAV, an old size": (("WAV", "PCM_16"), behind(b"data", 4, struct.pack("<I", 9000))),
    "WAV, an odd size": (("WAV", "PCM_16"), behind(b"data", 4, struct.pack("<I", 9001))),
    "RF64, ds64 not filled": (("RF64", "PCM_16"), behind(b"ds64", 8, bytes(24))),
    "RF64, no ds64": (("RF64", "PCM_16"), both(behind(b"data", 4, OPEN32), behind(b"ds64", 0, b"JUNK"))),
    "BW64, ds64 not filled": (
        ("RF64", "PCM_24"),
        both(behind(b"RF64", 0, b"BW64"), behind(b"ds64", 8, bytes(24))),
    ),
    "W64, 0": (("W64", "PCM_16"), behind(W64_DATA, 16, bytes(8))),
    "W64, an empty chunk": (("W64", "PCM_24"), behind(W64_DATA, 16, struct.pack("<Q", 24))),
    "W64, open": (("W64", "PCM_16"), behind(W64_DATA, 16, OPEN64)),
    "AIFF, both 0": (("AIFF", "PCM_16"), both(behind(b"COMM", 10, bytes(4)), behind(b"SSND", 4, bytes(4)))),
    "AIFF, an empty chunk": (("AIFF", "PCM_24"), behind(b"SSND", 4, struct.pack(">I", 8))),
    "AIFF, open": (("AIFF", "FLOAT"), both(behind(b"COMM", 10, bytes(4)), behind(b"SSND", 4, OPEN32))),
    "AIFF, too few frames": (("AIFF", "PCM_16"), behind(b"COMM", 10, struct.pack(">I", 900))),
    "AU, 0": (("AU", "PCM_16"), behind(b".snd", 8, bytes(4))),
    "AU, open": (("AU", "ULAW"), behind(b".snd", 8, OPEN32)),
    "AU, an old size": (("AU", "PCM_16"), behind(b".snd", 8, struct.pack(">I", 9000))),
    "CAF, open": (("CAF", "PCM_16"), behind(b"data", 4, OPEN64)),
    "CAF, 0": (("CAF", "PCM_24"), behind(b"data", 4, bytes(8))),
    "FLAC, open": (("FLAC", "PCM_16"), in_flac(0)),
    "FLAC, an old size": (("FLAC", "PCM_16"), in_flac(9000)),
}


@pytest.mark.parametrize("case", HEADERS)
@pytest.mark.parametrize("channels", [1, 2])
def test_what_is_there_is_read_whatever_the_header_states(tmp_path: Path, case: str, channels: int) -> None:
    (kind, subtype), edit = HEADERS[case]
    channels = 1 if subtype == "GSM610" else channels
    good = write_with_soundfile(tmp_path / "a", tone(SECONDS, 16_000, channels), 16_000, kind, subtype)
    content = good.read_bytes()
    bad = tmp_path / "b"
    bad.write_bytes(edit(content))
    assert bad.read_bytes() != content
    whole, found = load_audio(good), load_audio(bad)
    # libsndfile writes a PEAK chunk behind some; beside its bytes nothing differs.
    assert found.duration_s == pytest.approx(whole.duration_s, abs=0.02)
    size = min(len(whole.samples), len(found.samples))
    assert abs(whole.samples[:size] - found.samples[:size]).max() < 1e-6
    assert measure_audio(bad) == pytest.approx(SECONDS, abs=0.05)
    if "old" in case or "odd" in case or "few" in case:
        assert any("in its header and holds" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    "more",
    [
        b"LIST\x04\0\0\0INFO",
        b"id3 \x0a\0\0\0ID3\x04\0\0\0\0\0\0",
        b"ID3\x04\0\0\0\0\0\x0a" + bytes(10),
        bytes(64),
    ],
)
def test_what_stands_behind_the_audio_is_not_taken_for_it(tmp_path: Path, more: bytes) -> None:
    pcm = (tone(1.0) * 32767).astype("<i2").tobytes()
    (tmp_path / "a.wav").write_bytes(wav_bytes(pcm, behind=more))
    audio = load_audio(tmp_path / "a.wav")
    assert audio.duration_s == 1.0
    assert audio.warnings == ()


@pytest.mark.parametrize("ending", ["wav", "flac", "ogg", "opus", "mp3", "aac", "mp4", "amr"])
def test_files_strung_together_are_read_to_the_last(tmp_path: Path, ending: str) -> None:
    write = WRITERS.get(ending, lambda path, *rest: write_with_libav(path, *rest, "amr", "libopencore_amrnb"))
    rates = (8_000, 8_000) if ending == "amr" else (16_000, 48_000)
    channels = (1, 1) if ending == "amr" else (2, 1)
    parts = [
        write(tmp_path / f"{number}.{ending}", tone(1.0 + number, rate, count), rate).read_bytes()
        for number, (rate, count) in enumerate(zip(rates, channels, strict=True))
    ]
    path = tmp_path / f"both.{ending}"
    path.write_bytes(b"".join(parts))
    assert load_audio(path).duration_s == pytest.approx(3.0, abs=0.2)
    assert measure_audio(path) == pytest.approx(3.0, abs=0.2)


def test_an_mp3_that_states_its_first_part_only_is_read_whole(tmp_path: Path) -> None:
    one = WRITERS["mp3"](tmp_path / "one.mp3", tone(2.0), 16_000).read_bytes()
    two = WRITERS["mp3"](tmp_path / "two.mp3", tone(2.0), 16_000).read_bytes()
    without_tag = two[two.index(b"\xff") :]
    (tmp_path / "both.mp3").write_bytes(one + without_tag)
    assert load_audio(tmp_path / "both.mp3").duration_s == pytest.approx(4.0, abs=0.25)
    assert measure_audio(tmp_path / "both.mp3") == pytest.approx(4.0, abs=0.25)


@pytest.mark.parametrize(
    ("muxer", "codec", "options"),
    [
        ("webm", "libopus", {"live": "1"}),
        ("matroska", "aac", {"live": "1"}),
        ("mp4", "aac", {"movflags": "frag_keyframe+empty_moov", "frag_duration": "300000"}),
        ("mp4", "aac", {"movflags": "dash+delay_moov", "frag_duration": "300000"}),
        ("ismv", "aac", {}),
        ("adts", "aac", {}),
        ("mp3", "libmp3lame", {"write_xing": "0", "id3v2_version": "0"}),
        ("amr", "libopencore_amrnb", {}),
        ("ac3", "ac3", {}),
        ("latm", "aac", {}),
        ("mpegts", "mp2", {}),
        ("flv", "aac", {}),
    ],
)
def test_durations_are_true_where_no_header_states_them(
    tmp_path: Path, muxer: str, codec: str, options: dict[str, str]
) -> None:
    rate = 8_000 if "amr" in codec else 44_100 if muxer == "flv" else 48_000
    path = write_with_libav(tmp_path / "a", tone(4.0, rate), rate, muxer, codec, options)
    assert load_audio(path).duration_s == pytest.approx(4.0, abs=0.15)
    assert measure_audio(path) == pytest.approx(4.0, abs=0.15)


CUT = [*sorted(set(WRITERS) - {"m4a"}), "amr", "caf", "w64", "au", "ac3", "ts", "wma", "mka", "frag.mp4"]


def written(folder: Path, ending: str) -> bytes:
    others = {
        "amr": (8_000, "amr", "libopencore_amrnb"),
        "caf": (16_000, "caf", "pcm_s16le"),
        "w64": (16_000, "w64", "pcm_s16le"),
        "au": (16_000, "au", "pcm_s16be"),
        "ac3": (48_000, "ac3", "ac3"),
        "ts": (48_000, "mpegts", "aac"),
        "wma": (44_100, "asf", "wmav2"),
        "mka": (48_000, "matroska", "flac"),
        "frag.mp4": (48_000, "mp4", "aac"),
    }
    path = folder / f"good.{ending}"
    if ending in WRITERS:
        return WRITERS[ending](path, tone(4.0), 16_000).read_bytes()
    rate, muxer, codec = others[ending]
    options = (
        {"movflags": "frag_keyframe+empty_moov", "frag_duration": "200000"} if "frag" in ending else None
    )
    return write_with_libav(path, tone(4.0, rate), rate, muxer, codec, options).read_bytes()


@pytest.mark.parametrize("ending", CUT)
def test_a_little_missing_at_the_end_is_read_and_said(tmp_path: Path, ending: str) -> None:
    content = written(tmp_path, ending)
    whole = load_audio(tmp_path / f"good.{ending}").duration_s
    for lost in (1, 3, 40, len(content) // 50):
        path = tmp_path / f"cut.{ending}"
        path.write_bytes(content[:-lost])
        audio = load_audio(path)
        assert whole - 0.5 < audio.duration_s <= whole + 0.01
        missing = whole - audio.duration_s
        assert audio.warnings or missing < 0.1, (lost, missing)


@pytest.mark.parametrize("ending", CUT)
def test_two_thirds_of_a_file_is_read_as_far_as_it_goes_or_refused(tmp_path: Path, ending: str) -> None:
    content = written(tmp_path, ending)
    path = tmp_path / f"half.{ending}"
    path.write_bytes(content[: len(content) * 2 // 3])
    try:
        audio = load_audio(path)
    except AudioError as error:
        assert re.search("is truncated|damaged or cut off|cut off or damaged", str(error))  # noqa: PT017
    else:
        assert 1 < audio.duration_s < 3.3
        assert audio.warnings or ending in ("ts", "webm", "mka"), "nobody was told"


CODECS = [("libopus", 48_000), ("vorbis", 48_000), ("flac", 48_000)]


@pytest.mark.parametrize(("codec", "rate"), CODECS)
@pytest.mark.parametrize(
    "end", ["no time", "no mark", "no last page", "no last pages", "in a page", "in a header"]
)
def test_every_end_of_an_ogg_is_read(tmp_path: Path, codec: str, rate: int, end: str) -> None:
    options = {"page_duration": "200000"}
    good = write_with_libav(tmp_path / "a.ogg", tone(4.0, rate, 2), rate, "ogg", codec, options)
    pages = ogg_pages(good.read_bytes())
    last = pages[-1]
    cut = {
        "no time": [*pages[:-1], ogg_page(last, time=-1)],
        "no mark": [*pages[:-1], ogg_page(last, flags=0)],
        "no last page": pages[:-1],
        "no last pages": pages[:-2],
        "in a page": [*pages[:-1], last[: len(last) * 2 // 3]],
        "in a header": [*pages[:-1], last[:20]],
    }[end]
    path = tmp_path / "b.ogg"
    path.write_bytes(b"".join(cut))
    whole, audio = load_audio(good), load_audio(path)
    # libav's own muxer writes pages of a second for some codings whatever it is asked.
    assert whole.duration_s - 2.1 < audio.duration_s < whole.duration_s + 0.1
    if end in ("no time", "no mark"):
        assert audio.duration_s > whole.duration_s - 0.05
    if end != "no time":
        assert any(
            "the end is missing" in warning or "without the mark" in warning for warning in audio.warnings
        )


def test_one_packet_of_a_page_that_was_cut_is_not_lost(tmp_path: Path) -> None:
    good = write_with_libav(tmp_path / "a.opus", tone(4.0, 48_000), 48_000, "ogg", "libopus")
    pages = ogg_pages(good.read_bytes())
    index = next(number for number, page in enumerate(pages) if page[26] >= 40)
    page = pages[index]
    lacing = page[27 : 27 + page[26]]
    half = 27 + page[26] + sum(lacing[:20]) + 3
    (tmp_path / "b.opus").write_bytes(b"".join(pages[:index]) + page[:half])
    # Twenty packets of 20 ms, of which the first begins 6.5 ms before the recording.
    before = sum(20 for page in pages[2:index] for length in page[27 : 27 + page[26]] if length < 255)
    expected = (before + 20 * sum(length < 255 for length in lacing[:20])) / 1000 - 0.0065
    assert load_audio(tmp_path / "b.opus").duration_s == pytest.approx(expected, abs=0.001)
