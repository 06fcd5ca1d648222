"""What a file is, told by its content and never by its name."""

import struct
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

import filetype

from amarathon.audio.limits import refusal

HEAD_BYTES = 8192


@dataclass(frozen=True)
class Container:
    """A container we read.

    Attributes
    ----------
    name : str
    demuxer : str
        libav's name of the one demuxer that may open it. It is never left to guess: some of
        its demuxers (playlists, concatenations) open other files and addresses.
    soundfile_first : bool
        Whether soundfile reads it, with libav for the codings soundfile lacks.
    """

    name: str
    demuxer: str
    soundfile_first: bool = False


WAV = Container("WAV", "wav", soundfile_first=True)
AIFF = Container("AIFF", "aiff", soundfile_first=True)
FLAC = Container("FLAC", "flac", soundfile_first=True)
# libsndfile reads these two as well, and silently loses audio: of chained Ogg streams it returns
# the first alone, and of a variable-rate MP3 without a frame count as much as it guessed.
OGG = Container("Ogg", "ogg")
MP3 = Container("MP3", "mp3")
AAC = Container("AAC", "aac")
MP4 = Container("MP4", "mp4")
MATROSKA = Container("Matroska/WebM", "matroska")

READABLE = "WAV, AIFF, FLAC, Ogg, MP3, AAC, M4A, MP4 or WebM"


def identify(file: BufferedReader, path: Path) -> Container:
    """Tell the container of an open file.

    Parameters
    ----------
    file : binary file, at its start
    path : Path
        For the error's wording.

    Raises
    ------
    AudioError
        The content is no audio that we read; the sentence says what it is instead.
    """
    head = file.read(HEAD_BYTES)
    tag_bytes = id3_size(head)
    if tag_bytes:
        file.seek(tag_bytes)
        container = _from_magic(file.read(HEAD_BYTES))
        return container if container in (FLAC, AAC) else MP3
    container = _from_magic(head)
    if container is None:
        raise refusal(path, _describe(head))
    return container


def id3_size(head: bytes) -> int:
    """Bytes of a leading ID3v2 tag, 0 where there is none (id3.org, ID3v2.4.0, section 3.1)."""
    if len(head) < 10 or not head.startswith(b"ID3"):
        return 0
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size


def _from_magic(head: bytes) -> Container | None:
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return WAV
    if head.startswith(b"FORM") and head[8:12] in (b"AIFF", b"AIFC"):
        return AIFF
    if head.startswith(b"fLaC"):
        return FLAC
    if head.startswith(b"OggS"):
        return OGG
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return MATROSKA
    if head[4:8] == b"ftyp":
        return MP4
    return _from_mpeg_sync(head)


def _from_mpeg_sync(head: bytes) -> Container | None:
    """Tell MP3 and ADTS AAC by their first frame header (ISO 11172-3, 2.4.1.3; ISO 13818-7, 6.2)."""
    if len(head) < 4 or struct.unpack(">H", head[:2])[0] >> 5 != 0x7FF:
        return None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    if layer == 0:
        is_adts = version >= 2 and head[2] >> 2 & 0xF < 13
        return AAC if is_adts else None
    # Layer I is left out: nobody uses it, and every UTF-16 text would pass for it.
    is_mp3 = version != 1 and layer != 3 and head[2] >> 4 != 15 and head[2] >> 2 & 3 != 3
    return MP3 if is_mp3 else None


def _describe(head: bytes) -> str:
    """Say what content that we do not read is, as well as its first bytes allow."""
    known = filetype.guess(head)
    if known is not None:
        name, group = known.extension.upper(), known.mime.partition("/")[0]
        if group in ("audio", "video"):
            return f"is {name} {group}, a format that is not read here: use {READABLE}"
        return f"is not audio: its content is {name} ({'image' if group == 'image' else 'file'})"
    if not head.strip(b"\0"):
        return "is not audio: it begins with nothing but zero bytes"
    if head.lstrip()[:9].lower().startswith((b"<!doctype", b"<html")):
        return "is not audio: its content is an HTML page"
    if _is_text(head):
        return "is not audio: its content is text"
    return f"is of no kind that is known here: use {READABLE}"


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    # The head can end inside a character: up to three bytes of it are not held against the text.
    text = head.decode("utf-8", errors="replace").rstrip("\N{REPLACEMENT CHARACTER}")
    printable = sum(character.isprintable() or character in "\t\n\r\f" for character in text)
    return "\N{REPLACEMENT CHARACTER}" not in text and printable >= 0.98 * len(text)
