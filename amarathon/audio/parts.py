"""What the readers of containers find out about the audio in a file."""

from dataclasses import dataclass
from mmap import mmap

from amarathon.audio.splice import Piece

# The whole file, as the readers look at it.
Bytes = mmap | bytes


@dataclass(frozen=True)
class Part:
    """A stretch that is decoded by itself.

    Attributes
    ----------
    pieces : tuple of Piece
        What the decoder is given.
    share : float
        How many times the audio that is there was promised; 1.0 for a whole part, and where no
        length was stated.
    believed : bool
        Whether the length that a header in it states is a fact.
    exact : bool
        Whether libsndfile reads all of it.
    seconds : float or None
        Its length, counted by its frames or pages; None where they were not counted.
    """

    pieces: tuple[Piece, ...]
    share: float = 1.0
    believed: bool = True
    exact: bool = True
    seconds: float | None = None


@dataclass(frozen=True)
class Found:
    """The parts of a file, and the remarks about them.

    Attributes
    ----------
    parts : tuple of Part
    remarks : tuple of str
        Predicates of sentences about the file.
    """

    parts: tuple[Part, ...]
    remarks: tuple[str, ...] = ()


CUT = "ends in the middle of a frame: what comes before is read, and the last instant is missing"
