"""Streams of frames from end to end: where they begin, change and break off."""

from amarathon.audio.containers import AAC, AC3, MP3, Container
from amarathon.audio.frames import READERS, Frame, Reader, is_chain
from amarathon.audio.identify import id3_size
from amarathon.audio.parts import CUT, Bytes, Found, Part

# Bytes in which frames have to follow each other.
_WINDOW = 1 << 14
_MOST_SEEN = 1 << 16
# Fewer frames than this behind a break are an accident, and no decoder opens them.
_FEWEST_FRAMES = 4
_TAGS = (b"TAG", b"APETAGEX", b"LYRICSBEGIN", b"ID3")
# 3GPP TS 26.101, table 1a and TS 26.201, table 1a: bytes of a frame by its type, header included.
_AMR_SIZES = (13, 14, 16, 18, 20, 21, 27, 32, 6, 6, 6, 6, 1, 1, 1, 1)
_AMR_WB_SIZES = (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 1, 1, 1, 1, 1, 1)
_AMR_FRAME_S = 0.02
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


def _find(content: Bytes, start: int, container: Container) -> Found:
    """Follow frames; a run ends where the rate or the channels change or something else stands.

    Where two recordings were strung together, each run has a decoder of its own: one decoder for
    both would keep the rate of the first.
    """
    reader, sync = READERS[container]
    seen: dict[bytes, Frame | None] = {}
    end = len(content)
    spans: list[tuple[int, int, float]] = []
    kind: tuple[int, ...] | None = None
    junk, cut, at, begin, frames, seconds = 0, False, start, start, 0, 0.0
    while at < end:
        header = bytes(content[at : at + 8])
        key = header[:4] if container is MP3 else header
        if key not in seen:
            seen = {} if len(seen) > _MOST_SEEN else seen
            seen[key] = reader(header)
        frame = seen[key]
        if frame is not None and frame.kind == kind:
            if at + frame.size > end:
                cut = True
                break
            at, frames, seconds = at + frame.size, frames + 1, seconds + frame.samples / frame.rate
            continue
        if kind is not None:
            junk += _end_run(spans, (begin, at, seconds), frames)
            kind = None
        if frame is not None and (not spans or is_chain(content[at : at + _WINDOW], 0, reader, 2)):
            kind, begin, frames, seconds = frame.kind, at, 0, 0.0
            continue
        skipped, is_tag = _next(content, at, reader, sync)
        junk += 0 if is_tag else skipped - at
        at = begin = skipped
    if kind is not None:
        # Behind the last whole frame there is at most a part of one, which no decoder is shown.
        junk += _end_run(spans, (begin, min(at, end), seconds), frames)
    remarks = []
    if junk:
        remarks.append(f"holds {junk:,} bytes beside its frames that are no audio, which are left out")
    if cut:
        remarks.append(CUT)
    whole = len(spans) == 1
    parts = [Part(((first, last),), believed=whole, seconds=length) for first, last, length in spans]
    return Found(tuple(parts), tuple(remarks))


def _end_run(spans: list[tuple[int, int, float]], run: tuple[int, int, float], frames: int) -> int:
    """Add a run to the others, unless it is too short to be one; its bytes are then junk."""
    if spans and frames < _FEWEST_FRAMES:
        return run[1] - run[0]
    spans.append(run)
    return 0


def _next(content: Bytes, at: int, reader: Reader, sync: bytes) -> tuple[int, bool]:
    """Where the next run begins, and whether what stands between is a tag."""
    size = id3_size(bytes(content[at : at + 10]))
    if size:
        return min(at + size, len(content)), True
    is_tag = content[at : at + 11].startswith(_TAGS) or not content[at : at + 128].strip(b"\0")
    following = content.find(b"ID3", at + 1)
    end = len(content) if following < 0 else following
    offset = content.find(sync, at + 1, end)
    while offset >= 0:
        if is_chain(content[offset : offset + _WINDOW], 0, reader, 3):
            return offset, is_tag
        offset = content.find(sync, offset + 1, end)
    return end, is_tag


def amr(content: Bytes, start: int) -> Found:
    """Find the recordings in an AMR file; messengers string them together (RFC 4867, section 5)."""
    parts: list[Part] = []
    at, end, cut = start, len(content), False
    while at < end:
        header = bytes(content[at : at + 9])
        known = next((amr_header for amr_header in _AMR_HEADERS if header.startswith(amr_header[0])), None)
        if known is None:
            break
        magic, sizes = known
        begin, frames = at, 0
        at += len(magic)
        while at < end and not content[at : at + 9].startswith((b"#!AMR\n", b"#!AMR-WB\n")):
            size = sizes[content[at] >> 3 & 15]
            if at + size > end:
                cut = True
                break
            at += size
            frames += 1
        parts.append(Part(((begin, at),), seconds=frames * _AMR_FRAME_S))
        if cut:
            break
    return Found(tuple(parts), (CUT,) if cut else ())
