"""Two small nets trained here to tell where a sound is: stand-ins for spatial encoders, labelled so."""

import json
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from amarathon.assets import ASSETS_FOLDER
from amarathon.errors import ConfigurationError, ModelError
from amarathon.files import file_sha256
from amarathon.psychoacoustics.encoder import EncoderIdentity
from amarathon.psychoacoustics.features import BANDS, FRAME, features
from amarathon.psychoacoustics.types import SAMPLE_RATE, Floats

KINDS = {"ipd": "levels and interaural phases", "levels": "levels alone"}
FOLDER = ASSETS_FOLDER / "models" / "binaural"
CARD_FILE = "card.json"
WIDTH = 64
AZIMUTH_COUNT = 37


class AzimuthNet(nn.Module):
    """Log-mel energies of two ears, with or without interaural phases, to one of 37 azimuths.

    Parameters
    ----------
    phases : bool
    """

    def __init__(self, phases: bool):
        super().__init__()
        self.phases = phases
        inputs = BANDS * (4 if phases else 2)
        self.normalise = nn.BatchNorm1d(inputs)
        self.body = nn.Sequential(
            nn.Conv1d(inputs, WIDTH, 3, padding=1),
            nn.GELU(),
            nn.BatchNorm1d(WIDTH),
            nn.Conv1d(WIDTH, WIDTH, 3, padding=1),
            nn.GELU(),
            nn.BatchNorm1d(WIDTH),
            nn.Conv1d(WIDTH, WIDTH, 3, padding=1),
            nn.GELU(),
        )
        self.head = nn.Linear(WIDTH, AZIMUTH_COUNT)

    def embedded(self, waveforms: Tensor) -> Tensor:
        """Mean over frames of the last block, shape (batch, `WIDTH`)."""
        body: Tensor = self.body(self.normalise(features(waveforms, self.phases)))
        return body.mean(dim=-1)

    def forward(self, waveforms: Tensor) -> Tensor:
        """Logits of the azimuths, of waveforms of shape (batch, 2, samples)."""
        logits: Tensor = self.head(self.embedded(waveforms))
        return logits


class NetEncoder:
    """A trained `AzimuthNet` as an encoder."""

    channels: Literal[1, 2] = 2
    shortest_s = 3 * FRAME / SAMPLE_RATE

    def __init__(self, net: AzimuthNet, identity: EncoderIdentity):
        self.identity = identity
        self._net = net.eval()

    def embed(self, waveform: Floats, rate: int) -> Floats:
        """See `Encoder`."""
        if rate != SAMPLE_RATE or waveform.ndim != 2 or len(waveform) != 2:
            raise ConfigurationError(
                f"{self.identity.name} hears two channels at {SAMPLE_RATE} Hz; the sound has shape "
                f"{waveform.shape} at {rate} Hz."
            )
        with torch.inference_mode():
            found = self._net.embedded(torch.tensor(waveform, dtype=torch.float32)[None])[0]
        return found.numpy().astype(np.float64)


def open_net(kind: str, folder: Path = FOLDER) -> NetEncoder:
    """Open a net by its kind.

    Raises
    ------
    ModelError
        If its weights are not there, or are not those that its card names.
    """
    from safetensors.torch import load_file

    path, card_path = folder / f"{kind}.safetensors", folder / CARD_FILE
    if not path.is_file() or not card_path.is_file():
        raise ModelError(
            f"The weights of net-{kind} are not in {folder.name}: train them by `amarathon train-binaural`."
        )
    card = json.loads(card_path.read_text(encoding="utf-8"))["nets"][kind]
    if file_sha256(path) != card["sha256"]:
        raise ModelError(f"{path.name} is not the file that its card describes; train it anew.")
    net = AzimuthNet(kind == "ipd")
    net.load_state_dict(load_file(path))
    return NetEncoder(net, _identity(kind, net, card))


def _identity(kind: str, net: AzimuthNet, card: dict[str, object]) -> EncoderIdentity:
    return EncoderIdentity(
        name=f"net-{kind}",
        version=str(card["version"]),
        weights_sha256=str(card["sha256"]),
        licence="MIT",
        layer="last convolution",
        pooling="mean",
        parameters=sum(weight.numel() for weight in net.parameters()),
        notice=f"A small net trained here on {KINDS[kind]}, azimuth error {card['azimuth_error_deg']:.1f} "
        "degrees on held-out sounds: a stand-in, no published model.",
    )
