"""Music from a groove's name: MMA writes the notes, a SoundFont plays them.

Takes are kept in the cache folder: each is made once, in about a second.
"""

import io
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile
import soxr
from filelock import FileLock

from amarathon.audio import SAMPLE_RATE, load_audio, write_flac
from amarathon.construction.merging import Clip, Samples, levelled
from amarathon.construction.mini.genres import STYLES, Style, chords
from amarathon.construction.rendering import Origin
from amarathon.construction.seeds import chosen, digest, generator
from amarathon.errors import DatasetError
from amarathon.files import replacing
from amarathon.packages.declared import MMA, SOUNDFONT
from amarathon.packages.fetching import unpacked
from amarathon.settings import cache_folder

TAKE_S = 24.0
# Of each groove file. Those of training are few, so more is heard of each.
TAKES = {"train": 40, "validation": 6, "test": 6}
_LICENCE = SOUNDFONT.licence
_AUTHOR = f"{MMA.author}; {SOUNDFONT.author}"
_VERSION = 2

# General MIDI's programs 0 to 31, 32 to 39 and 40 to 111, as MMA spells them.
_CHORDS = (
    "Piano1 Piano2 Piano3 Honky-TonkPiano RhodesPiano EPiano HarpsiChord Clavinet Celesta Glockenspiel "
    "MusicBox Vibraphone Marimba Xylophone TubularBells Santur Organ1 Organ2 Organ3 ChurchOrgan ReedOrgan "
    "Accordion Harmonica Bandoneon NylonGuitar SteelGuitar JazzGuitar CleanGuitar MutedGuitar "
    "OverDriveGuitar DistortionGuitar DistortonGuitar GuitarHarmonics"
)
_BASSES = (
    "AcousticBass FingeredBass PickedBass FretlessBass SlapBass1 SlapBass2 SynthBass1 SynthBass2 ContraBass"
)
_TUNES = (
    "Violin Viola Cello TremoloStrings PizzicatoString OrchestralHarp Strings SlowStrings SynthStrings1 "
    "SynthStrings2 ChoirAahs VoiceOohs SynthVox Trumpet Trombone Tuba MutedTrumpet FrenchHorn BrassSection "
    "SynthBrass1 SynthBrass2 SopranoSax AltoSax TenorSax BaritoneSax Oboe EnglishHorn Bassoon Clarinet "
    "Piccolo Flute Recorder PanFlute Whistle Ocarina SquareWave SawWave Charang SoloVoice Bass&Lead "
    "Fantasia WarmPad PolySynth SpaceVoice BowedGlass MetalPad HaloPad SweepPad Banjo Fiddle"
)


def take(genre: str, file: str, grooves: Sequence[str], number: int) -> Clip:
    """Let a genre's band play a groove for `TAKE_S` seconds.

    Parameters
    ----------
    genre, file : str
        A genre of `STYLES` and a groove file.
    grooves : sequence of str
        Those of the file that may be played.
    number : int
        Of the take; it decides groove, key, tempo and chords.

    Returns
    -------
    Clip
    """
    style = STYLES[genre]
    rng = generator("take", _VERSION, genre, file, number)
    groove = chosen(rng, grooves)
    tempo = int(rng.integers(style.tempo[0], style.tempo[1] + 1))
    key = int(rng.integers(12))
    progression = chords(chosen(rng, style.progressions), key)
    score = _score(style, file, groove, tempo, progression, int(rng.integers(1, 10_000)))
    name = f"{digest(score, MMA.sha256, SOUNDFONT.sha256).hex()[:32]}.flac"
    path = cache_folder() / "music" / name
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{path}.lock"):
            if not path.is_file():
                write_flac(path, levelled(_played(_midi(score, file))))
    origin = Origin(f"mma/{file}:{groove}", _LICENCE, _AUTHOR, group=f"mma/{file}")
    return Clip(_decoded(path), origin, genre)


@lru_cache(maxsize=64)
def _decoded(path: Path) -> Samples:
    return load_audio(path).samples


def _score(style: Style, file: str, groove: str, tempo: int, progression: list[str], seed: int) -> str:
    """An MMA file: enough bars for a take, in any metre, played by the genre's band."""
    bars = int(TAKE_S * tempo / 60 / 2) + 2
    lines = [f"RndSeed {seed}", f"Tempo {tempo}", _instruments(style.band)]
    lines += [f"Use {file}", f"Groove {groove}"]
    lines += [f"{bar + 1} {progression[bar % len(progression)]}" for bar in range(bars)]
    return "\n".join(lines) + "\n"


def _instruments(band: tuple[str, str, str]) -> str:
    """Let a band play what was written for other instruments of the same kind; drums and effects stay."""
    kinds = zip((_CHORDS, _BASSES, _TUNES), band, strict=True)
    return "VoiceTr " + " ".join(f"{name}={played}" for names, played in kinds for name in names.split())


def _midi(score: str, file: str) -> bytes:
    root = unpacked(MMA)
    program = root / "usr/share/mma/mma.py"
    if not program.exists():
        # MMA looks for its modules beside its program; Debian keeps the two apart.
        with replacing(program) as partial:
            shutil.copyfile(root / "usr/bin/mma", partial)
    with TemporaryDirectory() as work:
        source, target = Path(work) / "score.mma", Path(work) / "score.mid"
        source.write_text(score, encoding="ascii")
        done = subprocess.run(
            [sys.executable, str(program), "-f", str(target), str(source)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0 or not target.is_file():
            reason = (done.stdout + done.stderr).strip().replace("\n", " ")
            raise DatasetError(f"MMA cannot play the groove file {file}: {reason}")
        return target.read_bytes()


def _played(midi: bytes) -> Samples:
    try:
        import midirenderer
    except ModuleNotFoundError:
        raise DatasetError("The music player is not installed: run pip install midirenderer.") from None
    font = (unpacked(SOUNDFONT) / "usr/share/sounds/sf2/TimGM6mb.sf2").read_bytes()
    wave, rate = soundfile.read(io.BytesIO(midirenderer.render_wave_from(font, midi)), dtype="float32")
    mono = wave.mean(axis=1)
    samples = np.asarray(soxr.resample(mono, rate, SAMPLE_RATE), np.float32)
    return samples[: round(TAKE_S * SAMPLE_RATE)]
