"""Writing 16 kHz mono audio: small copies for browsers and for the repository, and plain WAV."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
import soundfile
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from amarathon.audio.types import SAMPLE_RATE, to_pcm16
from amarathon.files import replacing

OPUS_BITRATE = 24_000
MP3_BITRATE = 48_000
BLOCK_FRAMES = 1 << 16


def write_opus(path: Path, samples: NDArray[np.float32], bitrate: int = OPUS_BITRATE) -> None:
    """Write Opus in an Ogg container; equal samples make equal bytes.

    Parameters
    ----------
    path : Path
        Appears only once it is whole.
    samples : ndarray of float32, shape (n,)
        Mono at 16 kHz.
    bitrate : int
        Bits a second, on average. 24,000 is clear for speech at this rate.
    """
    _encode(path, samples, container="ogg", codec="libopus", bitrate=bitrate)


def write_mp3(path: Path, samples: NDArray[np.float32], bitrate: int = MP3_BITRATE) -> None:
    """Write MP3 at a constant bit rate, for browsers without Ogg Opus; parameters as `write_opus`."""
    _encode(path, samples, container="mp3", codec="libmp3lame", bitrate=bitrate)


def write_flac(path: Path, samples: NDArray[np.float32]) -> None:
    """Write 16-bit FLAC, half the size of WAV and as exact; parameters as `write_opus`."""
    with _atomic(path) as file:
        soundfile.write(file, to_pcm16(samples), SAMPLE_RATE, format="FLAC", subtype="PCM_16")


def write_wav(path: Path, samples: NDArray[np.float32]) -> None:
    """Write 16-bit WAV; parameters as `write_opus`."""
    with _atomic(path) as file:
        soundfile.write(file, to_pcm16(samples), SAMPLE_RATE, format="WAV", subtype="PCM_16")


def _encode(path: Path, samples: NDArray[np.float32], container: str, codec: str, bitrate: int) -> None:
    # "bitexact" leaves out the encoder's version and makes Ogg's stream serial a constant.
    options = {"fflags": "+bitexact"}
    with _atomic(path) as file, av.open(file, "w", format=container, options=options) as target:
        track = target.add_stream(codec, rate=SAMPLE_RATE, layout="mono")
        assert isinstance(track, AudioStream)
        track.bit_rate = bitrate
        pcm = to_pcm16(samples)
        for start in range(0, len(pcm), BLOCK_FRAMES):
            block = pcm[np.newaxis, start : start + BLOCK_FRAMES]
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout="mono")
            frame.sample_rate = SAMPLE_RATE
            frame.pts = start
            target.mux(track.encode(frame))
        target.mux(track.encode(None))


@contextmanager
def _atomic(path: Path) -> Iterator[BinaryIO]:
    """Write beside the path and move into place: nobody ever finds half a file."""
    with replacing(path) as partial, partial.open("w+b") as file:
        yield file
        file.flush()
