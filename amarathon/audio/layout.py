"""Where in a file the audio lies: one stretch, or several that were strung together."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BufferedReader
from mmap import ACCESS_READ, mmap
from pathlib import Path

from amarathon.audio import boxes, chunks, flac, ogg, runs
from amarathon.audio.containers import AAC, AC3, AIFF, AMR, AU, CAF, FLAC, MP3, MP4, OGG, W64, WAV, Container
from amarathon.audio.identify import identify
from amarathon.audio.limits import refusal
from amarathon.audio.parts import Bytes, Found, Part

# More joints than a day of radio has mean damage, or a file that is made to cost time.
MOST_PARTS = 100

_FINDERS: dict[Container, Callable[[Bytes, int], Found]] = {
    WAV: chunks.riff,
    W64: chunks.wave64,
    AIFF: chunks.aiff,
    AU: chunks.au,
    CAF: chunks.caf,
    FLAC: flac.find_parts,
    OGG: ogg.find_parts,
    MP3: runs.mpeg,
    AAC: runs.adts,
    AC3: runs.ac3,
    AMR: runs.amr,
    MP4: boxes.find_parts,
}


@dataclass(frozen=True)
class Layout:
    """What a file holds and where.

    Attributes
    ----------
    container : Container
    parts : tuple of Part
        At least one.
    remarks : tuple of str
        What a listener should know, each the predicate of a sentence about the file.
    """

    container: Container
    parts: tuple[Part, ...]
    remarks: tuple[str, ...]

    @property
    def counted_s(self) -> float | None:
        """Seconds by the frames of all parts; None where one has none that could be counted."""
        counted = [part.seconds for part in self.parts if part.seconds is not None]
        return sum(counted) if len(counted) == len(self.parts) else None


def find_layout(file: BufferedReader, path: Path) -> Layout:
    """Find what an open file holds.

    Raises
    ------
    AudioError
        It is no audio that we read, or is in too many pieces.
    """
    container, start, junk = identify(file, path)
    remarks = [f"begins with {junk:,} bytes that are no audio, which are left out"] if junk else []
    finder = _FINDERS.get(container)
    if finder is None:
        file.seek(0, 2)
        return Layout(container, (Part(((start, file.tell()),)),), tuple(remarks))
    with mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        found = finder(content, start)
    if not found.parts:
        raise refusal(path, f"begins as {container.name} but cannot be decoded: it is cut off or damaged")
    if len(found.parts) > MOST_PARTS:
        raise refusal(path, f"is damaged: it breaks off and begins again {len(found.parts):,} times")
    return Layout(container, found.parts, (*remarks, *found.remarks))
