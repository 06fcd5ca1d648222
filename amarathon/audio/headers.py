"""The few header fields that the libraries do not pass on: how much audio a file was meant to hold."""

import struct
from io import BufferedReader

# Recorders that write to a pipe put the largest size they can think of: 0xFFFFFFFF, 0x80000000,
# 0x7FFFF000 and the like. Such a size is no promise.
STREAMED_SIZE = 0x7FFF_0000


def stated_share(file: BufferedReader, size: int) -> float:
    """How many times the audio that is there was promised, in WAV and AIFF.

    libsndfile takes a data chunk that runs past the end of its file as shorter than stated,
    without a word.

    Parameters
    ----------
    file : binary file
    size : int
        Its bytes.

    Returns
    -------
    float
        1.0 for a whole file, one of another container, or one whose size was left open.
    """
    file.seek(0)
    form = file.read(12)
    if form[:4] not in (b"RIFF", b"RF64", b"FORM"):
        return 1.0
    layout = ">4sI" if form.startswith(b"FORM") else "<4sI"
    long_size: int | None = None
    name: bytes
    stated: int
    position = 12
    while len(header := file.read(8)) == 8:
        name, stated = struct.unpack(layout, header)
        position += 8
        if name == b"ds64":
            fields = file.read(16)
            long_size = struct.unpack("<QQ", fields)[1] if len(fields) == 16 else None
        if name in (b"data", b"SSND"):
            if stated == 0xFFFF_FFFF and long_size is not None:
                stated = long_size
            elif stated >= STREAMED_SIZE:
                return 1.0
            return max(1.0, stated / max(1, size - position))
        position += stated + stated % 2
        file.seek(position)
    return 1.0


def mp3_frame_count_stated(head: bytes) -> bool:
    """Whether an MP3 states its length: a Xing or Info header with a frame count in its first frame.

    Without one, a decoder's duration is a guess from the first frames' bit rate.

    Parameters
    ----------
    head : bytes
        From the first frame on, after any ID3 tag.

    References
    ----------
    The header follows the side information, at most 36 bytes into the frame; bit 0 of its flags
    announces the count. https://www.mp3-tech.org/programmer/frame_header.html
    """
    for name in (b"Xing", b"Info"):
        at = head.find(name, 4, 64)
        if at >= 0 and len(head) >= at + 8:
            return bool(head[at + 7] & 1)
    return False
