"""Twenty real recordings that AudioMarathon-mini has no part of: what a model made for it does elsewhere.

Dutch dialogue by a woman and a man (who speaks is in the files' names), Spanish prompts by a woman,
orchestral music (so the tracks' own tags), and English sentences read aloud, with their text.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amarathon.audio import load_audio
from amarathon.construction.completion import complete
from amarathon.construction.merging import Clip, Joint, join
from amarathon.construction.mini.dictation import load_prompt, prompt_files
from amarathon.construction.mini.genres import GENRES
from amarathon.construction.questions import distractors, fixed_options, make_options
from amarathon.construction.rendering import Origin, Piece, Question, Rendering
from amarathon.construction.speech.readings import FOLDER as _READINGS
from amarathon.construction.speech.readings import sentences
from amarathon.construction.tools import Job, Progress, build
from amarathon.datasets.licences import licence_of_mix
from amarathon.packages.declared import (
    DIALOGUE_NL,
    PROMPTS_ES,
    READINGS,
    WESNOTH_MUSIC,
    DebianPackage,
)
from amarathon.packages.fetching import unpacked

NAME = "Real recordings"
SUMMARY = (
    "Twenty real recordings outside of what AudioMarathon-mini is made of, to see what a model that was "
    "trained for it does elsewhere. Too few for a ranking."
)
_SECONDS = (90.0, 120.0, 150.0, 180.0)
_GAP = Joint(gap_s=0.4)
_SPEAKERS = {"m": "Female", "v": "Male"}  # the small fish is a woman's voice, the big one a man's
_PLACEHOLDER_BYTES = 5000
_DIALOGUE = "usr/share/games/fillets-ng/sound"
_MUSIC = "usr/share/games/wesnoth/1.16/data/core/music"
# Tagged "Romantic Classical", 90 s or more; the bundled sample's track is not among them.
_TRACKS = (
    *("breaking_the_chains", "elvish-theme", "heroes_rite", "into_the_shadows", "knolls"),
    *("the_city_falls", "the_deep_path", "wanderer"),
)


def build_real(
    out: Path,
    *,
    workers: int = 2,
    audio_format: str = "flac",
    progress: Progress = lambda done, total, name: None,
) -> dict[str, Any]:
    """Put the twenty recordings together, fetching their packages where they are not there yet.

    Returns
    -------
    dict
        The report.

    Raises
    ------
    DatasetError
        A package cannot be had, or is not the one declared.
    """
    for package in (DIALOGUE_NL, PROMPTS_ES, READINGS, WESNOTH_MUSIC):
        unpacked(package)
    samples, dropped = build(jobs(), out, workers=workers, audio_format=audio_format, progress=progress)
    facts = {"command": "amarathon build real", "seed": 0, "split": "test", "summary": SUMMARY, "about": {}}
    return complete(out, NAME, samples, dropped, facts)


def jobs() -> list[Job]:
    """The twenty; none of their names reveals the answer."""
    speakers = [(speaker, index) for speaker in "mv" for index in range(4)]
    speakers += [("es", index) for index in range(3)]
    makers: list[tuple[str, Callable[..., Rendering], Sequence[tuple[Any, ...]]]] = [
        ("sgr", dialogue, speakers),
        ("mc", music, [(index,) for index in range(len(_TRACKS))]),
        ("asr", reading, [()]),
    ]
    return [
        Job(f"real-{task}-{number:02d}", make, (f"real-{task}-{number:02d}", *arguments))
        for task, make, maker in makers
        for number, arguments in enumerate(maker)
    ]


def dialogue(name: str, speaker: str, index: int) -> Rendering:
    """One speaker's lines one after another; ``"es"`` is the woman of the Spanish prompts."""
    clips = _spanish(index) if speaker == "es" else _dutch(speaker, index)
    samples, pieces = join(clips, _SECONDS[index], _GAP).finished()
    options = fixed_options("SGR")
    label = "Female" if speaker == "es" else _SPEAKERS[speaker]
    answer = [option.text for option in options].index(label)
    slices = {"language": "Spanish" if speaker == "es" else "Dutch"}
    question = Question("SGR", "Is this a male or female voice?", options, answer, slices=slices)
    return _rendering(name, question, samples, pieces)


def music(name: str, index: int) -> Rendering:
    """A span of an orchestral track: which genre is it?"""
    path = unpacked(WESNOTH_MUSIC) / _MUSIC / f"{_TRACKS[index]}.ogg"
    clip = _clip(WESNOTH_MUSIC, path, "classical")
    samples, pieces = join([clip], _SECONDS[index % len(_SECONDS)], Joint(), even_levels=False).finished()
    wrong = distractors("classical", GENRES, 3, 0, name)
    options, answer = make_options("MC", "classical", wrong, index % 4)
    question = Question("MC", "Which genre is this music?", options, answer, slices={"genre": "classical"})
    return _rendering(name, question, samples, pieces)


def reading(name: str) -> Rendering:
    """Five sentences of a novel, read aloud."""
    clips = [_clip(READINGS, path, words) for path, words in sentences(unpacked(READINGS) / _READINGS)]
    samples, pieces = join(clips, sum(clip.duration_s + _GAP.gap_s for clip in clips), _GAP).finished()
    return _rendering(name, Question("ASR", reference=" ".join(clip.what for clip in clips)), samples, pieces)


def _dutch(speaker: str, index: int) -> list[Clip]:
    files = sorted((unpacked(DIALOGUE_NL) / _DIALOGUE).glob(f"*/nl/*-{speaker}-*.ogg"))
    part = files[index * 130 : (index + 1) * 130]
    # Some lines are a few samples long: placeholders for what was never spoken.
    return [_clip(DIALOGUE_NL, path) for path in part if path.stat().st_size > _PLACEHOLDER_BYTES]


def _spanish(index: int) -> list[Clip]:
    files = [
        prompt_file for prompt_file in sorted(prompt_files(PROMPTS_ES).items()) if "/" not in prompt_file[0]
    ]
    return [load_prompt(PROMPTS_ES, name, path) for name, path in files[index * 100 : (index + 1) * 100]]


def _clip(package: DebianPackage, path: Path, what: str = "") -> Clip:
    origin = Origin(f"{package.name}/{path.parent.parent.name}/{path.name}", package.licence, package.author)
    return Clip(load_audio(path).samples, origin, what)


def _rendering(
    name: str, question: Question, samples: NDArray[np.float32], pieces: tuple[Piece, ...]
) -> Rendering:
    licence = licence_of_mix(piece.origin.licence for piece in pieces)
    return Rendering(name, "test", question, samples, pieces, licence)
