"""Notes to sound: a Standard MIDI File written here, played by the SoundFont that the project uses."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import soundfile
import soxr

from amarathon.audio import SAMPLE_RATE
from amarathon.construction.rendering import Origin
from amarathon.errors import DatasetError
from amarathon.packages.declared import SOUNDFONT
from amarathon.packages.fetching import unpacked
from amarathon.probes.waveforms import Samples

DRUMS = 9
# At 120 beats a minute, the default, a second has this many.
_TICKS_PER_BEAT = 480
_TICKS_PER_S = 2 * _TICKS_PER_BEAT


@dataclass(frozen=True)
class Note:
    """One note.

    Attributes
    ----------
    pitch : int
        MIDI's number; 60 is middle C. On the drum channel, the drum.
    start_s, length_s : float
    velocity : int
    """

    pitch: int
    start_s: float
    length_s: float
    velocity: int = 96


def played(program: int, notes: Sequence[Note], *, channel: int = 0) -> Samples:
    """Play notes by one of General MIDI's programs (from 0), 16 kHz mono.

    Raises
    ------
    DatasetError
        The player is not installed, or the SoundFont cannot be had.
    """
    try:
        import midirenderer
    except ModuleNotFoundError:
        raise DatasetError("The music player is not installed: run pip install midirenderer.") from None
    wave = midirenderer.render_wave_from(_font(), midi_file(program, notes, channel=channel))
    stereo, rate = soundfile.read(io.BytesIO(wave), dtype="float32")
    return np.asarray(soxr.resample(stereo.mean(axis=1), rate, SAMPLE_RATE), np.float32)


def spans(
    program: int, groups: Sequence[Sequence[Note]], seconds: float, *, channel: int = 0
) -> list[Samples]:
    """Play several groups of notes in one go, each in a span of its own, a second apart."""
    width = seconds + 1.0
    notes = [
        Note(note.pitch, note.start_s + number * width, note.length_s, note.velocity)
        for number, group in enumerate(groups)
        for note in group
    ]
    sound = played(program, notes, channel=channel)
    starts = [round(number * width * SAMPLE_RATE) for number in range(len(groups))]
    return [sound[start : start + round(seconds * SAMPLE_RATE)] for start in starts]


def origin(what: str) -> Origin:
    """Whose the SoundFont is, as the source of something that it played."""
    return Origin(f"{SOUNDFONT.name}/{what}", SOUNDFONT.licence, SOUNDFONT.author)


def midi_file(program: int, notes: Sequence[Note], *, channel: int = 0) -> bytes:
    """A Standard MIDI File of format 0 (RP-001): one track, 120 beats a minute."""
    events = []
    for note in notes:
        start, end = (round(time * _TICKS_PER_S) for time in (note.start_s, note.start_s + note.length_s))
        # At one moment, notes end before others begin.
        events.append((end, 0, bytes([0x80 | channel, note.pitch, 0])))
        events.append((start, 1, bytes([0x90 | channel, note.pitch, note.velocity])))
    track, at = bytes([0, 0xC0 | channel, program]), 0
    for tick, _, message in sorted(events):
        track += _length(tick - at) + message
        at = tick
    track += bytes([0, 0xFF, 0x2F, 0])
    head = b"MThd" + (6).to_bytes(4, "big") + (0).to_bytes(2, "big") + (1).to_bytes(2, "big")
    return head + _TICKS_PER_BEAT.to_bytes(2, "big") + b"MTrk" + len(track).to_bytes(4, "big") + track


def _length(ticks: int) -> bytes:
    """A number as MIDI writes it: seven bits a byte, all but the last marked."""
    found = [ticks & 127]
    while ticks := ticks >> 7:
        found.append(ticks & 127 | 128)
    return bytes(reversed(found))


@lru_cache(maxsize=1)
def _font() -> bytes:
    return (unpacked(SOUNDFONT) / "usr/share/sounds/sf2/TimGM6mb.sf2").read_bytes()
