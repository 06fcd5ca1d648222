"""Which MMA grooves are which genre, how they are played, and which split each groove file serves.

A groove's genre is what its library calls it. Of GTZAN's ten genres those are used that enough
groove files are named after: reggae and disco have one or two, classical none, and the pop ones
are ballads, dances and marches that a listener would not call one genre. Libraries agree so little
on how a genre sounds that the instruments are set by rule: chords, bass and tune have a genre's own.
Grooves of drums alone are left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Style:
    """How a genre is played.

    Attributes
    ----------
    band : tuple of str
        General MIDI names, as MMA spells them, of what plays the chords, the bass and the tune.
    tempo : tuple of int
        Slowest and fastest, beats a minute.
    progressions : tuple of str
        Chords by bar, as degrees of a scale: ``"1 4 1 5"``; m for minor, 7 as it is written.
    grooves : mapping of str to mapping of str to tuple of str
        Split, groove file in MMA's library without ending, grooves in it.
    """

    band: tuple[str, str, str]
    tempo: tuple[int, int]
    progressions: tuple[str, ...]
    grooves: Mapping[str, Mapping[str, tuple[str, ...]]]


STYLES: Mapping[str, Style] = {
    "blues": Style(
        ("Honky-TonkPiano", "FingeredBass", "Harmonica"),
        (84, 124),
        ("17 17 17 17 47 47 17 17 57 47 17 57", "17 47 17 17 47 47 17 17 57 47 17 17"),
        {
            "train": {
                "stdlib/blues": ("Blues", "BluesTriple"),
                "stdlib/slowblues": ("SlowBlues",),
                "stdlib/blues128": ("Blues128",),
            },
            "validation": {"stdlib/countryblues": ("CountryBlues", "CountryBluesWalk")},
            "test": {"stdlib/fastblues": ("FastBlues", "FastBluesWalk"), "casio/blues": ("Blues",)},
        },
    ),
    "country": Style(
        ("SteelGuitar", "AcousticBass", "Fiddle"),
        (100, 150),
        ("1 1 4 4 1 1 5 5 1 1 4 4 1 5 1 1", "1 4 1 5 1 4 5 1"),
        {
            "train": {
                "stdlib/countryswing": ("CountrySwing", "CountrySwing1"),
                "stdlib/hillcountry": ("HillCountry", "HillCountryPlus"),
            },
            "validation": {"stdlib/slowcountry": ("SlowCountry", "SlowCountryWalk")},
            "test": {"stdlib/bluegrass": ("BlueGrass",), "yamaha/western": ("WesternMainA",)},
        },
    ),
    "hiphop": Style(
        ("EPiano", "SynthBass1", "SynthStrings2"),
        (84, 100),
        ("1m 1m 4m 1m", "1m b6 b7 1m", "1m 1m 1m 5m"),
        {
            "train": {
                "alexis/hiphop": ("HipHop", "HipHopPlus1", "HipHopPlus2"),
            },
            "validation": {"casio/triphop": ("TripHop",)},
            "test": {"casio/hip-hop": ("Hip-Hop",)},
        },
    ),
    "jazz": Style(
        ("Piano1", "AcousticBass", "TenorSax"),
        (120, 190),
        ("2m7 57 1M7 6m7 2m7 57 1M7 1M7", "1M7 67 2m7 57 3m7 67 2m7 57"),
        {
            "train": {
                "stdlib/swing": ("Swing", "SwingWalk"),
                "stdlib/modernjazz": ("ModernJazz", "ModernJazz1"),
                "stdlib/jazzguitar": ("JazzGuitar", "JazzGuitarWalk"),
            },
            "validation": {"stdlib/jazzcombo": ("JazzCombo", "JazzCombo1")},
            "test": {
                "stdlib/bebop": ("Bebop", "BebopPlus"),
                "yamaha/jazztrio": ("JazzTrioMainA",),
                "casio/jazzcombo": ("JazzCombo",),
            },
        },
    ),
    "metal": Style(
        ("DistortionGuitar", "PickedBass", "DistortionGuitar"),
        (130, 180),
        ("1 1 b6 b7 1 1 b2 1", "1 b3 b2 1 1 b3 4 b2", "1 1 1 b7 b6 b6 b7 1"),
        {
            "train": {
                "pflib/metal1": ("metal1A", "metal1B"),
            },
            "validation": {"casio/heavymetal": ("HeavyMetal",)},
            "test": {"pflib/metal2": ("metal2A", "metal2B")},
        },
    ),
    "rock": Style(
        ("OverDriveGuitar", "PickedBass", "Organ3"),
        (110, 140),
        ("1 b7 4 1", "1 5 6m 4", "1 4 5 4", "1 1 4 5"),
        {
            "train": {
                "stdlib/basicrock": ("BasicRock", "BasicRock4"),
                "stdlib/60srock": ("60sRock", "60sRock1"),
                "casio/rock1": ("Rock1",),
            },
            "validation": {"casio/digitalrock": ("DigitalRock",)},
            "test": {"pflib/rock1": ("rock1A", "rock1B"), "casio/rock2": ("Rock2",)},
        },
    ),
}
GENRES = tuple(STYLES)
_NOTES = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
_DEGREES = {"1": 0, "b2": 1, "2": 2, "b3": 3, "3": 4, "4": 5, "5": 7, "b6": 8, "6": 9, "b7": 10, "7": 11}


def chords(progression: str, key: int) -> list[str]:
    """The chords of a progression in a key, e.g. ``["C7", "F7"]``.

    Parameters
    ----------
    progression : str
        See `Style`.
    key : int
        Semitones over C.

    Returns
    -------
    list of str
    """
    found = []
    for bar in progression.split():
        length = 2 if bar[0] == "b" else 1
        degree, quality = bar[:length], bar[length:]
        found.append(_NOTES[(_DEGREES[degree] + key) % 12] + quality)
    return found
