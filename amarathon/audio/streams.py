"""An opened file as a stream of blocks, whichever library decodes it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amarathon.audio.types import AudioInfo


class UnreadableError(Exception):
    """The library cannot open the file; another one may."""


class DecodingError(Exception):
    """Decoding broke off; the blocks that came before are good."""


@dataclass(frozen=True)
class AudioStream:
    """An opened file.

    Attributes
    ----------
    info : AudioInfo
    promised_s : float or None
        Seconds that the container states as a fact; None where it states none or an estimate.
    blocks : iterator of ndarray of float32, shape (channels, frames)
        The audio at the file's own rate. Raises `DecodingError`.
    """

    info: AudioInfo
    promised_s: float | None
    blocks: Iterator[NDArray[np.float32]]
