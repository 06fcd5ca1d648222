"""What of the two ears an encoder is given, and how it is levelled."""

from collections.abc import Callable
from typing import Literal

import numpy as np

from amarathon.errors import ConfigurationError
from amarathon.psychoacoustics.types import Floats

Normalisation = Literal["joint", "per-channel", "none"]
NORMALISATIONS: dict[Normalisation, str] = {
    "joint": "One gain for both channels: unit variance over the two. The difference of the ears stays.",
    "per-channel": "Unit variance in each channel, as the paper does. Noise plus and noise minus a signal "
    "differ in energy by their sample correlation, so the two ears get different gains: a level cue of the "
    "pipeline's making.",
    "none": "As they are: the noise has an RMS of 1.",
}


def _left(sound: Floats) -> Floats:
    return sound[:1]


def _downmix(sound: Floats) -> Floats:
    return (sound[:1] + sound[1:]) / 2


def _mid_side(sound: Floats) -> Floats:
    return np.stack([sound[0] + sound[1], sound[0] - sound[1]]) / 2


def _both(sound: Floats) -> Floats:
    return sound


# Name: what it is, what it does, and whether the channels are given together (or one after the other).
PRESENTATIONS: dict[str, tuple[str, Callable[[Floats], Floats], bool]] = {
    "native": ("Both ears at once, to an encoder with two inputs.", _both, True),
    "left": ("The left ear alone. A control: exactly 0 dB, bit for bit.", _left, False),
    "dual": ("Each ear by itself, the two embeddings joined. About 0 dB.", _both, False),
    "mid-side": (
        "Half the sum and half the difference of the ears, each by itself, the two embeddings joined. Any "
        "encoder is sensitive to phase then: a reference, no achievement.",
        _mid_side,
        False,
    ),
    "downmix": ("The mean of the ears. An antiphasic signal is gone: the floor.", _downmix, False),
}


def presented(sound: Floats, presentation: str, normalisation: Normalisation = "joint") -> Floats:
    """Channels chosen first, then levelled: a control's two stimuli stay the same bit for bit.

    Parameters
    ----------
    sound : array of shape (2, samples)
    presentation : str
        A key of `PRESENTATIONS`.
    normalisation : {"joint", "per-channel", "none"}

    Returns
    -------
    array of shape (1 or 2, samples)

    Raises
    ------
    ConfigurationError
        If there is no second ear, or no such presentation.
    """
    check_two_ears(sound)
    if presentation not in PRESENTATIONS:
        raise ConfigurationError(
            f"There is no presentation {presentation!r}; there are {', '.join(PRESENTATIONS)}."
        )
    return normalised(PRESENTATIONS[presentation][1](sound), normalisation)


def normalised(channels: Floats, normalisation: Normalisation) -> Floats:
    """Level channels of shape (channels, samples); silence stays silent."""
    if normalisation == "none":
        return channels
    variance = channels.var(axis=-1, keepdims=True)
    if normalisation == "joint":
        variance = variance.mean(axis=0, keepdims=True)
    levelled: Floats = channels / np.sqrt(np.where(variance > 0, variance, 1.0))
    return levelled


def as_normalisation(name: str) -> Normalisation:
    """A normalisation by its name.

    Raises
    ------
    ConfigurationError
        If there is none.
    """
    for known in NORMALISATIONS:
        if name == known:
            return known
    raise ConfigurationError(f"There is no normalisation {name!r}; there are {', '.join(NORMALISATIONS)}.")


def check_two_ears(sound: Floats) -> None:
    """Refuse what has no two ears.

    Raises
    ------
    ConfigurationError
    """
    if sound.ndim != 2 or sound.shape[0] != 2:
        channels = "one channel" if sound.ndim == 1 or sound.shape[0] == 1 else f"{sound.shape[0]} channels"
        raise ConfigurationError(
            f"A binaural question needs two ears, an array of shape (2, samples); this sound has {channels}."
        )
