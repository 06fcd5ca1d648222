"""What a task is made of: clips with a label each, in splits that share no source."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from amarathon.audio import SAMPLE_RATE
from amarathon.audio.types import to_pcm16
from amarathon.construction.merging import faded, levelled
from amarathon.construction.rendering import Origin
from amarathon.construction.seeds import shuffled
from amarathon.errors import DatasetError
from amarathon.packages.declared import DebianPackage
from amarathon.probes.waveforms import Samples

Split = Literal["train", "validation", "test"]
Domain = Literal["speech", "sound", "music"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")
_EDGE_S = 0.005
_SHORTEST_S = 0.15


@dataclass(frozen=True, eq=False)
class ProbeClip:
    """One clip of a task.

    Attributes
    ----------
    id : str
        Unique in the task.
    label : str
    split : {"train", "validation", "test"}
    group : str
        What is held out: all clips of a group are in one split.
    samples : ndarray of float32, shape (n,)
        16 kHz mono.
    origin : Origin
    """

    id: str
    label: str
    split: Split
    group: str
    samples: Samples
    origin: Origin

    @property
    def pcm_sha256(self) -> str:
        """Of the samples as little-endian 16-bit PCM."""
        return hashlib.sha256(to_pcm16(self.samples).tobytes()).hexdigest()


@dataclass(frozen=True)
class ProbeTask:
    """What is asked about clips; one declaration each, in the files beside this one.

    Attributes
    ----------
    name, title : str
    domain : {"speech", "sound", "music"}
    held_out : str
        What no two splits share: voices, grooves, files.
    seconds : float
        Longest clip; a longer one is cut.
    make : callable
        Yields the clips, the same every time.
    packages : tuple of DebianPackage
        What it is made from; empty where all is made here.
    note : str
        What its figures do not say; empty where there is nothing.
    version : int
        Raised with every change of its clips.
    """

    name: str
    title: str
    domain: Domain
    held_out: str
    seconds: float
    make: Callable[[], Iterator[ProbeClip]]
    packages: tuple[DebianPackage, ...] = ()
    note: str = ""
    version: int = 1

    def clips(self) -> list[ProbeClip]:
        """Make its clips: cut to `seconds`, at one level, in the order of their ids, without very short ones.

        Raises
        ------
        DatasetError
            A source cannot be had, or a clip's id is there twice.
        """
        length = round(self.seconds * SAMPLE_RATE)
        made = []
        for clip in self.make():
            part = clip.samples[:length]
            if len(part) < _SHORTEST_S * SAMPLE_RATE or not np.any(part):
                continue
            sound = levelled(faded(part, _EDGE_S, _EDGE_S))
            # As it will lie on disk: 16 bits.
            sound = to_pcm16(sound).astype(np.float32) / np.float32(32768)
            made.append(ProbeClip(clip.id, clip.label, clip.split, clip.group, sound, clip.origin))
        if len({clip.id for clip in made}) != len(made):
            raise DatasetError(f"Two clips of the task {self.name} share an id.")
        return sorted(made, key=lambda clip: clip.id)


def data_sha256(clips: Iterable[ProbeClip]) -> str:
    """Hash of a task: every clip's id, label, split, group and sound."""
    rows = sorted([clip.id, clip.label, clip.split, clip.group, clip.pcm_sha256] for clip in clips)
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def split_groups(
    groups: Sequence[str], *salt: str, test: float = 0.3, validation: float = 0.15
) -> dict[str, Split]:
    """Assign groups to splits by a hash of their names: of three or more, each split gets one.

    Parameters
    ----------
    groups : sequence of str
        Different names; their order makes no difference.
    *salt : str
        What else decides, e.g. the task.
    test, validation : float
        Shares.
    """
    order = shuffled(sorted(set(groups)), "probe split", *salt)
    tested = max(1, round(len(order) * test))
    validated = max(1, round(len(order) * validation))
    if tested + validated >= len(order):
        raise DatasetError(f"{len(order)} groups cannot be in three splits ({' '.join(salt)}).")
    return {
        name: "test" if place < tested else "validation" if place < tested + validated else "train"
        for place, name in enumerate(order)
    }
