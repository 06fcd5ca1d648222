"""What is listened for in the noise: tones, speech, speech from a direction."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from amarathon.assets import Asset, asset_path, bundled_assets
from amarathon.audio import load_audio
from amarathon.errors import ConfigurationError
from amarathon.psychoacoustics.hrtf import kemar
from amarathon.psychoacoustics.stimuli import (
    Trial,
    antiphase_trial,
    gated,
    masking_noise,
    mixed,
    of_rms_1,
    on_grid,
    tone,
)
from amarathon.psychoacoustics.types import SAMPLE_RATE, Floats

# Bundled telephone prompts (Asterisk, CC-BY-SA-3.0).
PROMPTS = "samples/asr-"
SIDE_DEG = 90.0
QUIETEST = 0.02


@dataclass(frozen=True)
class Target:
    """A kind of signal.

    Attributes
    ----------
    name, about : str
    has_frequency : bool
        Whether cells differ in frequency.
    trial : callable
        ``trial(seed, frequency_hz, snr_db, samples)``.
    """

    name: str
    about: str
    has_frequency: bool
    trial: Callable[[int, float | None, float, int], Trial]


def _tone(seed: int, frequency_hz: float | None, snr_db: float, samples: int) -> Trial:
    if frequency_hz is None:
        raise ConfigurationError("A tone needs a frequency.")
    return antiphase_trial(masking_noise(seed, samples), tone(seed, frequency_hz, samples), snr_db)


def _speech(seed: int, frequency_hz: float | None, snr_db: float, samples: int) -> Trial:
    return antiphase_trial(masking_noise(seed, samples), prompt(seed, samples), snr_db)


def _placed_speech(seed: int, frequency_hz: float | None, snr_db: float, samples: int) -> Trial:
    """Noise from the front; speech from the front, and from a side that the seed chooses."""
    head = kemar()
    side = SIDE_DEG if seed % 2 else -SIDE_DEG
    spoken = prompt(seed, samples)
    noise = of_rms_1(head.placed(masking_noise(seed, samples)[0], 0.0))
    front, beside = (of_rms_1(head.placed(spoken, azimuth)) for azimuth in (0.0, side))
    return mixed(on_grid(noise), front, beside, snr_db)


TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        Target("tone", "A tone, in antiphase at the right ear against in phase.", True, _tone),
        Target(
            "speech",
            "A piece of a telephone prompt, in antiphase against in phase. Its envelopes are a cue as well: "
            "no proof of phase.",
            False,
            _speech,
        ),
        Target(
            "kemar",
            "The same prompts through KEMAR's ears: from 90 degrees left or right against from the front, "
            "the noise from the front. Fetches the package libmysofa1.",
            False,
            _placed_speech,
        ),
    )
}


def make_trial(target: str, seed: int, frequency_hz: float | None, snr_db: float, samples: int) -> Trial:
    """The three sounds of a seed.

    Raises
    ------
    ConfigurationError
        If there is no such target, or it cannot be made so.
    """
    if target not in TARGETS:
        raise ConfigurationError(f"There is no target {target!r}; there are {', '.join(TARGETS)}.")
    return TARGETS[target].trial(seed, frequency_hz, snr_db, samples)


def prompt(seed: int, samples: int) -> Floats:
    """A piece of a bundled prompt that the seed chooses, of RMS 1, shape (samples,)."""
    generator = np.random.default_rng([seed, 3])
    names = [asset.path for asset in _prompts()]
    recording = _recording(names[generator.integers(len(names))])
    if samples >= len(recording):
        raise ConfigurationError(f"Bundled speech has no piece of {samples / SAMPLE_RATE:g} s; ask for less.")
    while True:
        start = generator.integers(0, len(recording) - samples)
        piece = gated(recording[start : start + samples])
        if np.sqrt(np.mean(piece**2)) > QUIETEST:
            return of_rms_1(piece)


def _prompts() -> list[Asset]:
    return [asset for asset in bundled_assets() if asset.path.startswith(PROMPTS)]


@lru_cache(maxsize=8)
def _recording(path: str) -> Floats:
    return load_audio(asset_path(path)).samples.astype(np.float64)
