"""Ogg pages: streams strung together, ends that are missing, last pages without a time (RFC 3533)."""

import struct
from dataclasses import dataclass, field, replace

from amarathon.audio.parts import Bytes, Found, Part
from amarathon.audio.splice import Piece

_HEADER = struct.Struct("<4sBBqIIIB")
_CONTINUED, _FIRST, _LAST = 1, 2, 4
_NO_TIME = -1
# A page has at most 255 packets, of 20 ms as a rule.
_LONGEST_PAGE_S = 6
# No hole in a recording is longer; a time that is further on was never one.
_LONGEST_HOLE_S = 24 * 3600


@dataclass
class _Link:
    """One of the streams, or groups of streams, that follow each other."""

    start: int
    end: int
    pieces: list[Piece] = field(default_factory=list)
    streams: int = 0
    rate: int = 0
    skipped: int = 0
    first_time: int = 0
    time: int = 0
    ended: bool = False
    cut: bool = False

    @property
    def seconds(self) -> float | None:
        """Its length by its pages' times; None where they are not of one sound from its start on."""
        if self.streams != 1 or not self.rate or self.first_time > _LONGEST_PAGE_S * self.rate:
            return None
        return max(0, self.time - self.skipped) / self.rate


def _clock(packet: bytes) -> tuple[int, int]:
    """Ticks a second of a stream's page times, and how many to skip; 0 where the coding is another."""
    if packet.startswith(b"OpusHead"):
        return 48_000, int.from_bytes(packet[10:12], "little")
    if packet.startswith(b"\1vorbis"):
        return int.from_bytes(packet[12:16], "little"), 0
    return 0, 0


def find_parts(content: Bytes, start: int) -> Found:
    """Find the links of a chain, each with its own headers, rate and channels.

    A page that ends a packet and carries no time (-1), as messengers write their last one, makes
    libav give up: it is passed on with a time, as is one whose time cannot be. Of a page that is cut
    off, the whole packets are.
    """
    links: list[_Link] = []
    at, lost, was_first = start, 0, False
    while (page := content.find(b"OggS\0", at)) >= 0:
        lost += page - at if links else 0
        header = bytes(content[page : page + _HEADER.size])
        if len(header) < _HEADER.size:
            links[-1:] = [replace(link, cut=True) for link in links[-1:]]
            at = len(content)
            break
        _, _, flags, time, *_, count = _HEADER.unpack(header)
        lacing = bytes(content[page + _HEADER.size : page + _HEADER.size + count])
        body = page + _HEADER.size + count
        end = body + sum(lacing)
        is_first = bool(flags & _FIRST)
        if not links or (is_first and not was_first):
            links.append(_Link(page, page))
        was_first = is_first
        link = links[-1]
        if is_first:
            link.streams += 1
            link.rate, link.skipped = _clock(bytes(content[body : body + 19]))
        if len(lacing) < count or end > len(content):
            link.cut = True
            _keep_whole_packets(link, header, lacing, content, body)
            at = len(content)
            break
        if not _is_believed(link, time) and any(length < 255 for length in lacing):
            _add_piece(link, page)
            link.pieces.append(_timed(link, header, lacing, bytes(content[body:end])))
            link.start = end
        elif _is_believed(link, time):
            link.first_time = link.first_time or time
            link.time = time
        link.ended |= bool(flags & _LAST)
        at = link.end = end
    lost += len(content) - at if links and content[at : at + 3] != b"TAG" else 0
    parts = []
    for link in links:
        _add_piece(link, link.end)
        believed = len(links) == 1 and link.ended
        parts.append(Part(tuple(link.pieces), believed=believed, seconds=link.seconds))
    return Found(tuple(parts), tuple(_remarks(links, lost)))


def _is_believed(link: _Link, time: int) -> bool:
    """Whether a page's time may be one: it is there, and the stream's times do not go back or leap."""
    if link.streams != 1 or not link.rate:
        return time != _NO_TIME
    leaps = link.first_time > 0 and time - link.time > _LONGEST_HOLE_S * link.rate
    return time >= link.time and not leaps


def _remarks(links: list[_Link], lost: int) -> list[str]:
    remarks = []
    if lost:
        remarks.append(f"holds {lost:,} bytes between its pages that are no audio, which are left out")
    if links and links[-1].cut:
        remarks.append("ends in the middle of a page: what comes before is read, and the end is missing")
    elif links and not links[-1].ended:
        remarks.append("ends without the mark of an end: all that is there is read, and more may be missing")
    return remarks


def _add_piece(link: _Link, end: int) -> None:
    """Pass on the file's own bytes up to an offset."""
    if end > link.start:
        link.pieces.append((link.start, end))
    link.start = link.end = end


def _keep_whole_packets(link: _Link, header: bytes, lacing: bytes, content: Bytes, body: int) -> None:
    """Shorten a page that is cut off to the packets that are there."""
    end = len(content)
    _add_piece(link, link.end)
    kept, size, position = 0, 0, body
    for index, length in enumerate(lacing):
        position += length
        if position > end:
            break
        if length < 255:
            kept, size = index + 1, position - body
    if kept:
        link.pieces.append(_timed(link, header, lacing[:kept], bytes(content[body : body + size])))
    link.start = link.end = end


def _timed(link: _Link, header: bytes, lacing: bytes, body: bytes) -> bytes:
    """A page that goes on from the one before: with a time, and without the mark of the end.

    The mark makes libav cut the last packet to the time, which is exact for Opus only.
    """
    capture, version, flags, _, *numbers, _, _ = _HEADER.unpack(header)
    link.time += _opus_samples(lacing, body)
    fields = (capture, version, flags & ~_LAST, link.time, *numbers, 0, len(lacing))
    return _checked(_HEADER.pack(*fields) + lacing + body)


def _opus_samples(lacing: bytes, body: bytes) -> int:
    """Samples at 48 kHz of the packets that begin in a page, were it Opus (RFC 6716, 3.1); at least 1."""
    total, at, begins = 0, 0, True
    for length in lacing:
        if begins and length:
            code, config = body[at] & 3, body[at] >> 3
            if config < 12:
                samples = (480, 960, 1920, 2880)[config & 3]
            elif config < 16:
                samples = (480, 960)[config & 1]
            else:
                samples = 120 << (config & 3)
            count = (1, 2, 2, body[at + 1] & 63 if length > 1 else 0)[code]
            total += samples * count
        at += length
        begins = length < 255
    return max(1, total)


def _checked(page: bytes) -> bytes:
    """A page with its checksum: CRC-32 of polynomial 0x04C11DB7, neither reflected nor inverted."""
    register = 0
    for byte in page:
        register ^= byte << 24
        for _ in range(8):
            register = (register << 1) ^ (0x104C11DB7 if register & 0x80000000 else 0)
    return page[:22] + struct.pack("<I", register) + page[26:]
