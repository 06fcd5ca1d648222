"""FLAC files that hold more or less than their header states, and files strung together (RFC 9639)."""

from amarathon.audio.parts import Bytes, Found, Part

_STREAMINFO = b"fLaC\0\0\0\x22"
# The largest frame of 16-bit stereo is about 64 kB of 16,384 samples.
_TAIL = 1 << 17
# What writers that cannot go back leave for a length, besides 0.
_OPEN = {(1 << 36) - 1, (1 << 32) - 1, (1 << 31) - 1}
_BLOCK_SIZES = {1: 192, **{code: 576 << (code - 2) for code in range(2, 6)}}
_BLOCK_SIZES |= {code: 256 << (code - 8) for code in range(8, 16)}


def find_parts(content: Bytes, start: int) -> Found:
    """Find the files in a file, and say where a header states less than there is."""
    parts: list[Part] = []
    remarks: list[str] = []
    at = start
    while at >= 0:
        following = content.find(_STREAMINFO, at + 4)
        end = following if following >= 0 else len(content)
        stated, rate = _stated(content, at)
        there, whole = _counted(content, at, end)
        less = bool(stated) and there > stated
        if less:
            known, found = f"{stated / rate:.2f} s", f"{there / rate:.2f} s"
            remarks.append(f"states {known} in its header and holds {found}: all of it is read")
        # libsndfile fails at once where a whole file holds less than it states; libav reads what is there.
        more = whole and 0 < there < stated
        pieces = _without_length(content, at, end) if less or not stated else ((at, end),)
        parts.append(Part(pieces, exact=whole and not (less or more)))
        at = following
    return Found(tuple(parts), tuple(remarks))


def _stated(content: Bytes, at: int) -> tuple[int, int]:
    """Samples and rate of STREAMINFO; 0 samples where they are left open (RFC 9639, 8.2)."""
    fields = int.from_bytes(content[at + 18 : at + 26], "big")
    samples = fields & (1 << 36) - 1
    return 0 if samples in _OPEN else samples, max(1, fields >> 44)


def _without_length(content: Bytes, at: int, end: int) -> tuple[bytes | tuple[int, int], ...]:
    """The file with its length left open, so that a decoder goes on to the end."""
    fields = int.from_bytes(content[at + 18 : at + 26], "big") & ~((1 << 36) - 1)
    return (at, at + 18), fields.to_bytes(8, "big"), (at + 26, end)


def _counted(content: Bytes, at: int, end: int) -> tuple[int, bool]:
    """Samples up to the end of the last frame, and whether that is whole; 0 where it is not found.

    A frame counts where the one before it ends at its first sample: a header's checksum is one
    byte, and compressed audio has such bytes by chance.
    """
    first = max(at + 42, end - _TAIL)
    fixed = int.from_bytes(content[at + 10 : at + 12], "big") or 4096
    ends: dict[int, tuple[int, int]] = {}
    offset = content.rfind(b"\xff", first, end)
    while offset >= 0:
        frame = _frame(bytes(content[offset : offset + 17]), fixed)
        if frame is not None:
            number, size = frame
            if number + size in ends:
                last, begin = ends[number + size]
                return last, _crc16(content[begin:end]) == 0
            ends.setdefault(number, (number + size, offset))
        offset = content.rfind(b"\xff", first, offset)
    return 0, len(ends) < 2


def _frame(head: bytes, fixed: int) -> tuple[int, int] | None:
    """A frame's first sample and its length; None where this is no frame header (RFC 9639, 9.1)."""
    if len(head) < 6 or head[1] & 0xFE != 0xF8 or head[2] & 0x0F == 0x0F or head[3] & 1:
        return None
    number, at = _coded_number(head, 4)
    if at == 0:
        return None
    code = head[2] >> 4
    if code == 6:
        size, at = head[at] + 1, at + 1
    elif code == 7:
        size, at = int.from_bytes(head[at : at + 2], "big") + 1, at + 2
    else:
        size = _BLOCK_SIZES.get(code, 0)
    at += {12: 1, 13: 2, 14: 2}.get(head[2] & 0x0F, 0)
    if not size or at >= len(head) or _crc8(head[:at]) != head[at]:
        return None
    return (number if head[1] & 1 else number * fixed), size


def _coded_number(head: bytes, at: int) -> tuple[int, int]:
    """A number in UTF-8's manner, and what follows it; (0, 0) where it is none."""
    lead = head[at]
    if lead < 0x80:
        return lead, at + 1
    extra = 7 - (lead ^ 0xFF).bit_length()
    if not 1 <= extra <= 6 or at + 1 + extra + 3 > len(head):
        return 0, 0
    number = lead & (0x3F >> extra)
    for byte in head[at + 1 : at + 1 + extra]:
        if byte & 0xC0 != 0x80:
            return 0, 0
        number = number << 6 | byte & 0x3F
    return number, at + 1 + extra


def _crc16(data: bytes) -> int:
    """CRC-16 of polynomial 0x8005; 0 over a whole frame, whose last two bytes it is."""
    register = 0
    for byte in data:
        register = (register << 8 & 0xFFFF) ^ _CRC16[register >> 8 ^ byte]
    return register


def _crc16_of(register: int) -> int:
    register <<= 8
    for _ in range(8):
        register = (register << 1) ^ (0x18005 if register & 0x8000 else 0)
    return register


_CRC16 = tuple(map(_crc16_of, range(256)))


def _crc8(data: bytes) -> int:
    """CRC-8 of polynomial 0x07."""
    register = 0
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = (register << 1) ^ (0x107 if register & 0x80 else 0)
    return register
