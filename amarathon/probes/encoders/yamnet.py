"""YAMNet's 1,024 numbers for each 0.48 s, before its classes.

The weights are 8-bit ones of Qualcomm's: what they give is dequantised by the graph itself.
"""

from typing import Any, ClassVar

import numpy as np

from amarathon.construction.answerability.yamnet import YAMNET_NAME, graph_file, patches
from amarathon.packages.declared import YAMNET
from amarathon.probes.encoders.encoder import Encoder, EncoderIdentity, States
from amarathon.probes.encoders.onnx import open_graph
from amarathon.probes.waveforms import Samples

_EMBEDDING = "/model/Reshape_output_0"


class YamNet(Encoder):
    """One state for each patch of 0.96 s.

    A clip shorter than a patch is filled up with silence, as YAMNet does itself: it has one frame, and no
    frame of padding alone.
    """

    layers = ("0",)
    shortest_s: ClassVar[float] = 0.1

    def __init__(self, graph: Any):
        self._graph = graph
        self.identity = EncoderIdentity(
            "yamnet", YAMNET_NAME, YAMNET.version, YAMNET.sha256, YAMNET.licence, YAMNET.author
        )

    def states(self, waveform: Samples) -> States:
        """See `Encoder.states`."""
        rows = [
            self._graph.run([_EMBEDDING], {"audio": patch[None]})[0].reshape(-1)
            for patch in patches(waveform)
        ]
        return {"0": np.array(rows, np.float32)}


def load() -> Encoder:
    """Open its graph, fetching the package where it is not there."""
    return YamNet(open_graph(graph_file(), also=_EMBEDDING))
