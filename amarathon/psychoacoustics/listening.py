"""An encoder that is given two ears in one of several ways."""

import numpy as np

from amarathon.errors import ConfigurationError
from amarathon.psychoacoustics.encoder import Encoder
from amarathon.psychoacoustics.presentation import (
    PRESENTATIONS,
    Normalisation,
    as_normalisation,
    presented,
)
from amarathon.psychoacoustics.types import SAMPLE_RATE, Floats


class Listener:
    """An encoder and what of the ears it hears.

    Parameters
    ----------
    encoder : Encoder
    presentation : str
        A key of `PRESENTATIONS`.
    normalisation : {"joint", "per-channel", "none"}

    Raises
    ------
    ConfigurationError
        If the encoder cannot hear it so: one channel has no answer to a binaural question.
    """

    def __init__(
        self, encoder: Encoder, presentation: str = "native", normalisation: Normalisation = "joint"
    ):
        if presentation not in PRESENTATIONS:
            raise ConfigurationError(
                f"There is no presentation {presentation!r}; there are {', '.join(PRESENTATIONS)}."
            )
        together = PRESENTATIONS[presentation][2]
        ones = ", ".join(name for name, (_, _, both) in PRESENTATIONS.items() if not both)
        if together and encoder.channels != 2:
            raise ConfigurationError(
                f"{encoder.identity.name} hears one channel, so a binaural question has no answer natively; "
                f"choose how the two ears are given to it: {ones}."
            )
        if not together and encoder.channels != 1:
            raise ConfigurationError(
                f"{encoder.identity.name} hears two channels at once; {presentation} is for encoders of one. "
                "Use native."
            )
        self.encoder, self.presentation, self.normalisation = (
            encoder,
            presentation,
            as_normalisation(normalisation),
        )

    def heard(self, sound: Floats) -> Floats:
        """The embedding of a sound of shape (2, samples): of both ears, or of each channel, joined."""
        channels = presented(sound, self.presentation, self.normalisation)
        if PRESENTATIONS[self.presentation][2]:
            return self.encoder.embed(channels, SAMPLE_RATE)
        return np.concatenate([self.encoder.embed(channel[None], SAMPLE_RATE) for channel in channels])
