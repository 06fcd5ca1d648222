"""Which library opens which file, and files in several parts as one stream."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from io import BufferedReader
from pathlib import Path

from amarathon.audio.layout import Layout
from amarathon.audio.libav import open_with_libav
from amarathon.audio.limits import TRUNCATION_TOLERANCE_S, refusal
from amarathon.audio.parts import Part
from amarathon.audio.sndfile import open_with_soundfile
from amarathon.audio.streams import AudioStream, Block, DecodingError, UnreadableError


@contextmanager
def open_stream(
    file: BufferedReader, path: Path, size: int, layout: Layout, track: int = 0
) -> Iterator[AudioStream]:
    """Open a file with the library that reads its container best.

    Parameters
    ----------
    file : binary file
    path : Path
    size : int
        Bytes.
    layout : Layout
    track : int
        Which audio track, where there are several; the one that players begin with is 0.

    Raises
    ------
    AudioError
        Neither library can open it.
    """
    first, *others = layout.parts
    with ExitStack() as stack:
        try:
            stream = stack.enter_context(_open_part(file, path, size, layout, first, track))
        except UnreadableError:
            name = layout.container.name
            raise refusal(path, f"begins as {name} but cannot be decoded: it is cut off or damaged") from None
        stream.remarks[:0] = layout.remarks
        if others:
            # The length of the first part is not that of the file.
            info = replace(stream.info, duration_s=None)
            blocks = _joined(file, path, size, layout, stream)
            stream = replace(stream, info=info, blocks=blocks)
        yield stream


def _joined(
    file: BufferedReader, path: Path, size: int, layout: Layout, first: AudioStream
) -> Iterator[Block]:
    """The blocks of all parts, one after another."""
    yield from _blocks(first)
    for part in layout.parts[1:]:
        try:
            with _open_part(file, path, size, layout, part, 0) as stream:
                yield from _blocks(stream)
        except UnreadableError as error:
            if part is not layout.parts[-1]:
                raise DecodingError(str(error)) from error
            first.remarks.append("ends with a part that cannot be decoded, which is left out")
        else:
            first.remarks.extend(stream.remarks)


def _blocks(stream: AudioStream) -> Iterator[Block]:
    """The blocks of a part, as long as its header states."""
    seconds = 0.0
    for block in stream.blocks:
        seconds += block.samples.shape[1] / block.rate
        yield block
    if stream.promised_s is not None and seconds < stream.promised_s - TRUNCATION_TOLERANCE_S:
        raise DecodingError("a part is shorter than its header states")


@contextmanager
def _open_part(
    file: BufferedReader, path: Path, size: int, layout: Layout, part: Part, track: int
) -> Iterator[AudioStream]:
    openers: list[Callable[..., AbstractContextManager[AudioStream]]] = [open_with_libav]
    if layout.container.soundfile_first:
        openers.insert(0, open_with_soundfile)
    with ExitStack() as stack:
        for opener in openers:
            try:
                stream = stack.enter_context(opener(file, path, size, layout.container, part, track))
            except UnreadableError:
                continue
            yield stream
            return
    raise UnreadableError("neither library opens it")
