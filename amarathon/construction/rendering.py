"""What one built sample is: its audio, its question and where every piece came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from amarathon.audio import SAMPLE_RATE
from amarathon.tasks.sample import Option


@dataclass(frozen=True)
class Origin:
    """Whose a recording is.

    Attributes
    ----------
    source : str
        The recording's name, unique over all sources, e.g. ``"scratch/Animal/Dog1.wav"``.
    licence : str
        An SPDX identifier.
    author : str
    group : str
        What must not cross splits beside the recording itself: a speaker, an artist, a session.
    """

    source: str
    licence: str
    author: str
    group: str = ""


@dataclass(frozen=True)
class Piece:
    """One span of a source, at its position in a built recording.

    Attributes
    ----------
    origin : Origin
    onset_s, duration_s : float
        In the built recording, seconds.
    start_s : float
        In the source, seconds.
    gain_db : float
        Applied to the source before the whole was levelled.
    what : str
        What is heard: words, an event's or a genre's name.
    """

    origin: Origin
    onset_s: float
    duration_s: float
    start_s: float = 0.0
    gain_db: float = 0.0
    what: str = ""


@dataclass(frozen=True)
class Word:
    """One spoken word and when it is heard, seconds."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Question:
    """What is asked about a recording; fields as in `amarathon.tasks.sample.Sample`."""

    task: str
    text: str = ""
    options: tuple[Option, ...] = ()
    answer: int | None = None
    reference: str | None = None
    slices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Rendering:
    """A built sample, not yet on disk.

    Attributes
    ----------
    id : str
    split : str
        ``"train"``, ``"validation"`` or ``"test"``.
    question : Question
    samples : ndarray of float32, shape (n,)
        16 kHz mono.
    pieces : tuple of Piece
        In order of onset.
    words : tuple of Word
        For speech that was made here; empty for recordings.
    licence : str
        Of the whole, an SPDX identifier.
    """

    id: str
    split: str
    question: Question
    samples: NDArray[np.float32]
    pieces: tuple[Piece, ...]
    licence: str
    words: tuple[Word, ...] = ()

    @property
    def duration_s(self) -> float:
        """Seconds."""
        return len(self.samples) / SAMPLE_RATE

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of what it was made from, each once: speakers and artists before recordings."""
        named = [piece.origin.group or piece.origin.source for piece in self.pieces]
        return tuple(dict.fromkeys(named))

    @property
    def authors(self) -> tuple[str, ...]:
        """Everyone whose work is in it, each once."""
        return tuple(dict.fromkeys(piece.origin.author for piece in self.pieces))
