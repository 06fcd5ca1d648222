"""What every encoder is: frames of sound in, states of every layer out, and whose weights they are."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from amarathon.probes.waveforms import Samples, checked

Frames = NDArray[np.float32]
# By layer's name; layers may differ in width and in frames.
States = Mapping[str, Frames]
Pooling = Literal["mean", "mean+std"]


@dataclass(frozen=True)
class EncoderIdentity:
    """Whose weights an encoder has.

    Attributes
    ----------
    name : str
        As `load_encoder` takes it, without a layer.
    title, version : str
    weights_sha256 : str
        Of the weights, or of the package that they lie in; of an encoder without weights, empty.
    licence, author : str
        Of the weights.
    parameters : int
        0 where they are not counted (a graph of another runtime).
    notice : str
        What a reader of its figures must know; empty where there is nothing.
    """

    name: str
    title: str
    version: str
    weights_sha256: str
    licence: str
    author: str
    parameters: int = 0
    notice: str = ""


class Encoder(ABC):
    """A frozen encoder.

    A subclass says what its frames are; the frames of padding are never among them, so that the mean over
    them is the same for a clip alone and in a batch.

    Attributes
    ----------
    identity : EncoderIdentity
    layers : tuple of str
        In order, the input's side first.
    """

    shortest_s: ClassVar[float] = 0.1
    pooling: ClassVar[Pooling] = "mean"
    # Raised by whoever changes what an encoder gives: embeddings in the cache are then made anew.
    revision: ClassVar[int] = 1

    identity: EncoderIdentity
    layers: tuple[str, ...]

    @abstractmethod
    def states(self, waveform: Samples) -> States:
        """States of every layer, without those of padding: (frames, width) by layer."""

    def encode(self, waveforms: Sequence[NDArray[np.float32]]) -> list[States]:
        """Encode clips of any lengths.

        Parameters
        ----------
        waveforms : sequence of ndarray of shape (n,)
            16 kHz mono.

        Raises
        ------
        AudioError
            A clip is no mono sound, too short for this encoder, or silent.
        """
        return [self.states(checked(waveform, self.shortest_s)) for waveform in waveforms]

    def embed(self, waveform: NDArray[np.float32]) -> dict[str, Frames]:
        """One vector of each layer: what is pooled over a clip's frames."""
        return {layer: pooled(frames, self.pooling) for layer, frames in self.encode([waveform])[0].items()}

    @property
    def key(self) -> str:
        """Hash of what decides the embeddings: weights, version, pooling, and the code's revision."""
        own = self.identity
        parts = (own.name, own.version, own.weights_sha256, self.pooling, str(self.revision))
        return sha256("\x1f".join(parts).encode()).hexdigest()


def pooled(frames: Frames, pooling: Pooling) -> Frames:
    """Pool frames (T, D) to one vector: (D,), or (2 D,) with standard deviations behind the means."""
    mean = frames.mean(axis=0, dtype=np.float64)
    both = mean if pooling == "mean" else np.concatenate([mean, frames.std(axis=0, dtype=np.float64)])
    return np.asarray(both, np.float32)
