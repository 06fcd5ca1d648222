"""An opened file as a stream of blocks, whichever library decodes it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from amarathon.audio.types import AudioInfo


class UnreadableError(Exception):
    """The library cannot open the file; another one may."""


class DecodingError(Exception):
    """Decoding broke off; the blocks that came before are good."""


@dataclass(frozen=True)
class Block:
    """Some audio at its own rate.

    Attributes
    ----------
    rate : int
        Hz.
    samples : ndarray of float32, shape (channels, frames)
    """

    rate: int
    samples: NDArray[np.float32]


@dataclass(frozen=True)
class AudioStream:
    """An opened file.

    Attributes
    ----------
    info : AudioInfo
    promised_s : float or None
        Seconds that the container states as a fact; None where it states none or an estimate.
    blocks : iterator of Block
        Raises `DecodingError`.
    tracks : int
        Audio tracks that can be read.
    is_float : bool
        Whether samples may lie beyond full scale: floating-point and lossy codings.
    remarks : list of str
        Remarks about the file, complete once all blocks are through.
    """

    info: AudioInfo
    promised_s: float | None
    blocks: Iterator[Block]
    tracks: int = 1
    is_float: bool = False
    remarks: list[str] = field(default_factory=list)
