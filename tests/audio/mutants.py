"""Damaged, hostile and mislabelled audio files, the same ones for the same seed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.audio.makers import WRITERS, tone, write_with_libav


@dataclass(frozen=True)
class Mutant:
    """A file that was good once.

    Attributes
    ----------
    path : Path
    origin : str
        The ending of the good file, a key of `WRITERS`.
    mutation : str
        The name of what was done to it.
    """

    path: Path
    origin: str
    mutation: str


def mutated_files(folder: Path, count: int, seed: int) -> list[Mutant]:
    """Write damaged, hostile and mislabelled audio files, the same ones for the same seed.

    Parameters
    ----------
    folder : Path
        Must exist.
    count : int
        Origins and mutations take turns, so that 200 files meet every pair.
    seed : int

    Returns
    -------
    list of Mutant
    """
    good = _good_files(folder)
    mutants = []
    for number in range(count):
        origin = sorted(good)[number % len(good)]
        name = sorted(MUTATIONS)[number // len(good) % len(MUTATIONS)]
        random = np.random.default_rng([seed, number])
        content = MUTATIONS[name](good[origin], random)
        ending = str(random.choice(sorted(good))) if name == "swapped ending" else origin
        path = folder / f"mutant-{number:04}.{ending}"
        path.write_bytes(content)
        mutants.append(Mutant(path, origin, name))
    return mutants


def _good_files(folder: Path) -> dict[str, bytes]:
    good = {}
    # libsndfile draws a serial for every Ogg stream and dates every floating-point WAV.
    writers = WRITERS | {
        "ogg": lambda *file: write_with_libav(*file, "ogg", "vorbis"),
        "float.wav": lambda *file: write_with_libav(*file, "wav", "pcm_f32le"),
    }
    for number, (ending, write) in enumerate(sorted(writers.items())):
        path = write(folder / f"good.{ending}", tone(1.5, 16_000, 1 + number % 2), 16_000)
        good[ending] = path.read_bytes()
        path.unlink()
    return good


def _flip(content: bytes, offsets: Iterable[int], random: np.random.Generator) -> bytes:
    data = bytearray(content)
    for offset in offsets:
        data[offset] ^= 1 << int(random.integers(8))
    return bytes(data)


def _flip_anywhere(content: bytes, random: np.random.Generator) -> bytes:
    return _flip(content, random.integers(0, len(content), int(random.integers(1, 65))), random)


def _flip_header(content: bytes, random: np.random.Generator) -> bytes:
    return _flip(content, random.integers(0, min(200, len(content)), int(random.integers(1, 9))), random)


def _truncate(content: bytes, random: np.random.Generator) -> bytes:
    return content[: int(random.integers(0, len(content)))]


def _truncate_header(content: bytes, random: np.random.Generator) -> bytes:
    return content[: int(random.integers(0, 200))]


def _edit_field(content: bytes, random: np.random.Generator) -> bytes:
    """Overwrite two, four or eight bytes near the start with a value that breaks arithmetic."""
    width = int(random.choice([2, 4, 8]))
    value = random.choice(["zeros", "ones", "largest", "negative", "random"])
    fields = {
        "zeros": bytes(width),
        "ones": b"\xff" * width,
        "largest": b"\xff" * (width - 1) + b"\x7f",
        "negative": bytes(width - 1) + b"\x80",
        "random": random.bytes(width),
    }
    offset = int(random.integers(4, min(400, len(content))))
    return content[:offset] + fields[str(value)] + content[offset + width :]


def _splice_garbage(content: bytes, random: np.random.Generator) -> bytes:
    offset = int(random.integers(0, len(content)))
    return content[:offset] + random.bytes(int(random.integers(1, 4000))) + content[offset:]


def _overwrite_garbage(content: bytes, random: np.random.Generator) -> bytes:
    offset = int(random.integers(0, len(content)))
    garbage = random.bytes(int(random.integers(1, 4000)))
    return content[:offset] + garbage + content[offset + len(garbage) :]


def _duplicate_chunk(content: bytes, random: np.random.Generator) -> bytes:
    start, end = sorted(int(offset) for offset in random.integers(0, len(content), 2))
    return content[:end] + content[start:end] * int(random.integers(1, 4)) + content[end:]


def _drop_chunk(content: bytes, random: np.random.Generator) -> bytes:
    start, end = sorted(int(offset) for offset in random.integers(0, len(content), 2))
    return content[:start] + content[end:]


def _zero_range(content: bytes, random: np.random.Generator) -> bytes:
    start, end = sorted(int(offset) for offset in random.integers(0, len(content), 2))
    return content[:start] + bytes(end - start) + content[end:]


def _shuffle_chunks(content: bytes, random: np.random.Generator) -> bytes:
    size = int(random.integers(64, 2048))
    chunks = [content[start : start + size] for start in range(0, len(content), size)]
    return b"".join(chunks[offset] for offset in [0, *(1 + random.permutation(len(chunks) - 1))])


def _graft_header(content: bytes, random: np.random.Generator) -> bytes:
    """Put another format's first bytes before this one's data."""
    heads = [
        b"RIFF\xff\xff\xff\xffWAVE",
        b"fLaC\0\0\0\x22",
        b"OggS\0\2",
        b"\xff\xfb\x90\x64",
        b"\x1a\x45\xdf\xa3",
    ]
    head = heads[int(random.integers(len(heads)))]
    return head + content[len(head) :]


def _two_files(content: bytes, random: np.random.Generator) -> bytes:
    return content + content[int(random.integers(0, 2)) * 100 :]


MUTATIONS: dict[str, Callable[[bytes, np.random.Generator], bytes]] = {
    "bits flipped": _flip_anywhere,
    "bits flipped in the header": _flip_header,
    "cut off": _truncate,
    "cut off in the header": _truncate_header,
    "field edited": _edit_field,
    "garbage spliced in": _splice_garbage,
    "garbage written over": _overwrite_garbage,
    "chunk repeated": _duplicate_chunk,
    "chunk dropped": _drop_chunk,
    "zeros written over": _zero_range,
    "chunks shuffled": _shuffle_chunks,
    "another head": _graft_header,
    "two files in one": _two_files,
    "swapped ending": lambda content, _: content,
}
"""What is done to a good file's bytes."""
