"""The speech set as a folder: recordings of one split or of all, their texts, and the checks."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from amarathon.construction.completion import complete
from amarathon.construction.leaks import crossing
from amarathon.construction.merging import Clip, Timeline
from amarathon.construction.rendering import Question, Rendering
from amarathon.construction.speech import prompts, readings, script
from amarathon.construction.speech.about import ABOUT, NAME, SUMMARY
from amarathon.construction.speech.plan import LONGEST_S, RECORDINGS, SHORTEST_S, SPLITS, Planned
from amarathon.construction.tools import Built, Job, Progress, build
from amarathon.datasets.licences import licence_of_mix
from amarathon.errors import DatasetError
from amarathon.metrics.transcripts import whisper_normalise
from amarathon.packages.declared import ADVENTURE, PROMPT_TEXTS_EN, PROMPTS_EN, READINGS
from amarathon.packages.fetching import unpacked

# As between the prompts of the bundled samples.
GAP_S = 0.6


def build_speech(
    out: Path,
    *,
    split: str = "all",
    workers: int = 2,
    audio_format: str = "flac",
    progress: Progress = lambda done, total, name: None,
) -> dict[str, Any]:
    """Put the recordings together, fetching their packages where they are not there yet.

    Parameters
    ----------
    out : Path
    split : {"all", "train", "validation", "test"}
        Recordings chosen; each recording's split stands in the manifest and among its slices.
    workers : int
    audio_format : {"flac", "opus"}
    progress : callable

    Returns
    -------
    dict
        The report.

    Raises
    ------
    DatasetError
        There is no such split; a package cannot be had, or is not the one declared; or splits share
        a source, a speaker or a sentence.
    """
    wanted = jobs(split)
    for package in (PROMPTS_EN, PROMPT_TEXTS_EN, READINGS, ADVENTURE):
        unpacked(package)
    samples, dropped = build(wanted, out, workers=workers, audio_format=audio_format, progress=progress)
    facts = {
        "command": f"amarathon build speech --split {split}",
        "seed": 0,
        "split": split,
        "summary": SUMMARY,
        "about": {"ASR": ABOUT},
        "split_check": split_check(samples),
    }
    return complete(out, NAME if split == "all" else f"{NAME}, {split}", samples, dropped, facts)


def jobs(split: str = "all") -> list[Job]:
    """The recordings of a split.

    Raises
    ------
    DatasetError
        There is no such split.
    """
    if split not in ("all", *SPLITS):
        raise DatasetError(f"There is no split {split}; there are {', '.join(SPLITS)}, and all.")
    return [Job(planned.id, render, (planned,)) for planned in RECORDINGS if split in ("all", planned.split)]


def render(planned: Planned) -> Rendering:
    """Make one recording: whole lines one after another, silence between them.

    Raises
    ------
    DatasetError
        It would be shorter or longer than the set's recordings are.
    """
    clips = clips_of(planned)
    seconds = GAP_S + sum(clip.duration_s + GAP_S for clip in clips)
    if not SHORTEST_S <= seconds <= LONGEST_S:
        raise DatasetError(f"It would last {seconds:.0f} s, not {SHORTEST_S:g} to {LONGEST_S:g} s.")
    line, onset = Timeline(seconds), GAP_S
    for clip in clips:
        onset = line.add(clip, onset) + GAP_S
    samples, pieces = line.finished()
    speakers = dict.fromkeys(clip.origin.group.removeprefix("speaker/") for clip in clips)
    slices = {
        "split": planned.split,
        "speaker": " and ".join(speakers),
        "speakers": "one" if len(speakers) == 1 else "several",
        "kind": "acted lines" if planned.role else "telephone prompts",
    }
    question = Question("ASR", reference=" ".join(clip.what for clip in clips), slices=slices)
    licence = licence_of_mix(clip.origin.licence for clip in clips)
    return Rendering(planned.id, planned.split, question, samples, pieces, licence)


def clips_of(planned: Planned) -> list[Clip]:
    """What is heard in a recording, in order."""
    if planned.role:
        return _share(script.clips_of(planned.role), planned.seconds)
    names = prompts.bundled(planned.bundled) if planned.bundled else planned.prompts
    spoken = prompts.clips_of(names)
    return _between(spoken, readings.clips_of()) if planned.readings else spoken


def _share(clips: Iterable[Clip], seconds: Sequence[float]) -> list[Clip]:
    """Deal lines out to recordings of at most these lengths, in order; the last recording's."""
    left = iter(clips)
    clip = next(left, None)
    share: list[Clip] = []
    for most in seconds:
        share, end = [], GAP_S
        while clip is not None and end + clip.duration_s + GAP_S <= most:
            share.append(clip)
            end += clip.duration_s + GAP_S
            clip = next(left, None)
    return share


def _between(clips: Sequence[Clip], others: Sequence[Clip]) -> list[Clip]:
    """Set others evenly among the clips."""
    step = len(clips) // (len(others) + 1)
    mixed = list(clips)
    for index in range(len(others), 0, -1):
        mixed.insert(index * step, others[index - 1])
    return mixed


def split_check(samples: Iterable[Built]) -> dict[str, Any]:
    """Compare what the splits are really made of.

    Returns
    -------
    dict
        How many sources, speakers and sentences there are, and how many splits.

    Raises
    ------
    DatasetError
        A source, a speaker or a sentence is in two splits.
    """
    pieces: dict[str, list[Mapping[str, Any]]] = {}
    for sample in samples:
        pieces.setdefault(sample.split, []).extend(sample.pieces)
    sentences = {
        split: [{"source": whisper_normalise(piece["what"]), "group": ""} for piece in members]
        for split, members in pieces.items()
    }
    shared = {**crossing(pieces), **crossing(sentences)}
    if shared:
        name, splits = next(iter(shared.items()))
        raise DatasetError(f"{name} is in {' and in '.join(splits)}; a split must have nothing of another.")
    every = [piece for members in pieces.values() for piece in members]
    return {
        "splits": len(pieces),
        "sources": len({piece["source"] for piece in every}),
        "speakers": len({piece["group"] for piece in every}),
        "sentences": len({entry["source"] for split in sentences.values() for entry in split}),
    }
