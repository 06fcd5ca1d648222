"""Decoding by libsndfile: uncompressed audio and FLAC."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from amarathon.audio.containers import Container
from amarathon.audio.headers import stated_share
from amarathon.audio.streams import AudioStream, DecodingError, UnreadableError
from amarathon.audio.types import AudioInfo

# Values in a block: large enough that Python's share is small, and 1.5 s of CD audio, so that
# what was read before a fault is known to about that.
BLOCK_VALUES = 1 << 17
# libsndfile's frame count when the header leaves it out.
UNKNOWN_FRAMES = 0x7FFF_FFFF_FFFF_FFFF


@contextmanager
def open_with_soundfile(
    file: BufferedReader, path: Path, size: int, container: Container
) -> Iterator[AudioStream]:
    """Open a file, see `amarathon.audio.opening.open_stream`.

    Raises
    ------
    UnreadableError
    """
    share = stated_share(file, size)
    try:
        # By name, not through the open file: the callbacks that would read it print a traceback
        # where a damaged header makes libsndfile seek out of range.
        sound = soundfile.SoundFile(os.fsencode(path))
    except soundfile.LibsndfileError as error:
        raise UnreadableError(str(error)) from error
    with sound:
        if sound.frames == UNKNOWN_FRAMES:
            # libsndfile opens a FLAC that was written to a pipe and then fails to read it.
            raise UnreadableError("the header leaves out the length")
        duration = sound.frames / sound.samplerate
        info = AudioInfo(
            format=container.name,
            codec=sound.subtype.lower(),
            sample_rate=sound.samplerate,
            channels=sound.channels,
            duration_s=duration,
            size_bytes=size,
        )
        yield AudioStream(info, duration * share, _blocks(sound))


def _blocks(sound: soundfile.SoundFile) -> Iterator[NDArray[np.float32]]:
    frames = max(1, BLOCK_VALUES // sound.channels)
    while True:
        try:
            block = sound.read(frames, dtype="float32", always_2d=True)
        except soundfile.LibsndfileError as error:
            raise DecodingError(str(error)) from error
        if not len(block):
            return
        yield block.T
