"""Which library opens which file."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from io import BufferedReader
from pathlib import Path

from amarathon.audio.containers import Container
from amarathon.audio.libav import open_with_libav
from amarathon.audio.limits import refusal
from amarathon.audio.sndfile import open_with_soundfile
from amarathon.audio.streams import AudioStream, UnreadableError


@contextmanager
def open_stream(file: BufferedReader, path: Path, size: int, container: Container) -> Iterator[AudioStream]:
    """Open a file with the library that reads its container best.

    Raises
    ------
    AudioError
        Neither library can open it.
    """
    openers: list[Callable[..., AbstractContextManager[AudioStream]]] = [open_with_libav]
    if container.soundfile_first:
        openers.insert(0, open_with_soundfile)
    with ExitStack() as stack:
        for opener in openers:
            file.seek(0)
            try:
                stream = stack.enter_context(opener(file, path, size, container))
            except UnreadableError:
                continue
            yield stream
            return
    raise refusal(path, f"begins as {container.name} but cannot be decoded: it is cut off or damaged")
