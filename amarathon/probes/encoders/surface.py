"""A control: what a clip's length and level say. A task that it solves is solved without listening."""

import numpy as np

from amarathon.audio import SAMPLE_RATE
from amarathon.probes.encoders.encoder import Encoder, EncoderIdentity, States
from amarathon.probes.waveforms import Samples


class Surface(Encoder):
    """Seconds, level and peak in dBFS, and the share of samples near silence."""

    layers = ("0",)
    identity = EncoderIdentity("surface", "Length and level", "1", "", "Apache-2.0", "this project")

    def states(self, waveform: Samples) -> States:
        """See `Encoder.states`: one frame."""
        level = float(np.sqrt(np.mean(np.square(waveform, dtype=np.float64))))
        peak = float(np.abs(waveform).max())
        quiet = float((np.abs(waveform) < level / 10).mean())
        row = [len(waveform) / SAMPLE_RATE, 20 * np.log10(level), 20 * np.log10(peak), quiet]
        return {"0": np.array([row], np.float32)}


def load() -> Encoder:
    """Make it."""
    return Surface()
