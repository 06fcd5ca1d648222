"""The frame count that encoders put into an MP3's first frame."""


def frame_count_stated(head: bytes) -> bool:
    """Whether an MP3 states its length: a Xing or Info header with a frame count in its first frame.

    Without one, a decoder's duration is a guess from the first frames' bit rate.

    Parameters
    ----------
    head : bytes
        From the first frame on.

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
