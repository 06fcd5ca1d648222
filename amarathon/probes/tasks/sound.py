"""Tasks about sounds: which category, event or scene, and how many."""

from collections.abc import Iterator

import numpy as np

from amarathon.audio import SAMPLE_RATE
from amarathon.construction.merging import levelled
from amarathon.construction.mini import layers
from amarathon.construction.mini.made_events import MAKERS, made_event
from amarathon.construction.mini.noise import pink
from amarathon.construction.mini.scenes import SCENES, composed
from amarathon.construction.rendering import Origin
from amarathon.construction.seeds import generator
from amarathon.datasets.licences import OWN
from amarathon.packages.declared import SCRATCH
from amarathon.packages.fetching import unpacked
from amarathon.probes.clips import ProbeClip, ProbeTask, Split, split_groups
from amarathon.probes.tasks.files import readable
from amarathon.probes.waveforms import Samples

_AUTHOR = "made by this project"
_EACH: dict[Split, int] = {"train": 16, "validation": 5, "test": 10}


def _drawn(label: str, split: Split, number: int, samples: Samples) -> ProbeClip:
    """A sound that is computed anew: nothing of it is in another clip."""
    name = f"{label}-{split}-{number:02d}"
    return ProbeClip(name, label, split, f"made/{name}", samples, Origin(f"made/{name}", OWN, _AUTHOR))


def _categories() -> Iterator[ProbeClip]:
    root = unpacked(SCRATCH) / "usr/share/scratch/Media/Sounds"
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        files = sorted(folder.iterdir())
        # Dog1 and Dog2 are takes of one sound.
        stems = {path: path.stem.rstrip("0123456789").rstrip("-") for path in files}
        splits = split_groups(sorted(set(stems.values())), "category", folder.name)
        for path, sound in readable(files):
            group = f"{folder.name}/{stems[path]}"
            source = Origin(f"{SCRATCH.name}/{folder.name}/{path.name}", SCRATCH.licence, SCRATCH.author)
            name = f"{folder.name}-{path.stem}"
            yield ProbeClip(name, folder.name, splits[stems[path]], group, sound, source)


def _noisy_events() -> Iterator[ProbeClip]:
    """Events at 0 dB in pink noise, each anywhere in 3 s: alone, their length and level tell them apart."""
    for label in MAKERS:
        for split, count in _EACH.items():
            for number in range(count):
                rng = generator("probe noisy event", label, split, number)
                event = made_event(label, rng).samples[: 2 * SAMPLE_RATE]
                sound = levelled(pink(3 * SAMPLE_RATE, rng))
                start = int(rng.integers(0, len(sound) - len(event) + 1))
                sound[start : start + len(event)] += levelled(event)
                yield _drawn(label, split, number, sound)


def _scenes() -> Iterator[ProbeClip]:
    for label in SCENES:
        for split, count in _EACH.items():
            for number in range(count):
                rng = generator("probe scene", label, split, number)
                yield _drawn(label, split, number, composed(label, 6.0, split, rng))


def _counts() -> Iterator[ProbeClip]:
    """One to four strokes of a bell at random times over a city far away."""
    for count in (1, 2, 3, 4):
        for split, many in _EACH.items():
            for number in range(many):
                rng = generator("probe count", count, split, number)
                sound = levelled(layers.rumble(4 * SAMPLE_RATE, rng, 300), -40.0)
                for place in rng.permutation(4)[:count]:
                    stroke = layers.bicycle_bell(rng)[: SAMPLE_RATE * 4 // 5]
                    start = int(place) * SAMPLE_RATE + int(rng.integers(0, SAMPLE_RATE // 6))
                    sound[start : start + len(stroke)] += np.float32(0.2) * stroke
                yield _drawn(str(count), split, number, sound)


_COMPUTED = "Computed sounds, drawn anew for every clip: no source is shared, and none is a recording."
SOUND = (
    ProbeTask("category", "Category of a sound, of eight", "sound", "sounds", 2.5, _categories, (SCRATCH,)),
    ProbeTask("noisy-event", "Event in noise, of six", "sound", "draws", 3.0, _noisy_events, note=_COMPUTED),
    ProbeTask(
        "scene", "Acoustic scene, of ten", "sound", "draws and voices", 6.0, _scenes,
        note=f"{_COMPUTED} Voices in the background are espeak-ng's, other ones in every split.",
    ),
    ProbeTask("count", "Strokes of a bell, one to four", "sound", "draws", 4.0, _counts, note=_COMPUTED),
)  # fmt: skip
