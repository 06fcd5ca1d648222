"""Files that end before they should, as an interrupted copy leaves them, without decoding them."""

import struct
from pathlib import Path

import soundfile

# The chunk sizes of a WAV file that was streamed, whose length its writer never learned.
_UNKNOWN_SIZES = {0, 0xFFFF_FFFF}
# An Ogg page has at most 65,307 bytes (RFC 3533, section 6).
_PAGE = 65_307
_PAGE_HEAD = 27
_END_OF_STREAM = 0x04


def cut_short(path: Path) -> str | None:
    """Why a file is not whole, in a sentence; `None` where nothing says so.

    WAV states its size, the last frame of a FLAC file has to be where its header says, and the last page of
    an Ogg file is marked. Other forms state nothing that could be checked without decoding.

    Parameters
    ----------
    path : Path

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    size = path.stat().st_size
    if size == 0:
        return "It has 0 bytes."
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] == b"RIFF" and len(head) == 12:
            (stated,) = struct.unpack("<I", head[4:8])
            short = stated not in _UNKNOWN_SIZES and size < stated + 8 - 1  # the last byte may be padding
            return f"It ends after {size} of {stated + 8} bytes." if short else None
        if head[:4] == b"fLaC":
            return None if _has_its_last_frame(path) else "It ends before its last frame."
        if head[:4] == b"OggS":
            file.seek(max(0, size - _PAGE))
            return None if _is_marked_as_last(file.read()) else "It ends before its last page."
    return None


def _has_its_last_frame(path: Path) -> bool:
    try:
        with soundfile.SoundFile(path) as file:
            if file.frames > 0:
                file.seek(file.frames - 1)
                return len(file.read(1)) == 1
    except (soundfile.LibsndfileError, RuntimeError):
        return False
    return True


def _is_marked_as_last(tail: bytes) -> bool:
    page = tail[tail.rfind(b"OggS") :]
    if len(page) < _PAGE_HEAD:
        return False
    segments = page[_PAGE_HEAD : _PAGE_HEAD + page[_PAGE_HEAD - 1]]
    is_complete = len(page) >= _PAGE_HEAD + page[_PAGE_HEAD - 1] + sum(segments)
    return is_complete and bool(page[5] & _END_OF_STREAM)
