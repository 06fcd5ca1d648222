"""Decoding by libav (PyAV): what phones, browsers and music stores write."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.audio.stream import AudioStream as AvAudioStream
from av.container import InputContainer
from av.stream import Disposition
from numpy.typing import NDArray

from amarathon.audio.containers import HEAD_BYTES, MATROSKA, MP3, OGG, Container
from amarathon.audio.limits import refusal
from amarathon.audio.parts import Part
from amarathon.audio.splice import SplicedFile
from amarathon.audio.streams import AudioStream, Block, DecodingError, UnreadableError
from amarathon.audio.types import AudioInfo
from amarathon.audio.xing import frame_count_stated

# The decoders that may run. A hostile file chooses its own codec: rare ones stay shut, and so
# does every video decoder, which libav would otherwise try while it looks at a file.
INTEGER_DECODERS = frozenset(
    {
        *("alac", "flac", "ape", "tta", "shorten", "wavpack", "wmalossless"),
        *("adpcm_ms", "adpcm_ima_wav", "adpcm_ima_qt", "adpcm_swf", "adpcm_yamaha", "gsm", "gsm_ms"),
        *("g722", "g726", "g726le", "dss_sp", "g723_1", "s302m", "pcm_dvd", "pcm_bluray"),
        *("pcm_alaw", "pcm_mulaw"),
        *("pcm_u8", "pcm_s8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be"),
        *("pcm_s8_planar", "pcm_s16le_planar", "pcm_s16be_planar", "pcm_s24le_planar", "pcm_s32le_planar"),
        *("pcm_u16le", "pcm_u16be", "pcm_u24le", "pcm_u24be", "pcm_u32le", "pcm_u32be"),
    }
)
DECODERS = INTEGER_DECODERS | frozenset(
    {
        *("aac", "aac_latm", "mp2", "mp2float", "mp3", "mp3float", "opus", "vorbis", "ac3", "eac3", "dca"),
        *("amrnb", "amrwb", "ilbc", "qcelp", "evrc", "speex", "nellymoser", "wmav1", "wmav2", "wmapro"),
        *("wmavoice", "dsd_lsbf", "dsd_msbf", "dsd_lsbf_planar", "dsd_msbf_planar"),
        *("pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be"),
    }
)
BLOCK_FRAMES = 1 << 16
_MOST_PLANES = 8
# A demuxer that fails this often in a row has come to its end.
_MOST_FAULTS = 8


@contextmanager
def open_with_libav(
    file: BufferedReader, path: Path, size: int, container: Container, part: Part, track: int
) -> Iterator[AudioStream]:
    """Open a part of a file, see `amarathon.audio.opening.open_stream`.

    Raises
    ------
    UnreadableError
    AudioError
        The file is sound but has no audio in it, or a coding that is not accepted.
    """
    content = SplicedFile(file, part.pieces)
    states_length = part.believed and _states_length(content, container)
    content.seek(0)
    try:
        source = av.open(
            content,
            "r",
            format=container.demuxer,
            options={"codec_whitelist": ",".join(sorted(DECODERS))},
            metadata_errors="replace",
        )
    except (av.FFmpegError, ValueError) as error:
        raise UnreadableError(str(error)) from error
    with source:
        tracks = _tracks(source, path)
        stream = tracks[min(track, len(tracks) - 1)]
        coding = stream.codec_context
        if not coding.sample_rate or not coding.channels:
            raise UnreadableError("no sample rate or no channels")
        duration = _duration(source, stream, container)
        info = AudioInfo(
            format=container.name,
            codec=coding.name,
            sample_rate=coding.sample_rate,
            channels=coding.channels,
            duration_s=duration if states_length else None,
            size_bytes=size,
        )
        remarks: list[str] = []
        # Ogg's length is read off its last page, so what was cut off is not missed.
        promised = None if container is OGG or info.duration_s is None else info.duration_s * part.share
        blocks = _blocks(source, stream, container, remarks)
        is_float = coding.name not in INTEGER_DECODERS
        yield AudioStream(info, promised, blocks, len(tracks), is_float, remarks)


def _tracks(source: InputContainer, path: Path) -> list[AvAudioStream]:
    """The audio tracks that can be decoded: the one that players begin with, then the others."""
    streams = source.streams.audio
    if not streams:
        kind = "is a video without an audio track" if source.streams.video else "has no audio track"
        raise refusal(path, kind)
    known = [stream for stream in streams if stream.codec_context is not None]
    readable = [stream for stream in known if stream.codec_context.name in DECODERS]
    if not readable:
        if not known:
            raise UnreadableError("the coding is unknown to libav")
        raise refusal(path, f"holds audio in a coding that is not read ({known[0].codec_context.name})")
    return sorted(readable, key=lambda stream: not stream.disposition & Disposition.default)


def _states_length(content: SplicedFile, container: Container) -> bool:
    if container is not MP3:
        return container.states_length or container is OGG
    return frame_count_stated(content.read(HEAD_BYTES))


def _duration(source: InputContainer, track: AvAudioStream, container: Container) -> float | None:
    """Seconds of the audio track; Matroska knows the whole file's only, which a video may outlast."""
    if track.duration and track.time_base is not None:
        return float(track.duration * track.time_base)
    if container is MATROSKA and len(source.streams) == 1 and source.duration is not None:
        return source.duration / av.time_base
    return None


def _blocks(
    source: InputContainer, track: AvAudioStream, container: Container, remarks: list[str]
) -> Iterator[Block]:
    """Gather the codec's small frames (1,024 samples and the like) into blocks of one rate and layout."""
    pending = _Pending()
    converter = _Converter()
    try:
        for decoded in _frames(source, track, container, remarks):
            for frame in converter(decoded):
                if pending.samples and (not pending.takes(frame) or pending.samples >= BLOCK_FRAMES):
                    yield pending.block()
                pending.add(frame)
    except DecodingError:
        if pending.samples:
            yield pending.block()
        raise
    if pending.samples:
        yield pending.block()


def _frames(
    source: InputContainer, track: AvAudioStream, container: Container, remarks: list[str]
) -> Iterator[av.AudioFrame]:
    """Decode packet by packet.

    One bad packet at the very end is how a recording that was stopped looks: what came before is
    read, and it is said. Where a broadcast was joined, the first packets refer to what nobody
    recorded. Audio after a bad packet otherwise means damage in the middle.
    """
    fault: Exception | None = None
    started = False
    packets, faults = source.demux(track), 0
    while faults < _MOST_FAULTS:
        try:
            packet = next(packets, None)
        except (av.FFmpegError, ValueError) as error:
            # Only the generator ends here: the demuxer may find its way again.
            fault, faults, packets = error, faults + 1, source.demux(track)
            continue
        if packet is None:
            break
        try:
            frames = packet.decode()
        except av.FFmpegError as error:
            fault = error
            continue
        if frames and packet.size and fault is not None:  # the last, empty one asks for what is left
            if started or not container.joins_late:
                raise DecodingError(str(fault)) from fault
            fault = None
        for frame in frames:
            faults, started = 0, True
            yield frame
    if fault is not None and not started:
        raise DecodingError(str(fault)) from fault
    if fault is not None:
        remarks.append("is damaged at its very end: what comes before is read")


class _Converter:
    """Frames of any form to frames of float32."""

    def __init__(self) -> None:
        self._to_float: av.AudioResampler | None = None
        self._form = (0, 0)

    def __call__(self, frame: av.AudioFrame) -> list[av.AudioFrame]:
        form = frame.sample_rate, frame.layout.nb_channels
        if form != self._form:
            # Interleaved, one plane: of planar frames with more than eight channels PyAV reads
            # past the end. What most decoders give is right as it is.
            as_it_is = frame.format.name == "fltp" and form[1] <= _MOST_PLANES
            self._to_float = None if as_it_is else av.AudioResampler(format="flt")
            self._form = form
        return [frame] if self._to_float is None else list(self._to_float.resample(frame))


class _Pending:
    """Frames of one form that are no block yet.

    An MP3 has 40 frames a second: they are put together by libav and become one array, which takes a third
    of the time of an array for each.
    """

    def __init__(self) -> None:
        self._fifo = av.AudioFifo()
        self._form: tuple[int, int, str] | None = None

    @property
    def samples(self) -> int:
        """How many of each channel are gathered."""
        return self._fifo.samples if self._form is not None else 0

    def takes(self, frame: av.AudioFrame) -> bool:
        """Whether a frame is of the form of those that are gathered."""
        return _form_of(frame) == self._form

    def add(self, frame: av.AudioFrame) -> None:
        """Gather a frame; where there is nothing yet, of any form."""
        if self._form is None:
            self._fifo, self._form = av.AudioFifo(), _form_of(frame)
        # Where a recording has a gap in its times the queue would refuse what follows.
        frame.pts = None
        self._fifo.write(frame)

    def block(self) -> Block:
        """Everything that is gathered, as one block."""
        frame, form = self._fifo.read(), self._form
        if frame is None or form is None:
            raise RuntimeError("nothing is gathered")
        self._form = None
        rate, channels, kind = form
        if kind == "fltp":
            return Block(rate, _planes(frame, channels))
        return Block(rate, frame.to_ndarray().reshape(-1, channels).T.astype(np.float32, copy=False))


def _form_of(frame: av.AudioFrame) -> tuple[int, int, str]:
    return frame.sample_rate, frame.layout.nb_channels, frame.format.name


def _planes(frame: av.AudioFrame, channels: int) -> NDArray[np.float32]:
    """A planar frame's samples, of shape (channels, frames)."""
    samples = np.empty((channels, frame.samples), np.float32)
    for channel, plane in zip(samples, frame.planes, strict=True):
        # A plane, which PyAV's types do not call a buffer, is longer than its samples: libav rounds it up.
        channel[:] = np.frombuffer(cast("memoryview[int]", plane), np.float32, frame.samples)
    return samples
