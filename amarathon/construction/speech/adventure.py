"""The spoken lines of an adventure game from 1995, with the script that its actors read.

The file format is the one that ScummVM wrote down (``engines/queen``): one archive with a table of
its files; dialogues (``.DOG``) that number what each side may say; and one MP3 file for each span
of a sentence, named after the dialogue, the number, the side and the span.
"""

import re
import struct
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from amarathon.audio import load_audio
from amarathon.errors import AudioWarning, DatasetError

ARCHIVE = "usr/share/scummvm/flight-of-the-amazon-queen/queen.1c"
# "QTBL", a version of six letters, platform, two flags, then how many files there are.
_HEAD, _ENTRY = struct.Struct(">4s6sBBBH"), struct.Struct(">12sBII")
_MP3 = 1
_DIALOGUE_HEAD = 20
_LEVELS, _KEY, _COUNTS, _OTHER = 0, 4, (6, 8), 22
_TREE, _LEVEL_BYTES = 32, 96
# Stage directions within a sentence: a letter code or a number; "XY" goes on with a place to walk to.
_DIRECTION = re.compile(r"\*(?:XY\d\d.{9}|..)")


@dataclass(frozen=True)
class Line:
    """One span of a sentence.

    Attributes
    ----------
    file : str
        Its recording in the archive.
    dialogue : str
        E.g. ``"BOB1"``.
    hero : bool
        Whether the player's character says it, or the other one.
    text : str
        As the script has it.
    """

    file: str
    dialogue: str
    hero: bool
    text: str


class Archive:
    """The game's one file.

    Parameters
    ----------
    path : Path

    Raises
    ------
    DatasetError
        It is not such a file, or its speech is not MP3.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("rb") as file:
            head = file.read(_HEAD.size)
            if len(head) < _HEAD.size or head[:4] != b"QTBL" or head[12] != _MP3:
                raise DatasetError(f"{path.name} is not the archive of the game with MP3 speech.")
            count = _HEAD.unpack(head)[-1]
            entries = _ENTRY.iter_unpack(file.read(_ENTRY.size * count))
        self._files: Mapping[str, tuple[int, int]] = {
            name.split(b"\0")[0].decode("ascii"): (start, size) for name, _, start, size in entries
        }

    def names(self) -> list[str]:
        """The files' names."""
        return sorted(self._files)

    def read(self, name: str) -> bytes:
        """A file's content.

        Raises
        ------
        DatasetError
            There is no such file.
        """
        if name not in self._files:
            raise DatasetError(f"{self._path.name} has no file {name}.")
        start, size = self._files[name]
        with self._path.open("rb") as file:
            file.seek(start)
            return file.read(size)

    def lines(self, dialogue: str) -> list[Line]:
        """What is said in a dialogue and was recorded, in the order of the script."""
        content = self.read(f"{dialogue}.DOG")[_DIALOGUE_HEAD:]
        levels = abs(_word(content, _LEVELS))
        found = []
        for hero, start, count in (
            (True, _TREE + _LEVEL_BYTES * levels, _word(content, _COUNTS[0])),
            (False, _word(content, _OTHER), _word(content, _COUNTS[1])),
        ):
            for number, sentence in _sentences(content, start, count):
                prefix = f"{_word(content, _KEY):2d}{number & 0xFFFF:4x}{'J' if hero else 'P'}"
                for offset, text in enumerate(_DIRECTION.split(sentence), 1):
                    file = f"{prefix}{offset:x}.SB".replace(" ", "0").upper()
                    if text.strip() and file in self._files:
                        found.append(Line(file, dialogue, hero, text.strip()))
        return found

    def sound(self, line: Line) -> NDArray[np.float32]:
        """Decode a line, 16 kHz mono.

        Raises
        ------
        AudioError
            It cannot be decoded.
        """
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"{line.file}.mp3"
            path.write_bytes(self.read(line.file))
            with warnings.catch_warnings():
                # Many go over full scale by a little; the whole recording is levelled later.
                warnings.simplefilter("ignore", AudioWarning)
                return load_audio(path).samples


@cache
def archive(path: Path) -> Archive:
    """The archive, its table read once."""
    return Archive(path)


def _word(content: bytes, offset: int) -> int:
    return int.from_bytes(content[offset : offset + 2], "big", signed=True)


def _sentences(content: bytes, start: int, count: int) -> Iterator[tuple[int, str]]:
    """Numbers and texts; each text has its length before it and ends on a multiple of four."""
    offset = start
    for _ in range(count):
        number, length = _word(content, offset + 2), content[offset + 4]
        offset += 5
        yield number, content[offset : offset + length].decode("latin-1")
        if length:
            offset = (offset + length + 3) // 4 * 4
