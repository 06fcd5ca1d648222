"""The zip file of a submission: the one place where something that strangers packed is unpacked.

Nothing is written to the disk under a name from inside, nothing is unpacked as a whole: the header is a few
kilobytes, the records come line by line, and both end where their limits are passed.
"""

import lzma
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from amarathon.runs.reading import (
    HEADER_FILE,
    LONGEST_LINE,
    PACKED_FILE,
    PACKED_SUMMARY_FILE,
    PREDICTIONS_FILE,
    SUMMARY_FILE,
)
from leaderboard.submissions.errors import SubmissionError, TooLargeError
from leaderboard.submissions.limits import (
    LARGEST_DIRECTORY,
    LARGEST_HEADER,
    LARGEST_RATIO,
    LARGEST_RECORDS,
    MOST_ENTRIES,
    UNPACKING_MEMORY,
)

# Summaries are taken, because `amarathon pack` makes them, and never looked at.
NAMES = {HEADER_FILE, PREDICTIONS_FILE, PACKED_FILE, SUMMARY_FILE, PACKED_SUMMARY_FILE}
FOLDER = re.compile(r"(?!\.)[A-Za-z0-9._-]{1,100}/")
CHUNK = 1 << 16
# The end of a zip file that has no comment: its signature, and where in it the directory is described.
END, END_SIGNATURE = 22, b"PK\x05\x06"
HELP = "`amarathon submit RUN` makes the file"


class Archive:
    """An open zip file, whose names are those of a packed run."""

    def __init__(self, archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], size: int):
        self._archive, self._entries, self._size = archive, entries, size

    def header(self) -> bytes:
        """``run.json``."""
        with self._archive.open(self._entries[HEADER_FILE]) as file:
            content = file.read(LARGEST_HEADER + 1)
        if len(content) > LARGEST_HEADER:
            raise TooLargeError(f"{HEADER_FILE} is too large: {LARGEST_HEADER >> 20} MiB is the limit.")
        return content

    def lines(self) -> Iterator[bytes]:
        """The lines of ``predictions.jsonl``, each with its end.

        Raises
        ------
        SubmissionError
            Where one is too long, or all together.
        """
        rest = b""
        for chunk in self._limited():
            *whole, rest = (rest + chunk).split(b"\n")
            yield from (line + b"\n" for line in whole)
            if len(rest) > LONGEST_LINE:
                raise TooLargeError(f"A line of {PREDICTIONS_FILE} is longer than {LONGEST_LINE >> 20} MiB.")
        if rest:
            raise SubmissionError(f"{PREDICTIONS_FILE} ends in the middle of a line: pack the run again.")

    def _limited(self) -> Iterator[bytes]:
        most, taken = min(LARGEST_RECORDS, max(self._size, CHUNK) * LARGEST_RATIO), 0
        packed = PACKED_FILE in self._entries
        with self._archive.open(self._entries[PACKED_FILE if packed else PREDICTIONS_FILE]) as file:
            for chunk in _unpacked(file) if packed else iter(lambda: file.read(CHUNK), b""):
                taken += len(chunk)
                if taken > most:
                    raise TooLargeError(f"{PREDICTIONS_FILE} unpacks to more than a run can hold.")
                yield chunk


def _unpacked(file: IO[bytes]) -> Iterator[bytes]:
    decoder = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=UNPACKING_MEMORY)
    while not decoder.eof:
        content = file.read(CHUNK) if decoder.needs_input else b""
        if decoder.needs_input and not content:
            raise EOFError
        yield decoder.decompress(content, CHUNK)
    if decoder.unused_data or file.read(1):
        raise SubmissionError(f"{PACKED_FILE} holds something behind its end.")


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Open a submission's zip file; what is wrong with it is one sentence, also while it is read.

    Raises
    ------
    SubmissionError
    """
    _check_end(path)
    try:
        with zipfile.ZipFile(path) as archive:
            yield Archive(archive, _entries(archive), path.stat().st_size)
    except (zipfile.BadZipFile, UnicodeDecodeError):
        raise SubmissionError(f"The file is damaged, or no zip file; {HELP}.") from None
    # zipfile's own words for what it does not unpack are a NotImplementedError.
    except (lzma.LZMAError, zlib.error, EOFError, NotImplementedError):
        raise SubmissionError("A file in the zip file is damaged and cannot be unpacked.") from None


def _check_end(path: Path) -> None:
    """Refuse a directory that is too large before all of it is read into memory."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - END))
        end = file.read(END)
    if len(end) < END or not end.startswith(END_SIGNATURE) or end[20:] != b"\0\0":
        raise SubmissionError(f"The file is no zip file, or has something behind its end; {HELP}.")
    entries, directory = int.from_bytes(end[10:12], "little"), int.from_bytes(end[12:16], "little")
    if entries > MOST_ENTRIES or directory > LARGEST_DIRECTORY:
        raise SubmissionError(f"The zip file holds more than a packed run; {HELP}.")


def _entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files by their names; every one is a packed run's, once, in no folder or in one."""
    found: dict[str, zipfile.ZipInfo] = {}
    folders = set()
    for entry in archive.infolist():
        # As it is written: zipfile cuts a name at a zero, and turns the other slashes round.
        name = entry.orig_filename
        folder = FOLDER.match(name)
        folders.add(folder[0] if folder else "")
        inner = name[folder.end() :] if folder else name
        if folder and not inner:
            continue
        if entry.header_offset < 0:
            raise SubmissionError(f"The zip file lacks its beginning; {HELP}.")
        if inner not in NAMES or inner in found:
            shown = name[:80].encode("unicode_escape").decode()
            raise SubmissionError(f"The zip file holds '{shown}', which is no file of a packed run; {HELP}.")
        if stat.S_IFMT(entry.external_attr >> 16) not in {0, stat.S_IFREG}:
            raise SubmissionError(f"{inner} in the zip file is a link or a device, no file.")
        if entry.flag_bits & 1:
            raise SubmissionError(f"{inner} in the zip file is encrypted.")
        if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise SubmissionError(f"{inner} in the zip file is packed in a way that is not read.")
        found[inner] = entry
    if len(folders) > 1:
        raise SubmissionError(f"The files in the zip file lie in different folders; {HELP}.")
    if HEADER_FILE not in found or len({PREDICTIONS_FILE, PACKED_FILE} & set(found)) != 1:
        raise SubmissionError(f"The zip file needs {HEADER_FILE} and {PACKED_FILE}; {HELP}.")
    return found
