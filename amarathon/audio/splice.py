"""A file as the decoders should see it: pieces of the real one, with a header's length put right."""

import io
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from typing_extensions import Buffer

# Bytes of our own, or the first byte of the file's and the one behind the last.
Piece = bytes | tuple[int, int]


class SplicedFile(io.RawIOBase):
    """A read-only file made of pieces; the real file is neither copied nor changed.

    Parameters
    ----------
    file : binary file
    pieces : sequence of Piece
        In their order.
    """

    def __init__(self, file: BinaryIO, pieces: Sequence[Piece]):
        self._file, self._at = file, 0
        self._pieces: list[tuple[int, Piece]] = []
        length = 0
        for piece in pieces:
            self._pieces.append((length, piece))
            length += _length(piece)
        self.length = length

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move; never outside the file: decoders follow damaged headers there, and cannot be stopped."""
        origin = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.length}[whence]
        self._at = min(max(0, origin + offset), self.length)
        return self._at

    def readinto(self, buffer: "Buffer") -> int:
        """Fill a buffer as far as the bytes go."""
        view = memoryview(buffer).cast("B")
        done = 0
        for start, piece in self._pieces:
            end = start + _length(piece)
            if done == len(view) or self._at >= end:
                continue
            inside = self._at - start
            wanted = min(len(view) - done, end - self._at)
            if isinstance(piece, bytes):
                got = piece[inside : inside + wanted]
            else:
                self._file.seek(piece[0] + inside)
                got = self._file.read(wanted)
            view[done : done + len(got)] = got
            done += len(got)
            self._at += len(got)
            if len(got) < wanted:
                break
        return done


def patched(start: int, end: int, patches: dict[int, bytes]) -> tuple[Piece, ...]:
    """A stretch of a file with some of its bytes replaced.

    Parameters
    ----------
    start, end : int
        The stretch.
    patches : dict of int to bytes
        What stands at which byte of the file instead.
    """
    pieces: list[Piece] = []
    for at, content in sorted(patches.items()):
        pieces += [(start, at), content]
        start = at + len(content)
    return (*pieces, (start, end))


def _length(piece: Piece) -> int:
    return len(piece) if isinstance(piece, bytes) else piece[1] - piece[0]
