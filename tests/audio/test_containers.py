"""Every container with every coding that phones, recorders, messengers and radio write is read."""

import shutil
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from amarathon.audio import SAMPLE_RATE, load_audio, measure_audio
from amarathon.errors import AudioError
from tests.audio.makers import (
    amr_wb_bytes,
    tone,
    wav_bytes,
    without_ftyp,
    write_with_libav,
    write_with_soundfile,
)

SECONDS = 1.5

# Container as it is called, muxer or libsndfile's format, codec or subtype, rate, who writes it.
LIBAV = [
    *(("WAV", "wav", codec, 16_000) for codec in ("pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le")),
    *(("WAV", "wav", codec, 16_000) for codec in ("pcm_f32le", "pcm_f64le", "pcm_alaw", "pcm_mulaw")),
    *(("WAV", "wav", codec, 16_000) for codec in ("adpcm_ms", "adpcm_ima_wav", "libmp3lame", "mp2", "g722")),
    *(("WAV", "wav", codec, rate) for codec, rate in (("g726", 8_000), ("adpcm_yamaha", 16_000))),
    *(("W64", "w64", codec, 48_000) for codec in ("pcm_s16le", "pcm_s24le", "pcm_f32le")),
    *(("AIFF", "aiff", codec, 44_100) for codec in ("pcm_s16be", "pcm_s24be", "pcm_f32be", "pcm_f64be")),
    *(("AIFF", "aiff", codec, 44_100) for codec in ("pcm_s16le", "pcm_alaw", "adpcm_ima_qt", "pcm_s8")),
    *(("AU", "au", codec, 8_000) for codec in ("pcm_mulaw", "pcm_alaw", "pcm_s16be", "pcm_s24be", "pcm_s8")),
    *(("AU", "au", codec, 8_000) for codec in ("pcm_f32be", "pcm_f64be", "g726le")),
    *(("CAF", "caf", codec, 44_100) for codec in ("pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_f32le")),
    *(("CAF", "caf", codec, 44_100) for codec in ("pcm_alaw", "pcm_mulaw", "adpcm_ima_qt", "alac")),
    ("CAF", "caf", "libopencore_amrnb", 8_000),
    *(("Ogg", "ogg", codec, 48_000) for codec in ("libopus", "vorbis", "flac")),
    ("MP3", "mp3", "libmp3lame", 44_100),
    ("MP3", "mp2", "mp2", 48_000),
    ("AAC", "adts", "aac", 44_100),
    ("AAC (LATM)", "latm", "aac", 48_000),
    ("AC-3", "ac3", "ac3", 48_000),
    ("E-AC-3", "eac3", "eac3", 48_000),
    ("AMR", "amr", "libopencore_amrnb", 8_000),
    *(("MP4", "ipod", codec, 44_100) for codec in ("aac", "alac")),
    *(
        ("MP4", "mp4", codec, 48_000)
        for codec in ("aac", "alac", "libopus", "libmp3lame", "mp2", "ac3", "flac")
    ),
    *(("MP4", "mp4", codec, 48_000) for codec in ("eac3", "pcm_s16le", "pcm_f32le")),
    *(("MP4", "mov", codec, 44_100) for codec in ("aac", "alac", "pcm_s16le", "pcm_s16be", "pcm_s24le")),
    *(("MP4", "mov", codec, 44_100) for codec in ("pcm_mulaw", "adpcm_ima_qt")),
    *(("MP4", name, codec, 8_000) for name in ("3gp", "3g2") for codec in ("libopencore_amrnb", "aac")),
    *(("Matroska/WebM", "webm", codec, 48_000) for codec in ("libopus", "vorbis")),
    *(("Matroska/WebM", "matroska", codec, 48_000) for codec in ("aac", "libopus", "vorbis", "flac", "alac")),
    *(
        ("Matroska/WebM", "matroska", codec, 48_000)
        for codec in ("libmp3lame", "mp2", "ac3", "pcm_s16le", "tta")
    ),
    *(("ASF (WMA)", "asf", codec, 44_100) for codec in ("wmav1", "wmav2", "libmp3lame", "pcm_s16le")),
    *(("AVI", "avi", codec, 48_000) for codec in ("pcm_s16le", "libmp3lame", "ac3", "adpcm_ima_wav")),
    *(("FLV", "flv", codec, 44_100) for codec in ("aac", "libmp3lame")),
    ("FLV", "flv", "nellymoser", 22_050),
    *(
        ("MPEG transport stream", "mpegts", codec, 48_000)
        for codec in ("mp2", "aac", "ac3", "eac3", "libopus")
    ),
    *(("MPEG program stream", "mpeg", codec, 48_000) for codec in ("mp2", "ac3")),
    ("WavPack", "wv", "wavpack", 44_100),
    ("TTA", "tta", "tta", 44_100),
]
SNDFILE = [
    *(("WAV", "WAV", coding) for coding in ("GSM610", "G721_32", "NMS_ADPCM_16")),
    *(("WAV", name, "PCM_16") for name in ("WAVEX", "RF64")),
    *(("AIFF", "AIFF", coding) for coding in ("ULAW", "FLOAT", "DOUBLE")),
    *(("AU", "AU", coding) for coding in ("G721_32", "G723_24")),
    *(("CAF", "CAF", coding) for coding in ("ALAC_16", "ALAC_24", "PCM_32", "DOUBLE")),
    *(("FLAC", "FLAC", coding) for coding in ("PCM_S8", "PCM_16", "PCM_24")),
    *(("Ogg", "OGG", coding) for coding in ("VORBIS", "OPUS")),
    *(("NIST SPHERE", "NIST", coding) for coding in ("PCM_16", "ULAW")),
    ("VOC", "VOC", "PCM_16"),
    ("MP3", "MP3", "MPEG_LAYER_III"),
]


def strongest_hertz(samples: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(spectrum.argmax() * SAMPLE_RATE / len(samples))


def is_the_tone(path: Path, name: str) -> None:
    audio = load_audio(path)
    assert audio.info.format == name
    # Streams without a place for it keep the encoder's padding: up to three frames.
    assert -0.05 < audio.duration_s - SECONDS < 0.22
    assert abs(strongest_hertz(audio.samples) - 440) < 3
    assert measure_audio(path) == pytest.approx(audio.duration_s, abs=0.1)
    # The name says nothing: what a messenger called "voice.mp3" may be anything.
    lying = path.with_name("voice.mp3" if path.suffix != ".mp3" else "voice.wav")
    shutil.copy(path, lying)
    assert load_audio(lying).pcm_sha256 == audio.pcm_sha256


@pytest.mark.parametrize(("name", "muxer", "codec", "rate"), LIBAV)
def test_what_libav_writes_is_read(tmp_path: Path, name: str, muxer: str, codec: str, rate: int) -> None:
    options = {"movflags": "faststart"} if muxer == "mp4" and codec == "aac" else None
    channels = 2 if codec == "vorbis" else 1  # all that this encoder writes
    path = write_with_libav(tmp_path / "a.bin", tone(SECONDS, rate, channels), rate, muxer, codec, options)
    is_the_tone(path, name)


@pytest.mark.parametrize(("name", "kind", "subtype"), SNDFILE)
def test_what_libsndfile_writes_is_read(tmp_path: Path, name: str, kind: str, subtype: str) -> None:
    path = tmp_path / "a.bin"
    is_the_tone(write_with_soundfile(path, tone(SECONDS, 16_000), 16_000, kind, subtype), name)


def as_rifx(folder: Path) -> bytes:
    pcm = (tone(SECONDS) * 32767).astype(">i2").tobytes()
    return wav_bytes(pcm, order=">")


def as_bw64(folder: Path) -> bytes:
    content = write_with_soundfile(folder / "rf64", tone(SECONDS), 16_000, "RF64", "PCM_16").read_bytes()
    return b"BW64" + content[4:]


def as_old_quicktime(folder: Path) -> bytes:
    path = write_with_libav(folder / "mov", tone(SECONDS), 16_000, "mov", "pcm_s16be")
    return without_ftyp(path.read_bytes())


def as_m2ts(folder: Path) -> bytes:
    path = write_with_libav(
        folder / "m2ts", tone(SECONDS, 48_000), 48_000, "mpegts", "ac3", {"mpegts_m2ts_mode": "1"}
    )
    return path.read_bytes()


def as_little_endian_au(folder: Path) -> bytes:
    pcm = (tone(SECONDS) * 32767).astype("<i2").tobytes()
    header = (24).to_bytes(4, "little") + len(pcm).to_bytes(4, "little")
    return b"dns." + header + b"".join(field.to_bytes(4, "little") for field in (3, 16_000, 1)) + pcm


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("WAV", as_rifx),
        ("WAV", as_bw64),
        ("MP4", as_old_quicktime),
        ("MPEG transport stream", as_m2ts),
        ("AU", as_little_endian_au),
    ],
)
def test_the_rarer_forms_are_read(tmp_path: Path, name: str, make: Callable[[Path], bytes]) -> None:
    (tmp_path / "a.bin").write_bytes(make(tmp_path))
    is_the_tone(tmp_path / "a.bin", name)


def test_wide_band_amr_is_read(tmp_path: Path) -> None:
    # No encoder is at hand: frames of arbitrary bits, which every decoder turns into some sound.
    (tmp_path / "a.amr").write_bytes(amr_wb_bytes(frames=75))
    audio = load_audio(tmp_path / "a.amr")
    assert (audio.info.format, audio.info.codec, audio.info.sample_rate) == ("AMR", "amrwb", 16_000)
    assert audio.duration_s == measure_audio(tmp_path / "a.amr") == 1.5


def test_what_has_no_header_at_all_is_refused(tmp_path: Path) -> None:
    path = write_with_libav(tmp_path / "a.g722", tone(SECONDS), 16_000, "g722", "g722")
    with pytest.raises(AudioError, match="is of no kind that is known here"):
        load_audio(path)


def test_a_coding_that_is_not_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(wav_bytes(bytes(range(256)) * 200, coding=0x22, bits=1, channels=1))
    with pytest.raises(AudioError, match=r"holds audio in a coding that is not read \(truespeech\)"):
        load_audio(tmp_path / "a.wav")


@pytest.mark.parametrize(("muxer", "codec"), [("mp3", "libmp3lame"), ("ogg", "libopus"), ("ipod", "aac")])
def test_lengths_are_those_of_libav_itself(tmp_path: Path, muxer: str, codec: str) -> None:
    path = write_with_libav(tmp_path / "a.bin", tone(7.3, 48_000, 2), 48_000, muxer, codec)
    with av.open(str(path)) as source:
        frames = sum(frame.samples for frame in source.decode(audio=0))
    assert load_audio(path).duration_s == pytest.approx(frames / 48_000, abs=2 / SAMPLE_RATE)
