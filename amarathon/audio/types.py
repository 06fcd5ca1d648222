"""What a decoded recording is, and what a file states about itself."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16_000


@dataclass(frozen=True)
class AudioInfo:
    """The facts of a file's header.

    Attributes
    ----------
    format : str
        The container found in the file's content, e.g. ``"WAV"``, whatever its name ends in.
    codec : str
        The decoder's name of the coding, e.g. ``"pcm_16"`` or ``"aac"``.
    sample_rate : int
        Hz, of the file itself.
    channels : int
    duration_s : float or None
        Seconds; None where the container does not say (recordings streamed to a file, raw AAC,
        MP3 without a frame count).
    size_bytes : int
    """

    format: str
    codec: str
    sample_rate: int
    channels: int
    duration_s: float | None
    size_bytes: int


@dataclass(frozen=True, eq=False)
class Audio:
    """A recording, decoded.

    Attributes
    ----------
    samples : ndarray of float32, shape (n,)
        Mono at `SAMPLE_RATE`, within -1 and 1.
    sha256 : str
        Of the file's bytes.
    pcm_sha256 : str
        Of the samples as little-endian 16-bit PCM.
    info : AudioInfo
    warnings : tuple of str
        What a listener should know about the file, a sentence each: that something is missing at
        its end, is left out, was turned down or mixed in another way.
    """

    samples: NDArray[np.float32]
    sha256: str
    pcm_sha256: str
    info: AudioInfo
    warnings: tuple[str, ...] = ()

    @property
    def duration_s(self) -> float:
        """Seconds of decoded audio."""
        return len(self.samples) / SAMPLE_RATE


def to_pcm16(samples: NDArray[np.float32]) -> NDArray[np.int16]:
    """Round samples to 16-bit PCM, little-endian; the exact inverse of reading a 16-bit file.

    Parameters
    ----------
    samples : ndarray of float32
        Full scale is 1; what lies beyond is clipped.

    Returns
    -------
    ndarray of int16, same shape
    """
    scaled = samples * np.float32(32768)
    np.clip(np.rint(scaled, out=scaled), -32768, 32767, out=scaled)
    return scaled.astype(np.dtype("<i2"))
