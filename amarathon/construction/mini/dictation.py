"""Recorded dictation: real words of one speaker, digits, letters and dates, put together to messages."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from amarathon.construction.merging import Clip, Timeline, rms
from amarathon.construction.mini.plan import Plan
from amarathon.construction.mini.talk import room_tone
from amarathon.construction.mini.vocabulary import CLASSES
from amarathon.construction.rendering import Origin, Piece
from amarathon.construction.seeds import chosen
from amarathon.errors import AudioError
from amarathon.packages.declared import PROMPTS_EN, DebianPackage
from amarathon.packages.fetching import unpacked

_SOUNDS = "usr/share/asterisk/sounds"
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_WORD_GAP_S = 0.06
_MOST_REFUSED = 30
_LETTER_FILES = {"xray": "x"}


def prompt_files(package: DebianPackage) -> dict[str, Path]:
    """The recordings of a prompt package, by name without ending, e.g. ``"digits/1"``."""
    root = unpacked(package) / _SOUNDS
    files = sorted(root.glob("*/**/*.g722"))
    return {"/".join(path.relative_to(root).with_suffix("").parts[1:]): path for path in files}


def load_prompt(package: DebianPackage, name: str, path: Path) -> Clip:
    """Decode a bare G.722 file, 16 kHz mono by its definition (ITU-T G.722).

    Raises
    ------
    AudioError
        It cannot be decoded.
    """
    try:
        with av.open(str(path), "r", format="g722") as container:
            frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
    except av.FFmpegError as error:
        raise AudioError(f"{path.name} cannot be decoded as G.722.") from error
    if not frames:
        raise AudioError(f"{path.name} is empty.")
    samples = np.asarray(np.concatenate(frames, axis=1)[0] / 32768, dtype=np.float32)
    origin = Origin(
        f"{package.name}/{name}", package.licence, package.author, group=f"speaker/{package.author}"
    )
    return Clip(samples, origin, name)


@cache
def prompts() -> Mapping[str, Clip]:
    """Recorded single words by what is said: digits, days, months and the letters' code words."""
    files = prompt_files(PROMPTS_EN)
    spoken = {word: f"digits/{number}" for number, word in enumerate(_NUMBERS)}
    spoken |= {day: f"digits/day-{number}" for number, day in enumerate(_DAYS)}
    spoken |= {month: f"digits/mon-{number}" for number, month in enumerate(CLASSES["month"])}
    spoken |= {word: f"phonetic/{_LETTER_FILES.get(word, word[0])}_p" for word in CLASSES["letter"]}
    return {word: load_prompt(PROMPTS_EN, name, files[name]) for word, name in spoken.items()}


def recorded_sentences(plan: Plan) -> tuple[NDArray[np.float32], tuple[Piece, ...], str]:
    """Put recorded words together to messages until the time is full."""
    words = prompts()
    rng = plan.random("messages")
    line = Timeline(plan.seconds)
    onset, text = 0.4, list[str]()
    refused = 0
    while refused < _MOST_REFUSED:
        message = _message(rng)
        length = sum(words[word].duration_s for word in message) + _WORD_GAP_S * len(message)
        if onset + length > plan.seconds - 0.1:
            refused += 1
            continue
        for word in message:
            onset = line.add(Clip(words[word].samples, words[word].origin, word), onset) + _WORD_GAP_S
        text.append(" ".join(message) + ".")
        onset += float(rng.uniform(0.4, 0.9))
    line.samples += room_tone(len(line.samples), rms(line.samples), rng)
    samples, pieces = line.finished()
    return samples, pieces, " ".join(text)


def _message(rng: np.random.Generator) -> list[str]:
    def draw(kind: str) -> str:
        return chosen(rng, CLASSES[kind])

    # Never two digits together: written down they are one number, and the normal forms of text differ.
    code = [draw(kind) for _ in range(int(rng.integers(1, 4))) for kind in ("letter", "digit")]
    date = [draw("day"), draw("month")]
    words = [draw("letter") for _ in range(int(rng.integers(1, 5)))]
    return (date, code, words)[int(rng.integers(3))]
