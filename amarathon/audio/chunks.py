"""Audio in chunks (WAV, RF64, BW64, W64, AIFF, AU, CAF): how much of it there is, whatever is stated.

A recorder writes the sizes when it stops. Where it crashed, or wrote to a pipe, they are zero, or
the largest number there is, or those of some moment before; libsndfile believes all of these
without a word. Here the sizes are compared with what follows, and put right.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass

from amarathon.audio.identify import id3_size
from amarathon.audio.parts import Bytes, Found, Part
from amarathon.audio.splice import patched

# Recorders that write to a pipe put the largest size they can think of: 0xFFFFFFFF, 0x80000000,
# 0x7FFFF000 and the like. Such a size is no promise.
_STREAMED_SIZE = 0x7FFF_0000
_OPEN = 0xFFFF_FFFF
_W64_DATA = bytes.fromhex("64617461f3acd3118cd100c04f8edb8a")
_W64_FORMAT = bytes.fromhex("666d7420f3acd3118cd100c04f8edb8a")
# What stands behind the audio in WAV and AIFF, also where the file was cut off inside of it.
_BEHIND = (b"LIST", b"id3 ", b"ID3 ", b"bext", b"iXML", b"cue ", b"smpl", b"JUNK", b"PAD ", b"FLLR", b"ANNO")
# AIFF's codings with as many bytes for a sample as its bits say.
_AIFF_PLAIN = (b"NONE", b"sowt", b"twos", b"fl32", b"FL32", b"fl64", b"FL64", b"in24", b"in32", b"raw ")


_MOST_PADDING = 1 << 20


@dataclass(frozen=True)
class _Data:
    """The audio's own bytes.

    Attributes
    ----------
    start : int
    stated : int or None
        Bytes that the header states; None where it leaves them open.
    there : int
        Bytes that are there.
    following : int or None
        Where another file begins behind it.
    """

    start: int
    stated: int | None
    there: int
    following: int | None = None

    @property
    def share(self) -> float:
        """How many times what is there was promised."""
        return 1.0 if self.stated is None else max(1.0, self.stated / max(1, self.there))

    def remarks(self, bytes_per_second: int) -> tuple[str, ...]:
        """What to say where more is there than was stated."""
        if not self.stated or self.there <= self.stated or not bytes_per_second:
            return ()
        stated, there = (f"{count / bytes_per_second:.2f} s" for count in (self.stated, self.there))
        return (f"states {stated} in its header and holds {there}: all of it is read",)


def riff(content: Bytes, start: int) -> Found:
    """Find the audio of WAV, big-endian WAV, RF64 and BW64; more than one where files were joined."""
    parts: list[Part] = []
    remarks: list[str] = []
    at: int | None = start
    while at is not None:
        found = _riff_file(content, at)
        if found is None:
            break
        part, remark, at = found
        parts.append(part)
        remarks += remark
    return Found(tuple(parts), tuple(remarks))


def _riff_file(content: Bytes, start: int) -> tuple[Part, tuple[str, ...], int | None] | None:
    order = ">" if content[start : start + 4] == b"RIFX" else "<"
    at, long_size, rate = start + 12, None, 0
    while at + 8 <= len(content):
        name, stated = struct.unpack(f"{order}4sI", content[at : at + 8])
        body = at + 8
        if name == b"ds64" and stated >= 16 and body + 16 <= len(content):
            long_size = struct.unpack("<8xQ", content[body : body + 16])[0]
        if name == b"fmt " and body + 12 <= len(content):
            rate = struct.unpack(f"{order}8xI", content[body : body + 12])[0]
        if name == b"data":
            if stated == _OPEN and long_size:
                size: int | None = long_size
            else:
                size = None if stated >= _STREAMED_SIZE and body + stated > len(content) else stated
            data = _measure(content, body, size, lambda offset: _riff_chunk(content, offset, order))
            end = body + data.there + data.there % 2 if data.following is None else data.following
            part = _riff_part(content, start, at, min(end, len(content)), data, order)
            return part, data.remarks(rate), data.following
        at = body + stated + stated % 2
    return None


def _riff_part(content: Bytes, start: int, chunk: int, end: int, data: _Data, order: str) -> Part:
    patches = {}
    if content[start : start + 4] in (b"RF64", b"BW64") and data.there < _OPEN:
        # libsndfile knows no BW64; below 4 GB both say nothing that RIFF does not.
        patches[start] = b"RIFF"
    if patches or data.stated != data.there:
        patches[start + 4] = struct.pack(f"{order}I", min(data.start + data.there - start - 8, _OPEN - 1))
        patches[chunk + 4] = struct.pack(f"{order}I", min(data.there, _OPEN))
    last = data.start + data.there if data.following is not None or data.stated is None else len(content)
    return Part(patched(start, max(last, end), patches), data.share)


def _riff_chunk(content: Bytes, at: int, order: str) -> int | None:
    """Where the chunk after this one begins; None where no chunk begins here."""
    name, size = struct.unpack(f"{order}4sI", content[at : at + 8])
    return at + 8 + size + size % 2 if _is_name(name) else None


def wave64(content: Bytes, start: int) -> Found:
    """Find the audio of Sony's W64, whose chunks have long names and long sizes."""
    at, rate = start + 40, 0
    while at + 24 <= len(content):
        name, stated = struct.unpack("<16sQ", content[at : at + 24])
        if name == _W64_FORMAT:
            rate = struct.unpack("<8xI", content[at + 24 : at + 36])[0]
        if name == _W64_DATA:
            size = None if stated <= 24 or stated >= 1 << 62 else stated - 24
            data = _measure(content, at + 24, size, lambda offset: _wave64_chunk(content, offset))
            patches = {}
            if data.stated != data.there:
                patches[start + 16] = struct.pack("<Q", data.start + data.there - start)
                patches[at + 16] = struct.pack("<Q", data.there + 24)
            part = Part(patched(start, len(content), patches), data.share)
            return Found((part,), data.remarks(rate))
        if stated < 24:
            break
        at += stated + -stated % 8
    return Found(())


def _wave64_chunk(content: Bytes, at: int) -> int | None:
    if at + 24 > len(content):
        return None
    name, size = struct.unpack("<16sQ", content[at : at + 24])
    return at + size + -size % 8 if _is_name(name[:4]) and size >= 24 else None


def aiff(content: Bytes, start: int) -> Found:
    """Find the audio of AIFF and AIFF-C, whose length is stated twice."""
    at, common, form_end = start + 12, 0, len(content)
    while at + 8 <= form_end:
        name, stated = struct.unpack(">4sI", content[at : at + 8])
        if name == b"COMM":
            common = at + 8
        if name == b"SSND" and common and common + 18 <= len(content):
            is_open = stated <= 8 or (stated >= _STREAMED_SIZE and at + 8 + stated > form_end)
            size = None if is_open else stated - 8
            data = _measure(content, at + 16, size, lambda offset: _iff_chunk(content, offset))
            return _aiff_part(content, start, common, at, data)
        at += 8 + stated + stated % 2
    return Found(())


def _aiff_part(content: Bytes, start: int, common: int, chunk: int, data: _Data) -> Found:
    channels, frames, bits = struct.unpack(">hIh", content[common : common + 8])
    coding = content[common + 18 : common + 22] if content[start + 8 : start + 12] == b"AIFC" else b"NONE"
    frame = channels * ((bits + 7) // 8)
    if coding in (b"ulaw", b"alaw", b"ULAW", b"ALAW"):
        frame = channels
    elif coding == b"ima4":
        frame = 34 * channels
    elif coding not in _AIFF_PLAIN:
        frame = 0
    patches: dict[int, bytes] = {}
    remarks: tuple[str, ...] = ()
    if frame > 0 and (data.stated != data.there or frames * frame < data.there - frame):
        patches[start + 4] = struct.pack(">I", min(data.start + data.there - start - 8, _OPEN))
        patches[common + 2] = struct.pack(">I", data.there // frame)
        patches[chunk + 4] = struct.pack(">I", data.there + 8)
        rate = _extended(content[common + 8 : common + 18]) / (64 if coding == b"ima4" else 1)
        known = None if data.stated is None or not frames else min(data.stated, frames * frame)
        remarks = _Data(data.start, known, data.there).remarks(round(rate * frame))
    return Found((Part(patched(start, len(content), patches), data.share),), remarks)


def _extended(field: bytes) -> float:
    """An 80-bit floating-point number, as AIFF writes its rate."""
    exponent, mantissa = struct.unpack(">HQ", field)
    return float(mantissa * 2.0 ** ((exponent & 0x7FFF) - 16446)) if exponent else 0.0


def _iff_chunk(content: Bytes, at: int) -> int | None:
    name, size = struct.unpack(">4sI", content[at : at + 8])
    return at + 8 + size + size % 2 if _is_name(name) else None


def au(content: Bytes, start: int) -> Found:
    """Find the audio of AU, which goes on to the end of the file."""
    order = "<" if content[start : start + 4] == b"dns." else ">"
    if start + 24 > len(content):
        return Found(())
    offset, stated, coding, rate, channels = struct.unpack(f"{order}5I", content[start + 4 : start + 24])
    data = _measure(content, start + offset, None if stated in (0, _OPEN) else stated, lambda _: None)
    patches = {}
    if data.stated != data.there:
        patches[start + 8] = struct.pack(f"{order}I", min(data.there, _OPEN))
    width = {1: 1, 2: 1, 3: 2, 4: 3, 5: 4, 6: 4, 7: 8, 27: 1}.get(coding, 0)
    part = Part(patched(start, len(content), patches), data.share)
    return Found((part,), data.remarks(rate * channels * width))


def caf(content: Bytes, start: int) -> Found:
    """Find the audio of Apple's CAF, whose last chunk may leave its size open (-1)."""
    at, second = start + 8, 0
    while at + 12 <= len(content):
        name, stated = struct.unpack(">4sq", content[at : at + 12])
        if name == b"desc" and at + 44 <= len(content):
            rate, packet, frames = struct.unpack(">d8xII", content[at + 12 : at + 36])
            second = round(rate * packet / frames) if frames and 0 < rate < 1e7 else 0
        if name == b"data":
            size = None if stated <= 4 else stated - 4
            data = _measure(content, at + 16, size, lambda offset: _caf_chunk(content, offset))
            patches = {}
            if data.stated != data.there:
                patches[at + 4] = struct.pack(">q", data.there + 4)
            part = Part(patched(start, len(content), patches), data.share)
            return Found((part,), data.remarks(second))
        if stated < 0:
            break
        at += 12 + stated
    return Found(())


def _caf_chunk(content: Bytes, at: int) -> int | None:
    if at + 12 > len(content):
        return None
    name, size = struct.unpack(">4sq", content[at : at + 12])
    return at + 12 + size if _is_name(name) and size >= 0 else None


def _measure(content: Bytes, start: int, stated: int | None, chunk: Callable[[int], int | None]) -> _Data:
    """Compare the size that is stated with what follows.

    What stands behind the stated end is believed to be something else where it is chunks up to
    the end of the file, a tag or zeros; otherwise it is audio that the header does not know of.
    """
    there = max(0, len(content) - start)
    if stated is None:
        return _Data(start, None, there)
    end = start + stated
    if end >= len(content):
        return _Data(start, stated, there)
    for at in (end + stated % 2, end):
        if (following := _next_file(content, at)) is not None or _is_tail(content, at, chunk):
            size = stated if following is None else following - start
            return _Data(start, stated, min(stated, size), following)
    return _Data(start, stated or None, there)


def _next_file(content: Bytes, at: int) -> int | None:
    head = content[at : at + 12]
    return at if head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE" else None


def _is_tail(content: Bytes, at: int, chunk: Callable[[int], int | None]) -> bool:
    end = len(content)
    while at + 8 <= end:
        head = bytes(content[at : at + 10])
        following = at + id3_size(head) if id3_size(head) else chunk(at)
        if following is None:
            padded = end - at <= _MOST_PADDING and not content[at:end].strip(b"\0")
            return padded or (head.startswith(b"TAG") and end - at == 128)
        if following > end + 1:
            return head.startswith(_BEHIND)
        at = following
    return True


def _is_name(name: bytes) -> bool:
    """Whether four bytes are a chunk's name: printable, and not all alike."""
    return all(0x20 <= byte < 0x7F for byte in name) and len(set(name)) > 1
