"""The outermost boxes of MP4 and QuickTime files (ISO 14496-12, 4.2)."""

from collections.abc import Iterator

from amarathon.audio.parts import Bytes, Found, Part


def find_parts(content: Bytes, start: int) -> Found:
    """Find the films in a file: one, unless several were strung together.

    The length that a fragmented film states is not believed: it is that of the first fragment, or
    none at all. Nor is that of a film that is cut off.
    """
    begins, remarks = [start], []
    seen, fragmented = False, False
    end = len(content)
    for at, name, size in _boxes(content, start):
        if name == b"ftyp" and seen:
            begins.append(at)
            seen = False
        seen |= name in (b"moov", b"mdat")
        fragmented |= name == b"moof"
        if at + size > end and fragmented:
            remarks.append("ends in the middle of a fragment: what comes before is read, the end is missing")
    spans = zip(begins, [*begins[1:], end], strict=True)
    return Found(tuple(Part((span,), believed=not fragmented) for span in spans), tuple(remarks))


def _boxes(content: Bytes, at: int) -> Iterator[tuple[int, bytes, int]]:
    """Place, name and size of each box, the last one's as stated."""
    while at + 8 <= len(content):
        size, header = int.from_bytes(content[at : at + 4], "big"), 8
        if size == 1:
            size, header = int.from_bytes(content[at + 8 : at + 16], "big"), 16
        if size == 0:
            size = len(content) - at
        if size < header:
            return
        yield at, bytes(content[at + 4 : at + 8]), size
        at += size
