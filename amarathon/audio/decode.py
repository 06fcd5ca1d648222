"""A file to 16 kHz mono, or one sentence about why not."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from amarathon.audio.containers import Container, identify
from amarathon.audio.downmix import Downmix
from amarathon.audio.limits import (
    HIGHEST_PEAK_DBFS,
    SILENCE_DBFS,
    TRUNCATION_TOLERANCE_S,
    AudioLimits,
    check_file,
    check_header,
    describe_seconds,
    refusal,
    too_long,
    too_short,
)
from amarathon.audio.opening import open_stream
from amarathon.audio.streams import AudioStream, DecodingError
from amarathon.audio.types import SAMPLE_RATE, Audio, AudioInfo, to_pcm16

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
    with _open(path) as file, open_stream(file, path, size, identify(file, path)) as stream:
        check_header(path, stream.info, limits)
        return stream.info


def load_audio(path: Path, limits: AudioLimits = DEFAULT_LIMITS) -> Audio:
    """Decode a file to float32 mono at 16 kHz.

    WAV, AIFF and FLAC are decoded by libsndfile, everything else by libav; resampling is soxr's
    "HQ". Blocks are mixed down and resampled as they come, so that only the 16 kHz result is
    ever held whole.

    Channels are averaged. Where that would cancel them (opposite-phase stereo) the loudest
    channel is taken instead.

    Parameters
    ----------
    path : Path
    limits : AudioLimits

    Returns
    -------
    Audio

    Raises
    ------
    AudioError
        The file cannot be read, is no audio, breaks a limit, is silent (peak under -80 dBFS),
        holds NaN or infinite values or a peak over +12 dBFS, is damaged, or is truncated: it
        ends more than 0.5 s short of the length that its container states. A length that is
        left open (a WAV written to a pipe, live WebM, any Ogg, raw AAC) or only estimated (MP3
        without a frame count) promises nothing.
    """
    path = Path(path)
    size = check_file(path, limits)
    with _open(path) as file:
        container = identify(file, path)
        mix = Downmix()
        samples, info = _decode(file, path, size, container, mix, limits)
        if mix.cancels:
            samples, info = _decode(file, path, size, container, Downmix(only=mix.loudest), limits)
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    # Half the span, not the largest magnitude: a constant offset is silence too.
    if (samples.max() - samples.min()) / 2 < 10 ** (SILENCE_DBFS / 20):
        raise refusal(path, f"is silent: up to 8 kHz nothing in it is louder than {SILENCE_DBFS:.0f} dBFS")
    return Audio(samples, digest, hashlib.sha256(to_pcm16(samples).tobytes()).hexdigest(), info)


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


def _decode(
    file: BufferedReader, path: Path, size: int, container: Container, mix: Downmix, limits: AudioLimits
) -> tuple[NDArray[np.float32], AudioInfo]:
    """Decode the whole file once with one way of mixing."""
    with open_stream(file, path, size, container) as stream:
        check_header(path, stream.info, limits)
        samples = np.concatenate(list(_resampled(_mono(stream, path, mix, limits), stream.info.sample_rate)))
        _check_length(path, len(samples) / SAMPLE_RATE, stream.promised_s, limits)
    # Resampling and lossy decoding overshoot full scale by a little.
    return np.clip(samples, -1.0, 1.0, out=samples), stream.info


def _mono(
    stream: AudioStream, path: Path, mix: Downmix, limits: AudioLimits
) -> Iterator[NDArray[np.float32]]:
    """Mix blocks down, watching the running length and the values."""
    rate = stream.info.sample_rate
    frames = 0
    try:
        for block in stream.blocks:
            start, frames = frames, frames + block.shape[1]
            if frames > limits.max_seconds * rate:
                raise too_long(path, None, limits)
            _check_values(path, block, start / rate)
            yield mix(block)
    except DecodingError as error:
        end = describe_seconds(frames / rate)
        if stream.promised_s:
            end += f" of the {describe_seconds(stream.promised_s)} that its header states"
        raise refusal(path, f"is damaged or cut off: decoding breaks off at {end}") from error


def _check_values(path: Path, block: NDArray[np.float32], start_s: float) -> None:
    # maximum() keeps a NaN, which Python's max() loses.
    peak = float(np.maximum(block.max(), -block.min()))
    if not np.isfinite(peak):
        raise refusal(path, f"holds NaN or infinite values, from about {start_s:.1f} s on")
    if peak > 10 ** (HIGHEST_PEAK_DBFS / 20):
        scale = f"reaches {peak:,.4g} where full scale is 1"
        raise refusal(path, f"{scale}: floating-point audio has to be scaled to full scale first")


def _check_length(path: Path, found_s: float, promised_s: float | None, limits: AudioLimits) -> None:
    if promised_s is not None and found_s < promised_s - TRUNCATION_TOLERANCE_S:
        promised, found = describe_seconds(promised_s), describe_seconds(found_s)
        raise refusal(path, f"is truncated: its header states {promised}, and {found} are there")
    if found_s < limits.min_seconds:
        raise too_short(path, found_s, limits)


def _resampled(blocks: Iterator[NDArray[np.float32]], rate: int) -> Iterator[NDArray[np.float32]]:
    """Resample a stream of mono blocks to 16 kHz; the first item is empty, so that there is one."""
    yield np.empty(0, np.float32)
    if rate == SAMPLE_RATE:
        yield from blocks
        return
    resampler = soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="float32", quality="HQ")
    for block in blocks:
        yield resampler.resample_chunk(block)
    yield resampler.resample_chunk(np.empty(0, np.float32), last=True)
