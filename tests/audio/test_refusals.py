"""Whatever cannot be used as audio is refused in one sentence that says what is wrong."""

import io
import os
import struct
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from amarathon.audio import AudioLimits, load_audio, probe_audio
from amarathon.audio.types import to_pcm16
from amarathon.errors import AudioError
from tests.audio.makers import WRITERS, tone, wav_bytes, write_video, write_with_soundfile

NOISE = np.random.default_rng(0)


def refusal(path: Path, limits: AudioLimits | None = None) -> str:
    with pytest.raises(AudioError) as raised:
        load_audio(path, limits or AudioLimits())
    message = str(raised.value)
    assert "\n" not in message
    assert message.endswith(".")
    assert str(path.parent) not in message
    return message


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "b")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "is empty: it has 0 bytes"),
        (b"Dear all,\nplease find the recording attached.\n", "its content is text"),
        ("Füße über Öl\n".encode() * 2000, "its content is text"),
        ("Hello\n".encode("utf-16"), "its content is text"),
        (b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n", "its content is text"),
        (b"\n <!DOCTYPE html><title>404</title>", "its content is an HTML page"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(100), "its content is PNG (image)"),
        (b"%PDF-1.7\n" + bytes(100), "its content is PDF (file)"),
        (zipped(), "its content is ZIP (file)"),
        (b"MThd\0\0\0\6\0\1\0\2\0\x60MTrk" + bytes(100), "is MIDI audio, a format that is not read here"),
        (bytes(5000), "begins with nothing but zero bytes"),
        (NOISE.bytes(5000), "is of no kind that is known here: use WAV"),
        (b"RIFF", "its content is text"),
        (b"RIFF\x24\0\0\0WAVE", "begins as WAV but cannot be decoded"),
        (b"RIFF\x24\0\0\0WAVE" + NOISE.bytes(2000), "begins as WAV but cannot be decoded"),
        (b"fLaC" + NOISE.bytes(2000), "begins as FLAC but cannot be decoded"),
        (b"OggS" + NOISE.bytes(2000), "begins as Ogg but cannot be decoded"),
        (b"\0\0\0\x20ftypisom" + NOISE.bytes(2000), "begins as MP4 but cannot be decoded"),
        (b"\x1a\x45\xdf\xa3" + NOISE.bytes(2000), "begins as Matroska/WebM but cannot be decoded"),
    ],
)
def test_what_is_not_audio_is_named(tmp_path: Path, content: bytes, expected: str) -> None:
    message = refusal(written(tmp_path / "talk.mp3", content))
    assert message.startswith("'talk.mp3' ")
    assert expected in message


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    assert refusal(tmp_path / "gone.wav") == "'gone.wav' does not exist."
    assert refusal(tmp_path / "gone" / "a.wav") == "'a.wav' does not exist."
    (tmp_path / "folder.wav").mkdir()
    assert refusal(tmp_path / "folder.wav") == "'folder.wav' is a folder, not an audio file."
    file = written(tmp_path / "file", b"x")
    assert refusal(file / "a.wav") == "'a.wav' does not exist."


def test_impossible_names(tmp_path: Path) -> None:
    assert "the name is too long" in refusal(tmp_path / ("a" * 300 + ".wav"))
    assert "is not a possible file name" in refusal(tmp_path / "a\0b.wav")
    assert "\n" not in refusal(tmp_path / "a\nb\x1b[31m.wav")


def test_a_pipe_and_a_device_do_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    seen: list[str] = []
    thread = threading.Thread(target=lambda: seen.append(refusal(tmp_path / "pipe.wav")), daemon=True)
    thread.start()
    thread.join(600)  # it would hang for ever
    assert seen == ["'pipe.wav' is a pipe, a socket or a device, not an audio file."]
    (tmp_path / "zero.wav").symlink_to("/dev/zero")
    assert "a device" in refusal(tmp_path / "zero.wav")
    (tmp_path / "loop.wav").symlink_to(tmp_path / "loop.wav")
    assert "cannot be read" in refusal(tmp_path / "loop.wav")


def test_permission_denied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = WRITERS["wav"](tmp_path / "a.wav", tone(1.0), 16_000)

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    # Root may read everything, so the answer of the system is put in its place.
    monkeypatch.setattr(Path, "open", denied)
    assert refusal(path) == "'a.wav' cannot be read: permission denied."


def test_too_many_bytes_are_refused_before_the_file_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "huge.wav"
    with path.open("wb") as file:
        file.truncate(300_000_000)
    monkeypatch.setattr(Path, "open", lambda *_, **__: pytest.fail("the file was opened"))
    assert refusal(path) == "'huge.wav' is too large: it has 300 MB, and the limit is 200 MB."


def test_ten_hours_are_refused_from_the_header(tmp_path: Path) -> None:
    frames = 36_000 * 16_000
    content = bytearray(WRITERS["flac"](tmp_path / "a.flac", tone(1.0), 16_000).read_bytes())
    content[21] = content[21] & 0xF0 | frames >> 32
    content[22:26] = struct.pack(">I", frames & 0xFFFF_FFFF)
    path = written(tmp_path / "ten.flac", content)
    expected = "'ten.flac' is too long: the limit is 3,600 s (1.0 h), and it lasts 36,000 s (10.0 h)."
    assert refusal(path) == expected
    with pytest.raises(AudioError, match="is too long"):
        probe_audio(path)


def test_a_header_that_lies_about_the_length_is_found_out_while_decoding(tmp_path: Path) -> None:
    content = bytearray(WRITERS["flac"](tmp_path / "a.flac", tone(4.0), 16_000).read_bytes())
    content[21] &= 0xF0
    content[22:26] = bytes(4)
    path = written(tmp_path / "b.flac", content)
    message = refusal(path, AudioLimits(max_seconds=3.0))
    assert message == "'b.flac' is too long: the limit is 3.0 s, and it lasts longer than that."


def test_too_short_and_no_audio_at_all(tmp_path: Path) -> None:
    path = WRITERS["wav"](tmp_path / "a.wav", tone(0.05), 16_000)
    expected = "'a.wav' is too short: it lasts 0.050 s, and the shortest accepted is 0.1 s."
    assert refusal(path) == expected
    assert refusal(written(tmp_path / "b.wav", wav_bytes(b""))) == "'b.wav' holds no audio: it lasts 0 s."


@pytest.mark.parametrize("level", [0.0, 0.5, 9e-5])
def test_silence(tmp_path: Path, level: float) -> None:
    samples = np.full((16_000, 2), level, np.float32)
    if level == 9e-5:
        samples *= np.sign(tone(1.0))
    path = write_with_soundfile(tmp_path / "a.wav", samples, 16_000, "WAV", "FLOAT")
    assert refusal(path) == "'a.wav' is silent: up to 8 kHz nothing in it is louder than -80 dBFS."


def test_very_quiet_is_not_silent(tmp_path: Path) -> None:
    path = write_with_soundfile(tmp_path / "a.wav", tone(1.0) * 1e-3, 16_000, "WAV", "FLOAT")
    assert np.abs(load_audio(path).samples).max() == pytest.approx(4e-4, rel=0.1)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("channels", [1, 2])
def test_nan_and_infinity(tmp_path: Path, value: float, channels: int) -> None:
    samples = tone(20.0, 16_000, channels)
    samples[17 * 16_000, -1] = value
    path = write_with_soundfile(tmp_path / "a.wav", samples, 16_000, "WAV", "FLOAT")
    assert "holds NaN or infinite values, from about 1" in refusal(path)


def test_floating_point_at_integer_scale(tmp_path: Path) -> None:
    path = write_with_soundfile(tmp_path / "a.wav", tone(1.0) * 32768, 16_000, "WAV", "FLOAT")
    assert "full scale is 1" in refusal(path)


@pytest.mark.parametrize("rate", [1, 3_999, 768_001, 4_294_967])
def test_absurd_sample_rates(tmp_path: Path, rate: int) -> None:
    path = written(tmp_path / "a.wav", wav_bytes(to_pcm16(tone(1.0)).tobytes(), rate=rate))
    assert f"states a sample rate of {rate:,} Hz" in refusal(path)


def test_255_channels(tmp_path: Path) -> None:
    content = wav_bytes(to_pcm16(tone(1.0, 16_000, 255)).tobytes(), channels=255)
    message = refusal(written(tmp_path / "a.wav", content))
    assert message == "'a.wav' states 255 channels, and 1 to 64 are accepted."


def test_a_video_without_sound(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4")
    assert refusal(path) == "'a.mp4' is a video without an audio track."


@pytest.mark.parametrize("ending", ["wav", "float.wav", "aiff", "flac", "mp3", "mp4", "webm"])
@pytest.mark.parametrize("share", [0.3, 0.7])
def test_truncated_files_are_refused_with_the_seconds_promised(
    tmp_path: Path, ending: str, share: float
) -> None:
    content = WRITERS[ending](tmp_path / f"a.{ending}", tone(6.0, 16_000), 16_000).read_bytes()
    message = refusal(written(tmp_path / f"b.{ending}", content[: int(len(content) * share)]))
    assert "6.0 s" in message
    assert "is truncated: its header states" in message or "is damaged or cut off" in message


def test_a_truncated_m4a_whose_index_was_at_the_end(tmp_path: Path) -> None:
    content = WRITERS["m4a"](tmp_path / "a.m4a", tone(3.0), 16_000).read_bytes()
    message = refusal(written(tmp_path / "b.m4a", content[: len(content) // 2]))
    assert message == "'b.m4a' begins as MP4 but cannot be decoded: it is cut off or damaged."


def test_truncated_rf64(tmp_path: Path) -> None:
    path = write_with_soundfile(tmp_path / "a.wav", tone(3.0), 16_000, "RF64", "PCM_16")
    assert load_audio(path).duration_s == 3.0
    content = path.read_bytes()
    assert "states 3.0 s, and 1." in refusal(written(tmp_path / "b.wav", content[: len(content) // 2]))


def test_missing_the_last_instant_is_not_truncation(tmp_path: Path) -> None:
    content = WRITERS["wav"](tmp_path / "a.wav", tone(3.0), 16_000).read_bytes()
    audio = load_audio(written(tmp_path / "b.wav", content[: -2 * 4_000]))
    assert audio.duration_s == pytest.approx(2.75)


@pytest.mark.parametrize(
    "damage", [lambda half: half + bytes(300) + half, lambda half: half + NOISE.bytes(99)]
)
def test_damage_in_the_middle_is_not_passed_over(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    content = WRITERS["flac"](tmp_path / "a.flac", tone(6.0), 16_000).read_bytes()
    middle = len(content) // 2
    path = written(tmp_path / "b.flac", damage(content[:middle]) + content[middle + 300 :])
    assert "6.0 s" in refusal(path)


def test_an_mp4_may_not_point_to_other_files(tmp_path: Path) -> None:
    """Playlists and concatenations, which libav would follow, are text to us."""
    secret = WRITERS["wav"](tmp_path / "secret.wav", tone(1.0), 16_000)
    for text in (
        f"ffconcat version 1.0\nfile '{secret}'\n",
        f"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{secret}\n#EXT-X-ENDLIST\n",
    ):
        assert "its content is text" in refusal(written(tmp_path / "a.mp4", text.encode()))


def test_errors_do_not_reach_standard_error(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    content = bytearray(WRITERS["wav"](tmp_path / "a.wav", tone(1.0), 16_000).read_bytes())
    content[16:20] = b"\xff\xff\xff\x7f"
    refusal(written(tmp_path / "b.wav", content))
    assert capfd.readouterr().err == ""


def test_the_reference_decoder_agrees_on_what_is_whole(tmp_path: Path) -> None:
    """The two libraries read the same samples from the same lossless file."""
    path = WRITERS["flac"](tmp_path / "a.flac", tone(2.0), 16_000)
    np.testing.assert_array_equal(load_audio(path).samples, soundfile.read(path, dtype="float32")[0])
