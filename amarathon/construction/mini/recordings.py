"""The recorded sounds of the event task: which file is what, and which split it serves."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from amarathon.audio import load_audio
from amarathon.construction.merging import Clip, levelled
from amarathon.construction.mini.resources import resource_files
from amarathon.construction.rendering import Origin
from amarathon.construction.sources import Selection, select
from amarathon.packages.declared import GCOMPRIS, SCRATCH, TUXPAINT, DebianPackage
from amarathon.packages.fetching import unpacked

_ROOTS = {SCRATCH: "usr/share/scratch/Media/Sounds", TUXPAINT: "usr/share/tuxpaint/stamps/animals"}
_FARM = "usr/share/gcompris-qt/rcc/explore_farm_animals.rcc"
_FARM_FOLDER = "gcompris/src/activities/explore_farm_animals/resource/animals"


@dataclass(frozen=True)
class SourceRecording:
    """One recorded sound.

    Attributes
    ----------
    label : str
        Its class, from its file's name.
    split : str
    package : DebianPackage
    file : str
        Inside the package's folder of sounds.
    """

    label: str
    split: str
    package: DebianPackage
    file: str


def _listed(split: str, package: DebianPackage, files: Mapping[str, str]) -> tuple[SourceRecording, ...]:
    return tuple(
        SourceRecording(label, split, package, file)
        for label, names in files.items()
        for file in names.split()
    )


# Every class has at least one recording in training and one in the test; no recording is in two.
RECORDINGS: tuple[SourceRecording, ...] = (
    *_listed(
        "train",
        SCRATCH,
        {
            "Dog": "Animal/Dog1.wav Animal/Dog2.wav",
            "Cat": "Animal/Cat.mp3 Animal/Meow.wav Animal/Kitten.wav",
            "Horse": "Animal/Horse.wav",
            "Duck": "Animal/Duck.wav",
            "Rooster": "Animal/Rooster.wav",
        },
    ),
    *_listed("train", GCOMPRIS, {"Cow": "cow.ogg", "Sheep": "sheep.ogg", "Pig": "pig.ogg", "Owl": "owl.ogg"}),
    *_listed(
        "train",
        TUXPAINT,
        {
            "Cow": "mammals/bovines/bull.ogg",
            "Sheep": "mammals/bovines/ram.ogg",
            "Pig": "mammals/pig_golden.ogg",
        },
    ),
    *_listed(
        "validation",
        GCOMPRIS,
        {"Dog": "dog.ogg", "Cat": "cat.ogg", "Horse": "horse.ogg", "Duck": "duck.ogg"},
    ),
    *_listed(
        "test",
        TUXPAINT,
        {
            "Dog": "mammals/dogs/dog.ogg",
            "Cat": "../seasonal/halloween/blackcat.ogg",
            "Horse": "mammals/equines/horse.ogg",
            "Cow": "mammals/bovines/cow.ogg mammals/bovines/cow_white.ogg",
            "Sheep": "mammals/bovines/sheep.ogg",
            "Pig": "mammals/pig.ogg",
            "Duck": "birds/duck.ogg",
            "Rooster": "birds/rooster.ogg",
            "Owl": "birds/owl.ogg",
        },
    ),
)
RECORDED = tuple(sorted({recording.label for recording in RECORDINGS}))


def recorded_labels(split: str) -> tuple[str, ...]:
    """The classes that a split has recordings of."""
    return tuple(sorted({recording.label for recording in RECORDINGS if recording.split == split}))


def recordings_of(split: str, label: str) -> tuple[SourceRecording, ...]:
    """A split's recordings of a class."""
    return tuple(
        recording for recording in RECORDINGS if (recording.split, recording.label) == (split, label)
    )


@cache
def loaded(recording: SourceRecording) -> Clip:
    """Decode a recording, at one level.

    Raises
    ------
    AudioError
        It is broken.
    DatasetError
        Its package cannot be had.
    """
    if recording.package is GCOMPRIS:
        samples = load_audio(_farm_sounds() / recording.file).samples
    else:
        root = unpacked(recording.package) / _ROOTS[recording.package]
        samples = load_audio(root / recording.file).samples
    source = f"{recording.package.name}/{recording.file.removeprefix('../')}"
    origin = Origin(source, recording.package.licence, recording.package.author)
    return Clip(levelled(samples), origin, recording.label)


@cache
def _farm_sounds() -> Path:
    root = unpacked(GCOMPRIS)
    folder = root / "farm-sounds"
    if not folder.is_dir():
        with TemporaryDirectory(dir=root) as work:
            sounds = Path(work) / "sounds"
            sounds.mkdir()
            for name, content in resource_files(root / _FARM).items():
                if name.startswith(_FARM_FOLDER) and name.endswith(".ogg"):
                    (sounds / Path(name).name).write_bytes(content)
            try:
                sounds.replace(folder)
            except OSError:
                if not folder.is_dir():  # another process was first
                    raise
    return folder


def usable() -> Selection[SourceRecording]:
    """The recordings that can be decoded; the others are named with their fault."""
    return select(RECORDINGS, lambda recording: f"{recording.package.name}/{recording.file}", loaded)
