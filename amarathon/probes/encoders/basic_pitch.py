"""Basic Pitch: what it believes of every pitch at every moment, 440 numbers 86 times a second.

References
----------
Bittner et al., "A Lightweight Instrument-Agnostic Model for Polyphonic Note Transcription and Multipitch
Estimation" (arXiv 2203.09893).
"""

from typing import Any

import numpy as np
import soxr

from amarathon.audio import SAMPLE_RATE
from amarathon.packages.declared import BASIC_PITCH
from amarathon.packages.fetching import unpacked
from amarathon.probes.encoders.encoder import Encoder, EncoderIdentity, States
from amarathon.probes.encoders.onnx import open_graph
from amarathon.probes.waveforms import Samples

_RATE, _HOP = 22_050, 256
_WINDOW, _FRAMES = 43_844, 172
# Frames at either end of a window that its program drops: they see too little of the sound.
_EDGE = 15
_KEPT = _FRAMES - 2 * _EDGE


class BasicPitch(Encoder):
    """Onsets and notes of 88 keys and contours of 264 bins, side by side, as probabilities."""

    layers = ("0",)

    def __init__(self, graph: Any):
        self._graph = graph
        self._input = graph.get_inputs()[0].name
        self.identity = EncoderIdentity(
            "basic-pitch",
            "Basic Pitch",
            BASIC_PITCH.version,
            BASIC_PITCH.sha256,
            BASIC_PITCH.licence,
            BASIC_PITCH.author,
        )

    def states(self, waveform: Samples) -> States:
        """See `Encoder.states`: overlapping windows of two seconds, without their edges."""
        sound = np.asarray(soxr.resample(waveform, SAMPLE_RATE, _RATE), np.float32)
        frames = -(-len(sound) // _HOP)
        windows = -(-frames // _KEPT)
        lead = _EDGE * _HOP
        room = lead + (windows - 1) * _KEPT * _HOP + _WINDOW
        padded = np.zeros(room, np.float32)
        padded[lead : lead + len(sound)] = sound
        rows = []
        for window in range(windows):
            start = window * _KEPT * _HOP
            part = padded[start : start + _WINDOW]
            outputs = self._graph.run(None, {self._input: part[None, :, None]})
            rows.append(np.concatenate([output[0, _EDGE:-_EDGE] for output in outputs], axis=1))
        return {"0": np.concatenate(rows)[:frames]}


def load() -> Encoder:
    """Open its graph, fetching the package where it is not there."""
    return BasicPitch(open_graph(unpacked(BASIC_PITCH) / BASIC_PITCH.folder / "nmp.onnx"))
