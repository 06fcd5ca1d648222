"""Log-mel statistics: what a spectrogram's mean and deviation say, without anything learned."""

from typing import ClassVar

import numpy as np

from amarathon.probes.encoders.encoder import Encoder, EncoderIdentity, Pooling, States
from amarathon.probes.encoders.mel import mel_power
from amarathon.probes.waveforms import Samples

_FFT, _HOP, _BANDS = 400, 160, 80
_FLOOR = 1e-10


class LogMel(Encoder):
    """80 bands at 100 frames a second, as Whisper's, in decibels."""

    pooling: ClassVar[Pooling] = "mean+std"
    layers = ("0",)
    identity = EncoderIdentity("logmel", "Log-mel statistics", "1", "", "Apache-2.0", "this project")

    def states(self, waveform: Samples) -> States:
        """See `Encoder.states`."""
        power = mel_power(waveform, fft=_FFT, hop=_HOP, bands=_BANDS)
        return {"0": 10 * np.log10(np.maximum(power, np.float32(_FLOOR)))}


def load() -> Encoder:
    """Make it."""
    return LogMel()
