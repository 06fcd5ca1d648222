"""musicnn (MagnaTagATune): 753 numbers of its front and middle, 62 times a second.

It is convolutional up to there, so a clip is encoded whole, and none is padded to the 3 s of training.

References
----------
Pons and Serra, "musicnn: pre-trained convolutional neural networks for music audio tagging"
(arXiv 1909.06654).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amarathon.packages.declared import MUSICNN
from amarathon.packages.fetching import unpacked
from amarathon.probes.encoders.encoder import Encoder, EncoderIdentity, States
from amarathon.probes.encoders.mel import mel_power
from amarathon.probes.encoders.tensorflow_checkpoint import read_tensors
from amarathon.probes.waveforms import Samples

_EPSILON = 1e-3
# Convolutions in the order in which the file numbers them: two timbral, three temporal, three of the middle.
_TIMBRAL, _TEMPORAL, _MIDDLE = (0, 1), (2, 3, 4), (5, 6, 7)

Weights = Mapping[str, NDArray[np.float32]]


class MusicNN(Encoder):
    """Layers: ``front`` (561 numbers), ``middle`` (192), and ``all`` of them side by side."""

    layers = ("front", "middle", "both")

    def __init__(self, weights: Weights):
        import torch

        self._weights = {name: torch.from_numpy(values.copy()) for name, values in weights.items()}
        self.identity = EncoderIdentity(
            "musicnn",
            "musicnn (MTT)",
            MUSICNN.version,
            MUSICNN.sha256,
            MUSICNN.licence,
            MUSICNN.author,
            sum(values.size for values in weights.values()),
        )

    def states(self, waveform: Samples) -> States:
        """See `Encoder.states`."""
        import torch

        power = mel_power(waveform, fft=512, hop=256, bands=96)
        # Half precision as in its program, where loud bands are cut to what a half holds.
        half = np.minimum(power, np.finfo(np.float16).max).astype(np.float16).astype(np.float32)
        mel = torch.from_numpy(np.log10(10_000 * half + 1))
        with torch.inference_mode():
            front = self._front(mel[None, None])
            middle = self._middle(front)
        parts = front[0].T.numpy(), middle[0].T.numpy()
        return {"front": parts[0], "middle": parts[1], "both": np.concatenate(parts, axis=1)}

    def _front(self, mel: Any) -> Any:
        import torch
        from torch.nn.functional import pad

        normal = self._normalised(mel, 0)
        padded = pad(normal, (0, 0, 3, 3))
        found = [self._convolved(padded, number) for number in _TIMBRAL]
        for number in _TEMPORAL:
            size = self._kernel(number).shape[2]
            # "Same" for an even size: one more behind than before.
            found.append(self._convolved(pad(normal, (0, 0, (size - 1) // 2, size // 2)), number))
        return torch.cat([part.amax(dim=3) for part in found], dim=1)

    def _middle(self, front: Any) -> Any:
        import torch
        from torch.nn.functional import pad

        states, found = front, []
        for number in _MIDDLE:
            plane = pad(states.transpose(1, 2)[:, None], (0, 0, 3, 3))
            made = self._convolved(plane, number)[..., 0]
            states = made if number == _MIDDLE[0] else made + states
            found.append(states)
        return torch.cat(found, dim=1)

    def _convolved(self, plane: Any, number: int) -> Any:
        from torch.nn.functional import conv2d, relu

        bias = self._weights[f"{_numbered('conv2d', number)}/bias"]
        return self._normalised(relu(conv2d(plane, self._kernel(number), bias)), number + 1)

    def _kernel(self, number: int) -> Any:
        """As torch takes it: (out, in, time, frequency)."""
        return self._weights[f"{_numbered('conv2d', number)}/kernel"].permute(3, 2, 0, 1)

    def _normalised(self, plane: Any, number: int) -> Any:
        from torch.nn.functional import batch_norm

        name = _numbered("batch_normalization", number)
        mean, variance, gamma, beta = (
            self._weights[f"{name}/{part}"] for part in ("moving_mean", "moving_variance", "gamma", "beta")
        )
        return batch_norm(plane, mean, variance, gamma, beta, eps=_EPSILON)


def _numbered(name: str, number: int) -> str:
    return f"{name}_{number}" if number else name


def load() -> Encoder:
    """Read its weights, fetching the package where it is not there."""
    folder = unpacked(MUSICNN) / MUSICNN.folder / "MTT_musicnn"
    tensors = read_tensors(folder / ".index", folder / ".data-00000-of-00001")
    wanted = ("conv2d", "batch_normalization")
    return MusicNN(
        {name: values for name, values in tensors.items() if name.startswith(wanted) and "Adam" not in name}
    )
