"""What one question is: a sample, its audio and its options.

Readers of every dataset produce these and nothing else; prompts, models, scores, people and
pages all start from them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

OPTION_LETTERS = "ABCDE"
# What a reply is read for; only imported benchmarks have questions of more than five options.
ALL_LETTERS = "ABCDEFGH"


@dataclass(frozen=True)
class Option:
    """One choice of a multiple-choice question.

    Attributes
    ----------
    text : str
        The option as it is shown, without its letter, e.g. ``"Blues - blues"``.
    label : str
        What it stands for in the task's label set, e.g. ``"blues"``; equal to `text` where
        the task has no fixed label set.
    """

    text: str
    label: str


@dataclass(frozen=True)
class SampleAudio:
    """The recording a question is about.

    Attributes
    ----------
    path : Path
        The file on this machine. It never leaves the machine and is in no record.
    name : str
        The file's path inside its dataset, with forward slashes: what reports show.
    sources : tuple of str
        The recordings it was made from. Samples that share one are not independent:
        confidence intervals are clustered by them.
    duration_s : float or None
        Seconds, where the dataset states it.
    sha256, pcm_sha256 : str or None
        Of the file's bytes and of its 16 kHz mono 16-bit PCM, where the dataset states them.
    """

    path: Path
    name: str
    sources: tuple[str, ...]
    duration_s: float | None = None
    sha256: str | None = None
    pcm_sha256: str | None = None


@dataclass(frozen=True)
class Sample:
    """One question about one recording.

    Attributes
    ----------
    id : str
        Unique within its dataset, stable across machines.
    task : str
        A task code, e.g. ``"SCR"``.
    audio : SampleAudio
    question : str
        The sample's own question; empty where the task's prompt is the whole question.
    options : tuple of Option
        In the dataset's order; empty for transcription.
    answer : int or None
        Index of the right option in `options`.
    reference : str or None
        The right transcript, for transcription.
    slices : mapping of str to str
        Named groups the sample belongs to, e.g. ``{"subset": "high"}``.
    """

    id: str
    task: str
    audio: SampleAudio
    question: str = ""
    options: tuple[Option, ...] = ()
    answer: int | None = None
    reference: str | None = None
    slices: Mapping[str, str] = field(default_factory=dict)

    @property
    def option_texts(self) -> list[str]:
        """The options' texts, in order."""
        return [option.text for option in self.options]


@dataclass(frozen=True)
class Exclusion:
    """A record of a dataset that is not a sample, and why: it is reported, never guessed at.

    Attributes
    ----------
    record : str
        What the dataset calls it: an id, a path or a line number.
    reason : str
        One sentence.
    """

    record: str
    reason: str


@dataclass(frozen=True)
class SampleSet:
    """What a reader found: the samples, and everything it left out.

    Attributes
    ----------
    name : str
        The dataset's name, e.g. ``"bundled"`` or a Hub id.
    samples : tuple of Sample
    exclusions : tuple of Exclusion
    """

    name: str
    samples: tuple[Sample, ...]
    exclusions: tuple[Exclusion, ...] = ()
