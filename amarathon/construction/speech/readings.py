"""Sentences of a novel, read aloud for LibriVox, with their transcription."""

import re
from pathlib import Path

from amarathon.audio import load_audio
from amarathon.construction.merging import Clip
from amarathon.construction.rendering import Origin
from amarathon.errors import DatasetError
from amarathon.packages.declared import READINGS
from amarathon.packages.fetching import unpacked

FOLDER = "usr/share/pocketsphinx/test/data/librivox"
READER = "LibriVox reader of Sense and Sensibility"
# "a more a amiable woman", says the transcription; it is not what is heard.
NOT_AS_WRITTEN = frozenset({"sense_and_sensibility_01_austen_64kb-0920.wav"})
_LINE = re.compile(r"<s> (.+?) +</s> \((.+)\)")


def sentences(folder: Path) -> list[tuple[Path, str]]:
    """Recordings and their words, in order.

    Raises
    ------
    DatasetError
        The transcription has another form.
    """
    found = []
    for line in (folder / "transcription").read_text(encoding="utf-8").splitlines():
        entry = _LINE.fullmatch(line.strip())
        if entry is None:
            raise DatasetError(f"A line of {READINGS.name}'s transcription has another form: {line[:60]!r}.")
        found.append((folder / f"{entry[2]}.wav", entry[1]))
    return found


def clips_of() -> list[Clip]:
    """The sentences in their order, but for those whose words are in doubt."""
    return [
        Clip(load_audio(path).samples, _origin(path), words)
        for path, words in sentences(unpacked(READINGS) / FOLDER)
        if path.name not in NOT_AS_WRITTEN
    ]


def _origin(path: Path) -> Origin:
    source = f"{READINGS.name}/librivox/{path.name}"
    return Origin(source, READINGS.licence, READINGS.author, f"speaker/{READER}")
