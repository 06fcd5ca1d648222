"""Decoding by libav (PyAV): what phones, browsers and music stores write."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream as AvAudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from amarathon.audio.containers import AAC, HEAD_BYTES, MATROSKA, MP3, OGG, Container, id3_size
from amarathon.audio.headers import mp3_frame_count_stated
from amarathon.audio.limits import refusal
from amarathon.audio.streams import AudioStream, DecodingError, UnreadableError
from amarathon.audio.types import AudioInfo

# The decoders that may run. A hostile file chooses its own codec: rare ones stay shut, and so
# does every video decoder, which libav would otherwise try while it looks at a file.
DECODERS = frozenset(
    {
        *("aac", "alac", "flac", "mp2", "mp2float", "mp3", "mp3float", "opus", "vorbis", "ac3", "eac3"),
        *("amrnb", "amrwb", "gsm_ms", "adpcm_ms", "adpcm_ima_wav", "adpcm_ima_qt", "pcm_alaw", "pcm_mulaw"),
        *("pcm_u8", "pcm_s8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be"),
        *("pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be"),
    }
)
BLOCK_FRAMES = 1 << 16


@contextmanager
def open_with_libav(
    file: BufferedReader, path: Path, size: int, container: Container
) -> Iterator[AudioStream]:
    """Open a file, see `amarathon.audio.opening.open_stream`.

    Raises
    ------
    UnreadableError
    AudioError
        The file is sound but has no audio in it, or a coding that is not accepted.
    """
    states_length = _states_length(file, container)
    file.seek(0)
    try:
        source = av.open(
            file,
            "r",
            format=container.demuxer,
            options={"codec_whitelist": ",".join(sorted(DECODERS))},
            metadata_errors="replace",
        )
    except (av.FFmpegError, ValueError) as error:
        raise UnreadableError(str(error)) from error
    with source:
        if not source.streams.audio:
            kind = "is a video without an audio track" if source.streams.video else "has no audio track"
            raise refusal(path, kind)
        track = source.streams.audio[0]
        coding = track.codec_context
        if coding is None:
            raise UnreadableError("the coding is unknown to libav")
        if coding.name not in DECODERS:
            raise refusal(path, f"holds audio in a coding that is not read ({coding.name})")
        if not coding.sample_rate or not coding.channels:
            raise UnreadableError("no sample rate or no channels")
        duration = _duration(source, track, container) if states_length else None
        info = AudioInfo(
            format=container.name,
            codec=coding.name,
            sample_rate=coding.sample_rate,
            channels=coding.channels,
            duration_s=duration,
            size_bytes=size,
        )
        # Ogg's length is read off its last page, so what was cut off is not missed.
        yield AudioStream(info, None if container is OGG else duration, _blocks(source, track))


def _states_length(file: BufferedReader, container: Container) -> bool:
    if container is not MP3:
        return container is not AAC
    file.seek(0)
    file.seek(id3_size(file.read(10)))
    return mp3_frame_count_stated(file.read(HEAD_BYTES))


def _duration(source: InputContainer, track: AvAudioStream, container: Container) -> float | None:
    """Seconds of the audio track; Matroska knows the whole file's only, which a video may outlast."""
    if track.duration is not None and track.time_base is not None:
        return float(track.duration * track.time_base)
    if container is MATROSKA and len(source.streams) == 1 and source.duration is not None:
        return source.duration / av.time_base
    return None


def _blocks(source: InputContainer, track: AvAudioStream) -> Iterator[NDArray[np.float32]]:
    """Gather the codec's small frames (1,024 samples and the like) into blocks."""
    pending: list[NDArray[np.float32]] = []
    gathered = 0
    try:
        for frame in _frames(source, track):
            pending.append(frame)
            gathered += frame.shape[1]
            if gathered >= BLOCK_FRAMES:
                yield np.concatenate(pending, axis=1)
                pending, gathered = [], 0
    except DecodingError:
        if pending:
            yield np.concatenate(pending, axis=1)
        raise
    if pending:
        yield np.concatenate(pending, axis=1)


def _frames(source: InputContainer, track: AvAudioStream) -> Iterator[NDArray[np.float32]]:
    """Decode packet by packet.

    One bad packet at the very end is how a recording that was stopped looks, and is left to the
    comparison with the promised length. Audio after a bad packet means damage in the middle.
    """
    # Interleaved, one plane: of planar frames with more than eight channels PyAV reads past the end.
    to_float = av.AudioResampler(format="flt")
    coding = track.codec_context
    rate, channels = coding.sample_rate, coding.channels
    fault: av.FFmpegError | None = None
    packets = source.demux(track)
    while True:
        try:
            packet = next(packets, None)
        except (av.FFmpegError, ValueError) as error:
            raise DecodingError(str(error)) from error
        if packet is None:
            return
        try:
            frames = packet.decode()
        except av.FFmpegError as error:
            fault = error
            continue
        if frames and fault is not None:
            raise DecodingError(str(fault)) from fault
        for frame in frames:
            if frame.sample_rate != rate or len(frame.layout.channels) != channels:
                raise DecodingError("the sample rate or the channel count changes")
            for converted in to_float.resample(frame):
                yield converted.to_ndarray().reshape(-1, channels).T.astype(np.float32, copy=False)
