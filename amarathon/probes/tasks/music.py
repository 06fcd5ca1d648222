"""Tasks about music: instrument, pitch, chord, interval, drum, number of notes, genre, kind of sample."""

from collections.abc import Iterator
from hashlib import sha256

from amarathon.audio import SAMPLE_RATE
from amarathon.construction.mini.genres import STYLES
from amarathon.construction.mini.music import take
from amarathon.construction.rendering import Origin
from amarathon.construction.seeds import generator
from amarathon.packages.declared import MMA, SONIC_PI, SOUNDFONT
from amarathon.packages.fetching import unpacked
from amarathon.probes.clips import SPLITS, ProbeClip, ProbeTask, split_groups
from amarathon.probes.tasks.files import readable
from amarathon.probes.tasks.notes import DRUMS, Note, origin, spans
from amarathon.probes.waveforms import Samples

# General MIDI's families of eight programs that sound at a pitch and end; effects and percussion are not.
_FAMILIES = (
    "piano",
    "chromatic percussion",
    "organ",
    "guitar",
    "bass",
    "strings",
    "ensemble",
    "brass",
    "reed",
    "pipe",
    "lead",
)
_PITCHES = (43, 46, 48, 50, 53, 55, 57, 60, 62, 65, 67, 69)
_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
# Programs with a clear pitch, of all families.
_PITCHED = (0, 4, 11, 16, 19, 24, 26, 32, 40, 42, 48, 52, 56, 60, 65, 68, 71, 73, 75, 79, 80, 89)
_CHORDS = {
    "major": (0, 4, 7),
    "minor": (0, 3, 7),
    "diminished": (0, 3, 6),
    "augmented": (0, 4, 8),
    "suspended": (0, 5, 7),
}
_STEPS = tuple(range(1, 13))
_KITS = (0, 8, 16, 24, 25, 32, 40, 48)
_DRUMS = {
    "kick": (35, 36),
    "snare": (38, 40),
    "hi-hat": (42, 46),
    "tom": (45, 48),
    "cymbal": (49, 51),
    "clap": (39,),
    "cowbell": (56,),
    "tambourine": (54,),
}
_KINDS = {
    "ambience": ("ambi",), "bass": ("bass",), "kick": ("bd",), "drum kit": ("drum",), "electronic": ("elec",),
    "glitch": ("glitch",), "guitar": ("guit",), "loop": ("loop",), "percussion": ("perc",),
    "robot": ("mehackit",), "tabla": ("tabla",),
}  # fmt: skip


def _families() -> Iterator[ProbeClip]:
    splits = split_groups([str(pitch) for pitch in _PITCHES], "family", test=0.42)
    for number, family in enumerate(_FAMILIES):
        for program in range(8 * number, 8 * number + 8, 3):
            groups = [[Note(pitch, 0.0, 1.2)] for pitch in _PITCHES]
            for pitch, sound in zip(_PITCHES, spans(program, groups, 1.5), strict=True):
                source = origin(f"program {program}/pitch {pitch}")
                name = f"{program:03d}-{pitch}"
                yield ProbeClip(name, family, splits[str(pitch)], f"pitch {pitch}", sound, source)


def _by_program(task: str, groups: dict[str, list[list[Note]]], seconds: float) -> Iterator[ProbeClip]:
    """Groups of notes by their label, played by every program; programs are held out."""
    splits = split_groups([str(program) for program in _PITCHED], task)
    wanted = [(label, number, notes) for label, each in groups.items() for number, notes in enumerate(each)]
    for program in _PITCHED:
        sounds = spans(program, [notes for _, _, notes in wanted], seconds)
        for (label, number, _), sound in zip(wanted, sounds, strict=True):
            name = f"{program:03d}-{label}-{number}"
            source = origin(f"program {program}/{label} {number}")
            yield ProbeClip(name, label, splits[str(program)], f"program {program}", sound, source)


def _pitch_classes() -> Iterator[ProbeClip]:
    groups = {name: [[Note(60 + number, 0.0, 1.2)]] for number, name in enumerate(_NAMES)}
    return _by_program("pitch-class", groups, 1.5)


def _chords() -> Iterator[ProbeClip]:
    groups = {
        label: [[Note(root + step, 0.0, 1.4, 80) for step in steps] for root in (55, 58, 62)]
        for label, steps in _CHORDS.items()
    }
    return _by_program("chord", groups, 1.7)


def _melodic_intervals() -> Iterator[ProbeClip]:
    groups = {
        f"{step:02d}": [[Note(root, 0.0, 0.7), Note(root + step, 0.7, 0.7)] for root in (57,)]
        for step in _STEPS
    }
    return _by_program("interval", groups, 1.6)


def _voices() -> Iterator[ProbeClip]:
    """One to four notes together, drawn from a fifth and an octave so that the range does not tell."""
    groups = {}
    for count in (1, 2, 3, 4):
        rng = generator("probe polyphony", count)
        groups[str(count)] = [
            [Note(52 + int(step), 0.0, 1.4, 80) for step in rng.choice(20, count, replace=False)]
            for _ in range(4)
        ]
    return _by_program("polyphony", groups, 1.7)


def _drums() -> Iterator[ProbeClip]:
    """Drums of eight kits; kits share some of their samples, so it is the sample that is held out."""
    for label, pitches in _DRUMS.items():
        found: dict[str, tuple[int, int, list[Samples]]] = {}
        for kit in _KITS:
            for pitch in pitches:
                groups = [[Note(pitch, 0.0, 0.5, velocity)] for velocity in (60, 90, 120)]
                sounds = spans(kit, groups, 1.0, channel=DRUMS)
                found.setdefault(sha256(sounds[0].tobytes()).hexdigest(), (kit, pitch, sounds))
        names = {key: f"kit {kit}/drum {pitch}" for key, (kit, pitch, _) in found.items()}
        splits = split_groups(sorted(names.values()), "drum", label)
        for key, (_, _, sounds) in found.items():
            for number, sound in enumerate(sounds):
                name, source = f"{label}-{names[key]}-{number}", origin(f"{names[key]}/{number}")
                yield ProbeClip(name, label, splits[names[key]], names[key], sound, source)


def _genres() -> Iterator[ProbeClip]:
    """Spans of some takes of each groove file, split as the benchmark's music task splits the files."""
    for genre, style in STYLES.items():
        for part in SPLITS:
            files = style.grooves[part]
            for file, grooves in files.items():
                takes = {"train": 4, "validation": 3, "test": 4}[part]
                for number in range(takes):
                    clip = take(genre, file, grooves, number)
                    for start_s in (4.0, 13.0):
                        sound = clip.samples[round(start_s * SAMPLE_RATE) :]
                        source = clip.origin
                        name = f"{file.replace('/', '-')}-{number}-{start_s:g}"
                        yield ProbeClip(f"{genre}-{name}", genre, part, file, sound, source)


def _kinds() -> Iterator[ProbeClip]:
    folder = next(unpacked(SONIC_PI).rglob("bd_haus.flac")).parent
    for label, beginnings in _KINDS.items():
        files = [path for path in sorted(folder.glob("*.flac")) if path.stem.split("_")[0] in beginnings]
        # Takes of one sound differ by a number at most: they stay together.
        stems = {path: path.stem.rstrip("0123456789") for path in files}
        families = sorted(set(stems.values()))
        whole = families if len(families) >= 4 else [path.stem for path in files]
        splits = split_groups(whole, "kind", label)
        for path, sound in readable(files):
            group = stems[path] if len(families) >= 4 else path.stem
            source = Origin(f"{SONIC_PI.name}/{path.stem}", SONIC_PI.licence, SONIC_PI.author)
            yield ProbeClip(path.stem, label, splits[group], group, sound, source)


_FONT = (SOUNDFONT,)
_ONE_FONT = "One SoundFont plays all of it."
MUSIC = (
    ProbeTask(
        "family", "Family of instruments, of eleven", "music", "pitches", 1.5, _families, _FONT, _ONE_FONT
    ),
    ProbeTask("pitch-class", "Pitch class", "music", "instruments", 1.5, _pitch_classes, _FONT, _ONE_FONT),
    ProbeTask("chord", "Kind of chord, of five", "music", "instruments", 1.7, _chords, _FONT, _ONE_FONT),
    ProbeTask(
        "interval",
        "Interval between two notes, of twelve",
        "music",
        "instruments",
        1.6,
        _melodic_intervals,
        _FONT,
        "One root: the second note's pitch tells it too.",
    ),
    ProbeTask(
        "polyphony", "Notes at once, one to four", "music", "instruments", 1.7, _voices, _FONT, _ONE_FONT
    ),
    ProbeTask("drum", "Drum, of eight", "music", "samples of drums", 1.0, _drums, _FONT, _ONE_FONT),
    ProbeTask("genre", "Genre, of six", "music", "groove files", 4.0, _genres, (MMA, SOUNDFONT), _ONE_FONT),
    ProbeTask(
        "sample-kind", "Kind of a musician's sample, of eleven", "music", "samples", 2.5, _kinds, (SONIC_PI,)
    ),
)
