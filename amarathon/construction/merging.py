"""Stage 2: short pieces to one long recording, with the position of every piece kept."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from amarathon.audio import SAMPLE_RATE
from amarathon.construction.rendering import Origin, Piece
from amarathon.errors import DatasetError

SHORTEST_S = 2.0
LONGEST_S = 3600.0
LEVEL_DBFS = -26.0
HIGHEST_PEAK_DBFS = -1.0
EDGE_S = 0.01
_LEVEL_TOLERANCE, _MOST_ROUNDS = 0.005, 12
# After a gap, a cut-off remnant shorter than this is heard as a click; it is left out.
SHORTEST_PIECE_S = 0.5

Samples = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Clip:
    """A piece of sound to merge.

    Attributes
    ----------
    samples : ndarray of float32, shape (n,)
        16 kHz mono; whatever its source's rate, resampled once, when it was loaded.
    origin : Origin
    what : str
        What is heard in it.
    start_s : float
        Where in the source it begins.
    """

    samples: Samples
    origin: Origin
    what: str = ""
    start_s: float = 0.0

    @property
    def duration_s(self) -> float:
        """Seconds."""
        return len(self.samples) / SAMPLE_RATE


@dataclass(frozen=True)
class Joint:
    """How two neighbours meet: silence between them, or one fading into the other.

    Attributes
    ----------
    gap_s : float
        Seconds between the end of one and the start of the next.
    crossfade_s : float
        Seconds in which both are heard; equal power. Only without a gap.
    """

    gap_s: float = 0.0
    crossfade_s: float = 0.0

    def __post_init__(self) -> None:
        if min(self.gap_s, self.crossfade_s) < 0 or (self.gap_s and self.crossfade_s):
            raise DatasetError("Pieces are joined by a gap or by a cross-fade, not by both.")


@dataclass(eq=False)
class Timeline:
    """A recording being put together.

    Attributes
    ----------
    seconds : float
        Its length, exactly.
    samples : ndarray of float32
    pieces : list of Piece
    """

    seconds: float
    samples: Samples = field(init=False)
    pieces: list[Piece] = field(default_factory=list)

    def __post_init__(self) -> None:
        check_seconds(self.seconds)
        self.samples = np.zeros(round(self.seconds * SAMPLE_RATE), np.float32)

    def add(self, clip: Clip, onset_s: float, gain_db: float = 0.0, longest_s: float | None = None) -> float:
        """Mix a clip in; what would reach past the end is faded out and cut.

        Parameters
        ----------
        clip : Clip
        onset_s : float
        gain_db : float
        longest_s : float, optional
            Cut the clip after this many seconds.

        Returns
        -------
        float
            When it ends, seconds.
        """
        start = round(onset_s * SAMPLE_RATE)
        room = len(self.samples) - start
        wanted = (
            len(clip.samples) if longest_s is None else min(len(clip.samples), round(longest_s * SAMPLE_RATE))
        )
        length = min(wanted, room)
        if length <= 0:
            return onset_s
        part = clip.samples[:length] * np.float32(10 ** (gain_db / 20))
        if length < len(clip.samples):
            part = faded(part, 0.0, EDGE_S)
        self.samples[start : start + length] += part
        seconds = length / SAMPLE_RATE
        self.pieces.append(
            Piece(clip.origin, start / SAMPLE_RATE, seconds, clip.start_s, round(gain_db, 3), clip.what)
        )
        return start / SAMPLE_RATE + seconds

    def finished(self) -> tuple[Samples, tuple[Piece, ...]]:
        """Level the whole and put the pieces in order of onset."""
        return levelled(self.samples), tuple(sorted(self.pieces, key=lambda piece: piece.onset_s))


def check_seconds(seconds: float) -> None:
    """Refuse a duration that the tools are not made for.

    Raises
    ------
    DatasetError
    """
    if not SHORTEST_S <= seconds <= LONGEST_S:
        raise DatasetError(f"A recording lasts {SHORTEST_S:g} to {LONGEST_S:g} seconds, not {seconds:g}.")


def join(clips: Iterable[Clip], seconds: float, joint: Joint, even_levels: bool = True) -> Timeline:
    """Join clips one after another until the recording is full.

    Parameters
    ----------
    clips : iterable of Clip
        In order; may be endless. Only as many as fit are taken.
    seconds : float
        Length of the result. Where the clips end sooner, the result ends with them.
    joint : Joint
    even_levels : bool
        Bring every clip to the same root-mean-square level first.

    Returns
    -------
    Timeline

    Raises
    ------
    DatasetError
        There is no clip, or the duration is out of bounds.
    """
    line = Timeline(seconds)
    whole_s = len(line.samples) / SAMPLE_RATE
    end = 0.0
    for clip in _long_enough(clips):
        onset = end
        if line.pieces:
            # A clip that is all fades would move the end backwards.
            fade_s = min(joint.crossfade_s, clip.duration_s / 2, line.pieces[-1].duration_s / 2)
            onset = end + joint.gap_s - fade_s
        if joint.gap_s and whole_s - onset < min(SHORTEST_PIECE_S, clip.duration_s):
            end = whole_s
            break
        part = Clip(_edged(clip.samples, joint, first=not line.pieces), clip.origin, clip.what, clip.start_s)
        end = line.add(part, onset, _gain_db(clip.samples) if even_levels else 0.0)
        # Of what is shorter than its fades nothing would be heard.
        if end >= whole_s - EDGE_S:
            break
    if not line.pieces:
        raise DatasetError("There is nothing to join.")
    return line if end >= whole_s - EDGE_S else _trimmed(line, end)


def _long_enough(clips: Iterable[Clip]) -> Iterator[Clip]:
    # An endless stream of empty clips would never fill anything.
    empty = 0
    for clip in clips:
        if len(clip.samples):
            empty = 0
            yield clip
            continue
        empty += 1
        if empty > 1000:
            raise DatasetError("There is nothing to join: a thousand clips in a row are empty.")


def _trimmed(line: Timeline, end_s: float) -> Timeline:
    shorter = Timeline(max(end_s, SHORTEST_S))
    length = min(len(shorter.samples), len(line.samples))
    shorter.samples[:length] = line.samples[:length]
    shorter.pieces = line.pieces
    return shorter


def _edged(samples: Samples, joint: Joint, first: bool) -> Samples:
    edge = joint.crossfade_s or EDGE_S
    return faded(samples, 0.0 if first else edge, edge)


def faded(samples: Samples, in_s: float, out_s: float) -> Samples:
    """Fade in and out with equal power; fades longer than half the samples are shortened to it."""
    result = samples.copy()
    for seconds, part in ((in_s, slice(None)), (out_s, slice(None, None, -1))):
        length = min(round(seconds * SAMPLE_RATE), len(result) // 2)
        if length:
            ramp = np.sin(np.linspace(0, np.pi / 2, length, endpoint=False, dtype=np.float32))
            result[part][:length] *= ramp
    return result


def rms(samples: Samples) -> float:
    """Root mean square; 0 for nothing."""
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0


def _gain_db(samples: Samples) -> float:
    level = rms(samples)
    return LEVEL_DBFS - 20 * float(np.log10(level)) if level > 0 else 0.0


def levelled(samples: Samples, dbfs: float = LEVEL_DBFS) -> Samples:
    """Scale to one root-mean-square level; the few peaks that would clip are bent, not the level.

    Parameters
    ----------
    samples : ndarray of float32
    dbfs : float

    Returns
    -------
    ndarray of float32
        Silence stays silence.
    """
    wanted, gain = 10 ** (dbfs / 20), 1.0
    level = rms(samples)
    if level == 0:
        return samples
    result = samples
    for _ in range(_MOST_ROUNDS):
        gain *= wanted / level
        result = _bent(samples * np.float32(gain))
        level = rms(result)
        if abs(level / wanted - 1) < _LEVEL_TOLERANCE:
            break
    return result


def _bent(samples: Samples) -> Samples:
    """Keep every sample under the highest peak; what lies under 70% of it stays as it is."""
    top = np.float32(10 ** (HIGHEST_PEAK_DBFS / 20))
    knee = top * np.float32(0.7)
    over = np.abs(samples) > knee
    if over.any():
        room = top - knee
        samples[over] = np.sign(samples[over]) * (
            knee + room * np.tanh((np.abs(samples[over]) - knee) / room)
        )
    return samples
