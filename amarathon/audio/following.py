"""How much of a file has been read, told while it is decoded."""

import io
from collections.abc import Callable
from io import BufferedReader


class _Followed(io.RawIOBase):
    """A file that counts what is read of it.

    Parameters
    ----------
    file : BufferedReader
    size : int
        Its bytes.
    tell_share : callable
        Is told the share that was read, in hundredths; of a file that is read twice it stays at 1.
    """

    def __init__(self, file: BufferedReader, size: int, tell_share: Callable[[float], None]):
        self._file, self._size, self._tell = file, max(size, 1), tell_share
        self._read = self._told = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move, as in the file itself."""
        return self._file.seek(offset, whence)

    def fileno(self) -> int:
        """The file's own."""
        return self._file.fileno()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read, and tell."""
        count = self._file.readinto(buffer)
        self._read += count
        hundredths = min(100 * self._read // self._size, 100)
        if hundredths > self._told:
            self._told = hundredths
            self._tell(hundredths / 100)
        return count


def followed(file: BufferedReader, size: int, tell_share: Callable[[float], None]) -> BufferedReader:
    """The same file, of which `tell_share` learns how much has been read."""
    return BufferedReader(_Followed(file, size, tell_share))
