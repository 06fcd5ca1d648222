"""What an encoder is here, and which ones that the paper asked cannot be opened by name."""

from dataclasses import dataclass
from typing import Literal, Protocol

from amarathon.errors import ModelError
from amarathon.psychoacoustics.types import Floats

# Named by the paper, and no class of transformers: why, and what helps.
NOT_IN_TRANSFORMERS = {
    "wavjepa": "WavJEPA",
    "wavjepa-nat": "WavJEPA",
    "gram": "GRAM",
    "gram-t": "GRAM",
    "spatial-ast": "Spatial-AST",
    "spatialast": "Spatial-AST",
    "dspast": "DSpAST",
}


@dataclass(frozen=True)
class EncoderIdentity:
    """Which encoder gave the vectors.

    Attributes
    ----------
    name, version : str
    weights_sha256 : str or None
        Of all its tensors; None where it has none.
    licence : str
        Of the weights, an SPDX identifier; ``"unknown"`` where their source does not say.
    layer, pooling : str
        Where in it the vector comes from.
    parameters : int
    notice : str or None
        What a reader has to know, such as that it is a small net trained here.
    """

    name: str
    version: str
    weights_sha256: str | None
    licence: str
    layer: str
    pooling: str
    parameters: int
    notice: str | None = None


class Encoder(Protocol):
    """Anything that makes one vector of a waveform.

    Attributes
    ----------
    identity : EncoderIdentity
    channels : {1, 2}
        How many it hears at once.
    shortest_s : float
        Of what it can be given.
    """

    identity: EncoderIdentity
    channels: Literal[1, 2]
    shortest_s: float

    def embed(self, waveform: Floats, rate: int) -> Floats:
        """One vector of a waveform of shape (`channels`, samples), sampled at `rate` Hz."""
        ...


def not_in_transformers(title: str) -> ModelError:
    """Why a model that the paper asked cannot be opened by name, and what to do."""
    return ModelError(
        f"{title} is no class of transformers, and code that comes with weights is not run here: load it "
        "by its own code, give it `identity`, `channels`, `shortest_s` and `embed`, and call "
        "amarathon.psychoacoustics.measure."
    )
