"""The synthetic speakers: espeak-ng variants, accents and vocal-tract sizes, disjoint between splits."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from amarathon.construction.rendering import Origin
from amarathon.construction.seeds import chosen
from amarathon.datasets.licences import OWN

GENDERS = ("male", "female")
AUTHOR = "made by this project (espeak-ng)"

# A speaker is a variant: its formants, pitch and voice quality. Variants that are copies of one
# another (Lee and Andy, belinda and linda), robots, whisperers and those hard to follow are left out.
VARIANTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "train": {
        "male": ("m1", "m3", "m4", "m7", "Andy", "ed", "Mike", "michel", "rob", "victor", "david"),
        "female": ("f1", "f2", "f5", "Andrea", "anika", "aunty"),
    },
    "validation": {"male": ("m2", "quincy", "ian"), "female": ("f3", "Annie")},
    "test": {
        "male": ("m5", "m6", "m8", "Gene", "john"),
        "female": ("f4", "steph", "steph2"),
    },
}
# Accents that Whisper tiny.en, too, makes out: Scottish and Caribbean espeak-ng it mostly does not.
ACCENTS = ("en-us", "en", "en-gb-x-rp")
_SIZES = (0.94, 1.06)


@dataclass(frozen=True)
class Voice:
    """A speaker.

    Attributes
    ----------
    accent, variant, gender : str
    size : float
        Of the vocal tract, see `amarathon.construction.synthesis.synthesise`.
    """

    accent: str
    variant: str
    gender: str
    size: float

    @property
    def name(self) -> str:
        """What espeak-ng calls it."""
        return f"{self.accent}+{self.variant}"

    @property
    def origin(self) -> Origin:
        """The speaker as a source: what must not cross splits is the variant."""
        return Origin(
            f"espeak-ng/{self.name}@{self.size:.3f}", OWN, AUTHOR, group=f"espeak-ng/{self.variant}"
        )


def draw_voice(
    split: str, gender: str, rng: np.random.Generator, accents: tuple[str, ...] = ACCENTS
) -> Voice:
    """Draw a speaker of a split.

    Parameters
    ----------
    split, gender : str
    rng : numpy.random.Generator
    accents : tuple of str

    Returns
    -------
    Voice
    """
    variant = chosen(rng, VARIANTS[split][gender])
    return Voice(chosen(rng, accents), variant, gender, round(float(rng.uniform(*_SIZES)), 3))
