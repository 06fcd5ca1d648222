"""Silero's voice detector: the state of its LSTM, 256 numbers for each 32 ms."""

from typing import Any

import numpy as np

from amarathon.audio import SAMPLE_RATE
from amarathon.packages.declared import SILERO
from amarathon.packages.fetching import unpacked
from amarathon.probes.encoders.encoder import Encoder, EncoderIdentity, States
from amarathon.probes.encoders.onnx import open_graph
from amarathon.probes.waveforms import Samples

_STEP, _CONTEXT = 512, 64


class Silero(Encoder):
    """Hidden and cell state after each step; what is left at the end of a clip is no step."""

    layers = ("0",)

    def __init__(self, graph: Any):
        self._graph = graph
        self.identity = EncoderIdentity(
            "silero", "Silero VAD", SILERO.version, SILERO.sha256, SILERO.licence, SILERO.author
        )

    def states(self, waveform: Samples) -> States:
        """See `Encoder.states`."""
        state = np.zeros((2, 1, 128), np.float32)
        sound = np.concatenate([np.zeros(_CONTEXT, np.float32), waveform])
        rate, rows = np.array(SAMPLE_RATE, np.int64), []
        for start in range(0, len(waveform) - _STEP + 1, _STEP):
            part = sound[start : start + _CONTEXT + _STEP]
            _, state = self._graph.run(None, {"input": part[None], "state": state, "sr": rate})
            rows.append(state.reshape(-1))
        return {"0": np.array(rows, np.float32)}


def load() -> Encoder:
    """Open its graph, fetching the package where it is not there."""
    return Silero(open_graph(unpacked(SILERO) / SILERO.folder / "silero_vad_16k_op15.onnx"))
