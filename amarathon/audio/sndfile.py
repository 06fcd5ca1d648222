"""Decoding by libsndfile: uncompressed audio and FLAC."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

import soundfile

from amarathon.audio.containers import Container
from amarathon.audio.parts import Part
from amarathon.audio.splice import SplicedFile
from amarathon.audio.streams import AudioStream, Block, DecodingError, UnreadableError
from amarathon.audio.types import AudioInfo

# Values in a block: large enough that Python's share is small, and 1.5 s of CD audio, so that
# what was read before a fault is known to about that.
BLOCK_VALUES = 1 << 17
# libsndfile's frame count when the header leaves it out.
UNKNOWN_FRAMES = 0x7FFF_FFFF_FFFF_FFFF


@contextmanager
def open_with_soundfile(
    file: BufferedReader, path: Path, size: int, container: Container, part: Part, track: int
) -> Iterator[AudioStream]:
    """Open a part of a file, see `amarathon.audio.opening.open_stream`.

    Raises
    ------
    UnreadableError
    """
    if track or not part.exact:
        raise UnreadableError("libsndfile would not read all of it")
    whole = part.pieces == ((0, size),)
    try:
        # By name where the file is as it should be, which saves a call for every few kilobytes.
        source = os.fsencode(path) if whole else SplicedFile(file, part.pieces)
        sound = soundfile.SoundFile(source)
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
        is_float = sound.subtype in ("FLOAT", "DOUBLE")
        yield AudioStream(info, duration * part.share, _blocks(sound), is_float=is_float)


def _blocks(sound: soundfile.SoundFile) -> Iterator[Block]:
    frames = max(1, BLOCK_VALUES // sound.channels)
    while True:
        try:
            block = sound.read(frames, dtype="float32", always_2d=True)
        except soundfile.LibsndfileError as error:
            raise DecodingError(str(error)) from error
        if not len(block):
            return
        yield Block(sound.samplerate, block.T)
