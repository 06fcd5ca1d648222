"""What a file is and where it begins, identified by its content and never by its name."""

from io import BufferedReader
from pathlib import Path

import filetype

from amarathon.audio.containers import HEAD_BYTES, MPEG_TS, READABLE, Container, find_magic, from_magic
from amarathon.audio.frames import TS_LONGEST_PACKET, find_frames, first_frame
from amarathon.audio.limits import refusal

# How much junk before the first frame is stepped over: a second of a fast MP3 is 40 kB.
SEARCH_BYTES = 1 << 18
_MOST_TAGS = 16


def identify(file: BufferedReader, path: Path) -> tuple[Container, int, int]:
    """Tell the container of an open file.

    Parameters
    ----------
    file : binary file
    path : Path
        For the error's wording.

    Returns
    -------
    container : Container
    start : int
        Its first byte: behind tags that players put before any format, and behind junk.
    junk : int
        Bytes before it that are no tag.

    Raises
    ------
    AudioError
        The content is no audio that we read; the sentence names what it is instead.
    """
    start = tags_end(file, 0)
    file.seek(start)
    content = file.read(SEARCH_BYTES)
    container = from_magic(content)
    if container is not None:
        return container, start, 0
    head = content[:HEAD_BYTES]
    if first_frame(head) is None and start == 0 and _is_something_else(head):
        raise refusal(path, _describe(head))
    found = [match for match in (find_magic(content), find_frames(content)) if match is not None]
    if found:
        at, container = min(found, key=lambda match: match[0])
        # A transport stream's packets may have times before them, or begin before the capture does.
        junk = 0 if container is MPEG_TS and at < TS_LONGEST_PACKET else at
        return container, start + at, junk
    container = first_frame(head)
    if container is None:
        if b"OggS\0" in content:
            raise refusal(
                path, "is Ogg without its beginning: the headers that say how to decode it are missing"
            )
        raise refusal(path, _describe(head) if content else "holds nothing but a tag")
    return container, start, 0


def tags_end(file: BufferedReader, start: int) -> int:
    """The first byte behind any ID3v2 tags and a byte order mark."""
    for _ in range(_MOST_TAGS):
        file.seek(start)
        head = file.read(10)
        if head.startswith(b"\xef\xbb\xbf"):
            start += 3
            continue
        size = id3_size(head)
        if not size:
            break
        start += size
    return start


def id3_size(head: bytes) -> int:
    """Bytes of a leading ID3v2 tag, 0 where there is none (id3.org, ID3v2.4.0, section 3.1)."""
    if len(head) < 10 or not head.startswith(b"ID3") or head[3] == 0xFF or max(head[6:10]) > 0x7F:
        return 0
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte
    footer = 10 if head[5] & 0x10 else 0
    return 10 + size + footer


def _is_something_else(head: bytes) -> bool:
    """Whether content says of itself that it is not audio, so that none is looked for inside it."""
    known = filetype.guess(head)
    if known is not None and known.mime.partition("/")[0] not in ("audio", "video"):
        return True
    return _is_text(head)


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
