"""A file to 16 kHz mono, or one sentence about why not."""

import hashlib
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from amarathon.audio.downmix import Downmix
from amarathon.audio.following import followed
from amarathon.audio.layout import Layout, find_layout
from amarathon.audio.levels import Levels, check_values
from amarathon.audio.limits import (
    SILENCE_DBFS,
    TRUNCATION_TOLERANCE_S,
    AudioLimits,
    check_file,
    check_form,
    check_header,
    check_length,
    describe_seconds,
    exceeds,
    refusal,
    sentence,
    too_long,
)
from amarathon.audio.opening import open_stream
from amarathon.audio.streams import AudioStream, DecodingError
from amarathon.audio.types import SAMPLE_RATE, Audio, AudioInfo, to_pcm16
from amarathon.errors import AudioWarning

DEFAULT_LIMITS = AudioLimits()


def probe_audio(path: Path, limits: AudioLimits = DEFAULT_LIMITS) -> AudioInfo:
    """Read a file's header and check it against the limits, decoding next to nothing.

    Parameters
    ----------
    path : Path
    limits : AudioLimits

    Returns
    -------
    AudioInfo

    Raises
    ------
    AudioError
        The file is no audio that can be read, or its header breaks a limit. A file that passes
        may still turn out silent, damaged or cut off when it is decoded.
    """
    path = Path(path)
    size = check_file(path, limits)
    with _open(path) as file, open_stream(file, path, size, find_layout(file, path)) as stream:
        check_header(path, stream.info, limits)
        return stream.info


def measure_audio(path: Path, limits: AudioLimits = DEFAULT_LIMITS) -> float:
    """Find how many seconds a file lasts.

    By its header where that states a fact, else by its frames or pages; where there are none to
    count, by decoding it.

    Parameters
    ----------
    path : Path
    limits : AudioLimits

    Returns
    -------
    float

    Raises
    ------
    AudioError
        As `probe_audio`; as `load_audio` where it is decoded.
    """
    path = Path(path)
    size = check_file(path, limits)
    with _open(path) as file:
        layout = find_layout(file, path)
        with open_stream(file, path, size, layout) as stream:
            check_header(path, stream.info, limits)
            stated = stream.info.duration_s
    known = layout.counted_s if stated is None else stated
    return load_audio(path, limits).duration_s if known is None else known


def load_audio(
    path: Path, limits: AudioLimits = DEFAULT_LIMITS, tell_share: Callable[[float], None] | None = None
) -> Audio:
    """Decode a file to float32 mono at 16 kHz.

    Uncompressed audio and FLAC are decoded by libsndfile, everything else by libav; resampling is
    soxr's "HQ". Blocks are mixed down and resampled as they come, so that only the 16 kHz result
    is ever held whole.

    Channels are averaged. Where that would cancel some of them for a stretch (opposite-phase
    stereo) another mix of the whole file is taken, see `amarathon.audio.downmix`. Of several
    audio tracks the default is read, or the next one if it is silent. Floating-point and lossy
    audio that goes over full scale is turned down as a whole. A header that leaves its length
    open or states less than is there is not believed.

    Parameters
    ----------
    path : Path
    limits : AudioLimits
    tell_share : callable, optional
        Is told what share of the file has been read, now and then; of one that libsndfile reads, at its end.

    Returns
    -------
    Audio
        Whatever was done to it that a listener should know stands in its `warnings`.

    Raises
    ------
    AudioError
        The file cannot be read, is no audio, breaks a limit, is silent (peak under -80 dBFS),
        holds NaN or infinite values or a peak over +12 dBFS, is damaged, or is truncated: it
        ends more than 0.5 s short of the length that its container states. A length that is
        left open (a WAV written to a pipe, live WebM, any Ogg, raw AAC) or only estimated (MP3
        without a frame count) promises nothing.

    Warns
    -----
    AudioWarning
        For each of the `warnings`.
    """
    path = Path(path)
    size = check_file(path, limits)
    with _open(path) as file:
        layout = find_layout(file, path)
        source = file if tell_share is None else followed(file, size, tell_share)
        decoded = _first_with_sound(source, path, size, layout, limits)
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    sentences = tuple(sentence(path, remark) for remark in decoded.remarks)
    for warning in sentences:
        warnings.warn(warning, AudioWarning, stacklevel=2)
    samples = decoded.samples
    pcm_digest = hashlib.sha256(to_pcm16(samples).tobytes()).hexdigest()
    return Audio(samples, digest, pcm_digest, decoded.info, sentences)


@contextmanager
def _open(path: Path) -> Iterator[BufferedReader]:
    """Open a file; whatever the disk refuses, now or while it is read, becomes a sentence."""
    try:
        with path.open("rb") as file:
            yield file
    except PermissionError:
        raise refusal(path, "cannot be read: permission denied") from None
    except OSError as error:
        raise refusal(path, f"cannot be read: {error.strerror}") from error


@dataclass(frozen=True)
class _Decoded:
    """A track at 16 kHz, and what was found on the way."""

    samples: NDArray[np.float32]
    info: AudioInfo
    silent: bool
    tracks: int
    remarks: list[str]


def _first_with_sound(
    file: BufferedReader, path: Path, size: int, layout: Layout, limits: AudioLimits
) -> _Decoded:
    """Decode the first audio track that is not silent."""
    track, tracks = 0, 1
    while track < tracks:
        decoded = _decode_track(file, path, size, layout, limits, track)
        tracks = decoded.tracks
        if not decoded.silent:
            if tracks > 1:
                which = "the default is read" if track == 0 else "the default is silent, another one is read"
                decoded.remarks.append(f"holds {tracks} audio tracks: {which}, and the rest is not")
            return decoded
        track += 1
    raise refusal(path, f"is silent: up to 8 kHz nothing in it is louder than {SILENCE_DBFS:.0f} dBFS")


def _decode_track(
    file: BufferedReader, path: Path, size: int, layout: Layout, limits: AudioLimits, track: int
) -> _Decoded:
    """Decode a track; a second time with another mix where its channels cancel each other."""
    mix = Downmix()
    with open_stream(file, path, size, layout, track) as stream:
        decoded = _decode(stream, path, mix, limits)
    choice = mix.choice()
    if choice is None:
        return decoded
    if choice.weights:
        with open_stream(file, path, size, layout, track) as stream:
            decoded = _decode(stream, path, Downmix(choice.weights), limits)
    decoded.remarks.append(choice.remark)
    return decoded


def _decode(stream: AudioStream, path: Path, mix: Downmix, limits: AudioLimits) -> _Decoded:
    """Decode a stream once, with one way of mixing."""
    check_header(path, stream.info, limits)
    levels = Levels()
    samples = np.concatenate(list(_resampled_parts(_mono(stream, path, mix, levels, limits))))
    remarks = list(stream.remarks)
    remarks += check_length(path, len(samples) / SAMPLE_RATE, stream.promised_s, limits)
    silent = levels.is_silent(samples)
    remarks += levels.scale(samples, stream.is_float)
    return _Decoded(samples, stream.info, silent, stream.tracks, remarks)


def _mono(
    stream: AudioStream, path: Path, mix: Downmix, levels: Levels, limits: AudioLimits
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Mix blocks down, watching the running length and the values; each with its rate."""
    seconds = 0.0
    try:
        for block in stream.blocks:
            start, seconds = seconds, seconds + block.samples.shape[1] / block.rate
            if exceeds(seconds, limits.max_seconds, stream.info):
                raise too_long(path, None, limits)
            check_form(path, block.rate, len(block.samples))
            check_values(path, block.samples, start)
            mono = mix(block.rate, block.samples)
            levels.add(mono)
            yield block.rate, mono
    except DecodingError as error:
        promised = stream.promised_s
        if promised and seconds >= promised - TRUNCATION_TOLERANCE_S:
            stream.remarks.append("is damaged at its very end: what comes before is read")
            return
        end = describe_seconds(seconds)
        if promised:
            end += f" of the {describe_seconds(promised)} that its header states"
        raise refusal(path, f"is damaged or cut off: decoding breaks off at {end}") from error


def _resampled_parts(blocks: Iterator[tuple[int, NDArray[np.float32]]]) -> Iterator[NDArray[np.float32]]:
    """Resample mono blocks with their rates to 16 kHz; the first item is empty, so that there is one."""
    yield np.empty(0, np.float32)
    for rate, part in groupby(blocks, key=itemgetter(0)):
        yield from _resampled((block for _, block in part), rate)


def _resampled(blocks: Iterator[NDArray[np.float32]], rate: int) -> Iterator[NDArray[np.float32]]:
    """Resample a stream of mono blocks to 16 kHz."""
    if rate == SAMPLE_RATE:
        yield from blocks
        return
    resampler = soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="float32", quality="HQ")
    for block in blocks:
        yield resampler.resample_chunk(block)
    yield resampler.resample_chunk(np.empty(0, np.float32), last=True)
