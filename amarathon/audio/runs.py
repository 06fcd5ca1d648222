"""Streams of frames from end to end: where they begin, change and break off."""

from amarathon.audio.containers import AAC, AC3, MP3
from amarathon.audio.frames import READERS, Frame, is_chain
from amarathon.audio.identify import id3_size
from amarathon.audio.parts import CUT, Bytes, Found, Part

# What is looked at to tell whether frames follow each other.
_WINDOW = 1 << 14
_TAGS = (b"TAG", b"APETAGEX", b"LYRICSBEGIN", b"ID3")
# 3GPP TS 26.101, table 1a and TS 26.201, table 1a: bytes of a frame by its type, header included.
_AMR_SIZES = (13, 14, 16, 18, 20, 21, 27, 32, 6, 6, 6, 6, 1, 1, 1, 1)
_AMR_WB_SIZES = (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 1, 1, 1, 1, 1, 1)
_AMR_HEADERS = ((b"#!AMR-WB\n", _AMR_WB_SIZES), (b"#!AMR\n", _AMR_SIZES))


def mpeg(content: Bytes, start: int) -> Found:
    """Find the runs of MPEG layers."""
    return _find(content, start, MP3)


def adts(content: Bytes, start: int) -> Found:
    """Find the runs of ADTS AAC."""
    return _find(content, start, AAC)


def ac3(content: Bytes, start: int) -> Found:
    """Find the runs of AC-3."""
    return _find(content, start, AC3)


def _find(content: Bytes, start: int, container: object) -> Found:
    """Follow frames; a run ends where the rate or the channels change or something else stands.

    Where two recordings were strung together, each run has a decoder of its own: one decoder for
    both would keep the rate of the first.
    """
    reader = READERS[container]  # type: ignore[index]
    seen: dict[bytes, Frame | None] = {}
    end = len(content)
    spans: list[tuple[int, int]] = []
    kind: tuple[int, ...] | None = None
    junk, cut, at, begin = 0, False, start, start
    while at < end:
        header = bytes(content[at : at + 8])
        key = header[:4] if container is MP3 else header
        if key not in seen:
            seen = {} if len(seen) > 1 << 16 else seen
            seen[key] = reader(header)
        frame = seen[key]
        if frame is not None and frame.kind == kind:
            if at + frame.size > end:
                cut = True
                break
            at += frame.size
            continue
        if kind is not None and at > begin:
            spans.append((begin, at))
        kind = None
        if frame is not None and (not spans or is_chain(content[at : at + _WINDOW], 0, reader, 2)):
            kind, begin = frame.kind, at
            continue
        skipped, is_tag = _next(content, at, reader)
        junk += 0 if is_tag else skipped - at
        at = begin = skipped
    if kind is not None:
        # Behind the last whole frame there is at most a part of one, which no decoder is shown.
        spans.append((begin, min(at, end)))
    remarks = [f"holds {junk:,} bytes between its frames that are no audio, which are left out"] if junk else []
    if cut:
        remarks.append(CUT)
    return Found(tuple(Part(((first, last),), believed=len(spans) == 1) for first, last in spans), tuple(remarks))


def _next(content: Bytes, at: int, reader: object) -> tuple[int, bool]:
    """Where the next run begins, and whether what stands between is a tag."""
    is_tag = content[at : at + 11].startswith(_TAGS) or not content[at : at + 128].strip(b"\0")
    size = id3_size(bytes(content[at : at + 10]))
    if size:
        return min(at + size, len(content)), True
    sync = content.find(b"\xff" if reader is not READERS[AC3] else b"\x0b\x77", at + 1)
    while sync >= 0:
        if is_chain(content[sync : sync + _WINDOW], 0, reader, 3):  # type: ignore[arg-type]
            return sync, is_tag
        if content[sync - 3 : sync] == b"ID3" or content[at : at + 3] == b"ID3":
            break
        sync = content.find(content[sync : sync + 1] if reader is not READERS[AC3] else b"\x0b\x77", sync + 1)
    return len(content), is_tag


def amr(content: Bytes, start: int) -> Found:
    """Find the recordings in an AMR file; messengers string them together (RFC 4867, section 5)."""
    parts: list[Part] = []
    at, end, cut = start, len(content), False
    while at < end:
        header = bytes(content[at : at + 9])
        known = next((each for each in _AMR_HEADERS if header.startswith(each[0])), None)
        if known is None:
            break
        magic, sizes = known
        begin = at
        at += len(magic)
        while at < end and not content[at : at + 9].startswith((b"#!AMR\n", b"#!AMR-WB\n")):
            size = sizes[content[at] >> 3 & 15]
            if at + size > end:
                cut = True
                break
            at += size
        parts.append(Part(((begin, at),)))
        if cut:
            break
    return Found(tuple(parts), (CUT,) if cut else ())
