"""Audio files for tests: good ones in every container."""

import struct
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import soundfile
from av.stream import Disposition
from numpy.typing import NDArray


def tone(seconds: float, rate: int = 16_000, channels: int = 1, hertz: float = 440.0) -> NDArray[np.float32]:
    """A swelling tone, shape (frames, channels), every channel at its own pitch and none silent."""
    time = np.arange(round(seconds * rate)) / rate
    pitches = hertz * (1 + np.arange(channels) / 8)
    swell = 0.3 + 0.1 * np.sin(2 * np.pi * 0.7 * time)
    return (swell[:, None] * np.sin(2 * np.pi * time[:, None] * pitches)).astype(np.float32)


def write_with_soundfile(
    path: Path, samples: NDArray[np.float32], rate: int, kind: str, subtype: str
) -> Path:
    """Write by libsndfile, whatever the path ends in."""
    soundfile.write(path, samples, rate, format=kind, subtype=subtype)
    return path


def write_with_libav(
    path: Path,
    samples: NDArray[np.float32],
    rate: int,
    container: str,
    codec: str,
    options: dict[str, str] | None = None,
) -> Path:
    """Write by libav; mono and stereo; the same bytes every time."""
    layout = {1: "mono", 2: "stereo"}[samples.shape[1]]
    # "bitexact": no random serials, so that equal samples make equal files.
    muxing = {"fflags": "+bitexact"} | (options or {})
    with av.open(str(path), "w", format=container, options=muxing) as target:
        track = target.add_stream(codec, rate=rate, layout=layout, options={"strict": "experimental"})
        if codec.startswith("wma"):
            track.bit_rate = 64_000  # it has no default that works
        pcm = (samples * 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(pcm.reshape(1, -1), format="s16", layout=layout)
        frame.sample_rate, frame.pts = rate, 0
        target.mux(track.encode(frame))
        target.mux(track.encode(None))
    return path


def write_video(path: Path, frames: int = 5) -> Path:
    """An MP4 that has pictures and no sound."""
    with av.open(str(path), "w", format="mp4") as target:
        track = target.add_stream("mpeg4", rate=5)
        track.width, track.height, track.pix_fmt = 64, 64, "yuv420p"
        for number in range(frames):
            picture = np.full((64, 64, 3), 40 * number, np.uint8)
            target.mux(track.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        target.mux(track.encode(None))
    return path


def write_tracks(
    path: Path, container: str, tracks: list[NDArray[np.float32]], default: int, *, video: bool
) -> Path:
    """Write several AAC tracks at 48 kHz, mono, one of them the default, with or without pictures."""
    with av.open(str(path), "w", format=container) as target:
        if video:
            pictures = target.add_stream("mpeg4", rate=5)
            pictures.width, pictures.height, pictures.pix_fmt = 64, 64, "yuv420p"
        streams = [target.add_stream("aac", rate=48_000, layout="mono") for _ in tracks]
        for number, stream in enumerate(streams):
            stream.disposition = Disposition.default if number == default else Disposition(0)
        if video:
            grey = np.full((64, 64, 3), 128, np.uint8)
            target.mux(pictures.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
            target.mux(pictures.encode(None))
        for stream, samples in zip(streams, tracks, strict=True):
            pcm = (samples * 32767).astype(np.int16).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(pcm, format="s16", layout="mono")
            frame.sample_rate, frame.pts = 48_000, 0
            target.mux(stream.encode(frame))
            target.mux(stream.encode(None))
    return path


def wav_bytes(
    pcm: bytes,
    *,
    rate: int = 16_000,
    channels: int = 1,
    coding: int = 1,
    bits: int = 16,
    data_size: int | None = None,
    order: str = "<",
    behind: bytes = b"",
) -> bytes:
    """A WAV with any header one likes; `data_size` overrides what the data chunk states.

    `order` is ``">"`` for the big-endian kind, and `behind` are bytes behind the data.
    """
    block = channels * bits // 8
    layout = struct.pack(
        f"{order}HHIIHH", coding, channels, rate, min(rate * block, 2**32 - 1), block % 65536, bits
    )
    stated = len(pcm) if data_size is None else data_size
    number = struct.Struct(f"{order}I")
    chunks = b"fmt " + number.pack(16) + layout + b"data" + number.pack(stated) + pcm + behind
    form = b"RIFF" if order == "<" else b"RIFX"
    return form + number.pack(min(4 + len(chunks), 2**32 - 1)) + b"WAVE" + chunks


def without_ftyp(content: bytes) -> bytes:
    """A film as QuickTime wrote it before files said what they are; its index stands at the end."""
    size = int.from_bytes(content[:4], "big")
    assert content[4:8] == b"ftyp"
    # An empty box of the same size, so that no offset in the index changes.
    return size.to_bytes(4, "big") + b"wide" + content[8:]


def amr_wb_bytes(frames: int) -> bytes:
    """A wide-band AMR file of 23.85 kbit/s frames whose bits mean nothing (RFC 4867, section 5)."""
    random = np.random.default_rng(0)
    return b"#!AMR-WB\n" + b"".join(b"\x44" + random.bytes(60) for _ in range(frames))


def id3_tag(size: int, *, footer: bool = False) -> bytes:
    """An ID3v2.4 tag of nothing but padding."""
    sizes = bytes(size >> shift & 127 for shift in (21, 14, 7, 0))
    head = b"\x04\0" + (b"\x10" if footer else b"\0") + sizes
    return b"ID3" + head + bytes(size) + (b"3DI" + head if footer else b"")


def ogg_pages(content: bytes) -> list[bytes]:
    """The pages of an Ogg file."""
    pages, at = [], 0
    while at < len(content):
        count = content[at + 26]
        size = 27 + count + sum(content[at + 27 : at + 27 + count])
        pages.append(content[at : at + size])
        at += size
    return pages


def ogg_page(page: bytes, *, flags: int | None = None, time: int | None = None) -> bytes:
    """A page with other flags or another time, and the checksum that belongs to it."""
    page = bytearray(page)
    if flags is not None:
        page[5] = flags
    if time is not None:
        page[6:14] = struct.pack("<q", time)
    page[22:26] = bytes(4)
    register = 0
    for byte in page:
        register ^= byte << 24
        for _ in range(8):
            register = (register << 1 ^ (0x04C1_1DB7 if register >> 31 else 0)) & 0xFFFF_FFFF
    page[22:26] = struct.pack("<I", register)
    return bytes(page)


WRITERS: dict[str, Callable[[Path, NDArray[np.float32], int], Path]] = {
    "wav": lambda path, samples, rate: write_with_soundfile(path, samples, rate, "WAV", "PCM_16"),
    "float.wav": lambda path, samples, rate: write_with_soundfile(path, samples, rate, "WAV", "FLOAT"),
    "aiff": lambda path, samples, rate: write_with_soundfile(path, samples, rate, "AIFF", "PCM_24"),
    "flac": lambda path, samples, rate: write_with_soundfile(path, samples, rate, "FLAC", "PCM_16"),
    "ogg": lambda path, samples, rate: write_with_soundfile(path, samples, rate, "OGG", "VORBIS"),
    "opus": lambda path, samples, rate: write_with_libav(path, samples, rate, "ogg", "libopus"),
    "mp3": lambda path, samples, rate: write_with_libav(path, samples, rate, "mp3", "libmp3lame"),
    "m4a": lambda path, samples, rate: write_with_libav(path, samples, rate, "ipod", "aac"),
    "mp4": lambda path, samples, rate: write_with_libav(
        path, samples, rate, "mp4", "aac", {"movflags": "faststart"}
    ),
    "aac": lambda path, samples, rate: write_with_libav(path, samples, rate, "adts", "aac"),
    "webm": lambda path, samples, rate: write_with_libav(path, samples, rate, "webm", "libopus"),
}
"""How a file of each ending is written: path, samples of shape (frames, channels), rate."""
