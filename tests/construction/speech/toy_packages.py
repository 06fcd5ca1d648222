"""Small stand-ins for the packages that the speech set is made from, laid out as they are."""

import gzip
import io
import struct
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import soundfile

from amarathon.construction.speech import adventure, prompts, readings
from amarathon.construction.speech.cast import ROLES

SOUNDS = "usr/share/asterisk/sounds/en_US_f_Allison"


@cache
def speech(seconds: float, seed: int) -> bytes:
    """An MP3 of noise at the game's rate."""
    rng = np.random.default_rng(seed)
    buffer = io.BytesIO()
    soundfile.write(buffer, 0.1 * rng.standard_normal(round(seconds * 11025)), 11025, format="MP3")
    return buffer.getvalue()


def dialogue(key: int, hero: Mapping[int, str], other: Mapping[int, str]) -> bytes:
    """A dialogue without a tree: what each side may say, by number."""
    sides = [b"".join(_sentence(*sentence) for sentence in side.items()) for side in (hero, other)]
    other_at = 32 + len(sides[0])
    head = struct.pack(">5h", 0, 7, key, len(hero), len(other)) + bytes(12) + struct.pack(">H", other_at)
    return bytes(20) + head.ljust(32, b"\0") + sides[0] + sides[1]


def _sentence(number: int, text: str) -> bytes:
    # Every record begins and ends on a multiple of four, counted from the end of the file's head.
    body = struct.pack(">hh", 0, number) + bytes([len(text)]) + text.encode("latin-1")
    return body + bytes(-len(body) % 4)


def write_archive(path: Path, files: Mapping[str, bytes], compression: int = 1) -> None:
    """The game's one file."""
    start = 15 + 21 * len(files)
    table, content = b"", b""
    for name, data in files.items():
        table += struct.pack(">12sBII", name.encode("ascii"), 1, start + len(content), len(data))
        content += data
    head = struct.pack(">4s6sBBBH", b"QTBL", b"CEM10\0", 0, 0, compression, len(files))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(head + table + content)


def write_game(root: Path, lines: Mapping[str, tuple[int, Mapping[int, str], Mapping[int, str]]]) -> None:
    """An archive in which the dialogues named have lines of 31 s each, and all others have none."""
    files = {f"{name}.DOG": dialogue(0, {}, {}) for role in ROLES.values() for name in role.dialogues}
    for name, (key, hero, other) in lines.items():
        files[f"{name}.DOG"] = dialogue(key, hero, other)
        for side, numbers in (("J", hero), ("P", other)):
            for number in numbers:
                files[f"{key:02d}{number:04X}{side}1.SB"] = speech(31, key * 100 + number)
    write_archive(root / adventure.ARCHIVE, files)


def write_prompts(root: Path, texts: Mapping[str, str], seconds: float) -> None:
    """Prompts of noise with a document of their texts. Any bytes are G.722."""
    document = "; Prompts\n\n" + "".join(f"{name}: {text}\n" for name, text in texts.items())
    path = root / prompts.TEXTS
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(document.encode()))
    for number, name in enumerate(texts):
        sound = root / SOUNDS / f"{name}.g722"
        sound.parent.mkdir(parents=True, exist_ok=True)
        sound.write_bytes(np.random.default_rng(number).bytes(round(8000 * seconds)))


def write_readings(root: Path, words: Mapping[str, str]) -> None:
    """Sentences of noise with their transcription."""
    folder = root / readings.FOLDER
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for name in words:
        soundfile.write(folder / f"{name}.wav", 0.1 * rng.standard_normal(32000), 16000)
    (folder / "transcription").write_text(
        "".join(f"<s> {text} </s> ({name})\n" for name, text in words.items()), encoding="utf-8"
    )
