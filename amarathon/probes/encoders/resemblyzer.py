"""Resemblyzer: an LSTM that tells speakers apart, one vector for each 1.6 s.

Its own program also cuts pauses by a voice detector first; here a clip is taken as it is.

References
----------
Wan et al., "Generalized End-to-End Loss for Speaker Verification" (arXiv 1710.10467).
"""

from typing import Any

import numpy as np

from amarathon.packages.declared import RESEMBLYZER
from amarathon.packages.fetching import unpacked
from amarathon.probes.encoders.encoder import Encoder, EncoderIdentity, States
from amarathon.probes.encoders.mel import mel_power
from amarathon.probes.waveforms import Samples

_BANDS, _WIDTH, _DEPTH = 40, 256, 3
# Frames of 10 ms: of a partial utterance, from one to the next, and how many of a last one must be there.
_PARTIAL, _STEP, _ENOUGH = 160, 77, 120
_QUIETEST_DBFS = -30.0


class Resemblyzer(Encoder):
    """Normalised embeddings of partial utterances; a clip shorter than one is one, without padding."""

    layers = ("0",)

    def __init__(self, lstm: Any, linear: Any):
        self._lstm, self._linear = lstm.eval(), linear.eval()
        weights = [*lstm.parameters(), *linear.parameters()]
        self.identity = EncoderIdentity(
            "resemblyzer",
            "Resemblyzer",
            RESEMBLYZER.version,
            RESEMBLYZER.sha256,
            RESEMBLYZER.licence,
            RESEMBLYZER.author,
            sum(tensor.numel() for tensor in weights),
        )

    def states(self, waveform: Samples) -> States:
        """See `Encoder.states`."""
        import torch

        mel = torch.from_numpy(mel_power(_loud_enough(waveform), fft=400, hop=160, bands=_BANDS))
        starts = [0, *range(_STEP, len(mel) - _ENOUGH + 1, _STEP)]
        rows = []
        with torch.inference_mode():
            for start in starts:
                _, (hidden, _) = self._lstm(mel[None, start : start + _PARTIAL])
                raw = torch.relu(self._linear(hidden[-1]))[0]
                rows.append((raw / raw.norm()).numpy())
        return {"0": np.array(rows, np.float32)}


def _loud_enough(waveform: Samples) -> Samples:
    """Raise what is quieter than the level of its training; nothing is turned down."""
    level = 20 * np.log10(np.sqrt(np.mean(np.square(waveform, dtype=np.float64))))
    return np.asarray(waveform * 10 ** (max(_QUIETEST_DBFS - level, 0.0) / 20), np.float32)


def load() -> Encoder:
    """Load its weights, fetching the package where it is not there."""
    import torch

    path = unpacked(RESEMBLYZER) / RESEMBLYZER.folder / "pretrained.pt"
    # Tensors and plain containers only: nothing in the file is run.
    weights = torch.load(path, weights_only=True, map_location="cpu")["model_state"]
    lstm = torch.nn.LSTM(_BANDS, _WIDTH, _DEPTH, batch_first=True)
    linear = torch.nn.Linear(_WIDTH, _WIDTH)
    for name, module in (("lstm", lstm), ("linear", linear)):
        own = {key.removeprefix(f"{name}."): value for key, value in weights.items() if key.startswith(name)}
        module.load_state_dict(own)
    return Resemblyzer(lstm, linear)
