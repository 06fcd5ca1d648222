"""Audio that is nothing but frames: MPEG layers, ADTS, LATM, AC-3, transport streams.

Such streams have no header and no length; each frame says how long it is. Captures of them begin
anywhere, so a frame counts only where others follow it at the distances that they state.
"""

from collections.abc import Callable
from dataclasses import dataclass

from amarathon.audio.containers import AAC, AC3, EAC3, LATM, MP3, MPEG_PS, MPEG_TS, Container

# ISO 11172-3, 2.4.2.3 and ISO 13818-3, 2.4.2.3: kbit/s by the header's index.
_MPEG1_LAYER2 = (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384)
_MPEG1_LAYER3 = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_MPEG2 = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_MPEG1_RATES = (44_100, 48_000, 32_000)
# ISO 14496-3, table 1.18.
ADTS_RATES = (
    *(96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050),
    *(16_000, 12_000, 11_025, 8_000, 7_350),
)
# ATSC A/52, table 5.18: kbit/s by half the frame size code.
_AC3_KBITS = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640)
_AC3_RATES = (48_000, 44_100, 32_000)
_TS_PACKETS = (188, 192, 204)
TS_LONGEST_PACKET = max(_TS_PACKETS)

# Frames in a row that are no accident.
CHAIN = 4


@dataclass(frozen=True)
class Frame:
    """The facts of a frame's header.

    Attributes
    ----------
    size : int
        Bytes to the next frame.
    samples : int
        For each channel; 0 where the header does not say.
    rate : int
        Hz.
    kind : tuple of int
        What stays the same from frame to frame of one stream.
    """

    size: int
    samples: int
    rate: int
    kind: tuple[int, ...]


# Reads a frame's header; None where there is none.
Reader = Callable[[bytes], Frame | None]


def mpeg_frame(head: bytes) -> Frame | None:
    """Read an MPEG audio header of layer II or III (ISO 11172-3, 2.4.1.3).

    Layer I is left out: nobody uses it, and every UTF-16 text would pass for it. Free bit rates
    are left out too: their frames do not say how long they are.
    """
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, 4 - (head[1] >> 1 & 3)
    bitrate, rate, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version == 1 or layer not in (2, 3) or bitrate in (0, 15) or rate == 3:
        return None
    if version == 3:
        kbits = (_MPEG1_LAYER2 if layer == 2 else _MPEG1_LAYER3)[bitrate - 1]
    else:
        kbits = _MPEG2[bitrate - 1]
    hertz = _MPEG1_RATES[rate] >> {3: 0, 2: 1, 0: 2}[version]
    samples = 576 if layer == 3 and version != 3 else 1152
    channels = 1 if head[3] >> 6 == 3 else 2
    return Frame(samples * kbits * 125 // hertz + padding, samples, hertz, (version, layer, rate, channels))


def adts_frame(head: bytes) -> Frame | None:
    """Read an ADTS header of AAC (ISO 14496-3, 1.A.2.2.1)."""
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
        return None
    rate, channels = head[2] >> 2 & 0xF, (head[2] & 1) << 2 | head[3] >> 6
    size = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    if rate >= len(ADTS_RATES) or size < 7:
        return None
    samples = 1024 * (1 + (head[6] & 3))
    return Frame(size, samples, ADTS_RATES[rate], (head[1] >> 3 & 1, head[2] >> 6, rate, channels))


def latm_frame(head: bytes) -> Frame | None:
    """Read a LOAS header around AAC, as DVB sends it (ISO 14496-3, 1.7.2)."""
    if len(head) < 3 or head[0] != 0x56 or head[1] & 0xE0 != 0xE0:
        return None
    return Frame(3 + ((head[1] & 0x1F) << 8 | head[2]), 0, 0, ())


def ac3_frame(head: bytes) -> Frame | None:
    """Read an AC-3 header (ATSC A/52, 5.3.1)."""
    if len(head) < 6 or head[:2] != b"\x0b\x77" or head[5] >> 3 > 10:
        return None
    rate, code = head[4] >> 6, head[4] & 0x3F
    if rate == 3 or code >= 2 * len(_AC3_KBITS):
        return None
    hertz, kbits = _AC3_RATES[rate], _AC3_KBITS[code // 2]
    words = 96_000 * kbits // hertz if hertz != 44_100 else 96_000 * kbits // hertz + code % 2
    return Frame(2 * words, 1536, hertz, (rate,))


def eac3_frame(head: bytes) -> Frame | None:
    """Read an Enhanced AC-3 header (ATSC A/52, E.2.3.1)."""
    if len(head) < 6 or head[:2] != b"\x0b\x77" or not 10 < head[5] >> 3 <= 16:
        return None
    return Frame(2 * (((head[2] & 7) << 8 | head[3]) + 1), 0, 0, ())


def _ts_packet(size: int) -> Reader:
    def packet(head: bytes) -> Frame | None:
        return Frame(size, 0, 0, ()) if head.startswith(b"\x47") else None

    return packet


def _ps_packet(head: bytes) -> Frame | None:
    """Read the head of a pack or packet of a program stream (ISO 13818-1, 2.5.3.3 and 2.4.3.6)."""
    if len(head) < 6 or not head.startswith(b"\0\0\1") or head[3] < 0xBA:
        return None
    if head[3] == 0xBA:
        # Of MPEG-2, a pack may have stuffing, of which nothing that is in use makes any.
        return Frame(12 if head[4] >> 4 == 2 else 14, 0, 0, ())
    return Frame(6 + int.from_bytes(head[4:6], "big"), 0, 0, ())


_STREAMS: tuple[tuple[Container, Reader, bytes, int], ...] = (
    (MP3, mpeg_frame, b"\xff", CHAIN),
    (AAC, adts_frame, b"\xff", CHAIN),
    (AC3, ac3_frame, b"\x0b\x77", CHAIN),
    (EAC3, eac3_frame, b"\x0b\x77", CHAIN),
    (LATM, latm_frame, b"\x56", 3 * CHAIN),
    (MPEG_PS, _ps_packet, b"\0\0\1\xba", CHAIN),
    *((MPEG_TS, _ts_packet(size), b"\x47", 3 * CHAIN) for size in _TS_PACKETS),
)
READERS = {container: (reader, sync) for container, reader, sync, _ in _STREAMS[:3]}


def first_frame(head: bytes) -> Container | None:
    """The container whose frame content seems to begin with, whatever follows."""
    return next(
        (container for container in (MP3, AAC, AC3, EAC3) if _reader(container)(head) is not None), None
    )


def find_frames(content: bytes) -> tuple[int, Container] | None:
    """Where in content the first stream of frames begins, and of what kind it is."""
    found: tuple[int, Container] | None = None
    for container, reader, sync, chain in _STREAMS:
        end = len(content) if found is None else found[0]
        at = content.find(sync, 0, end)
        while at >= 0:
            if is_chain(content, at, reader, chain):
                found = at, container
                break
            at = content.find(sync, at + 1, end)
    return found


def is_chain(content: bytes, at: int, reader: Reader, chain: int) -> bool:
    """Whether frames of one kind follow one another from an offset on, up to the end of content."""
    first = reader(content[at : at + 8])
    frame = first
    for count in range(1, chain + 1):
        if frame is None or first is None or frame.kind != first.kind:
            return False
        at += frame.size
        if count == chain or at + 8 > len(content):
            # The last one may reach past the end where the content ends, not where it was cut off.
            return count == chain or count >= chain // 2
        frame = reader(content[at : at + 8])
    return False


def _reader(container: Container) -> Reader:
    return next(reader for stream, reader, *_ in _STREAMS if stream is container)
