"""Audio encoders of `transformers`, by their checkpoint: ``hf:facebook/wav2vec2-base``, or a folder.

Four kinds are read, by what their classes take: raw sound (wav2vec 2.0 and its kin), 30 s of log-mel
(Whisper), patches of a spectrogram (AST) and neural codecs. A checkpoint of another kind is refused by
name. Every clip is encoded alone, so nothing is padded but where the class itself demands it, and
then the padding's states are left out.
"""

from pathlib import Path
from typing import Any

import numpy as np
import soxr

from amarathon.audio import SAMPLE_RATE
from amarathon.errors import ModelError, first_line
from amarathon.models.checkpoint import find_checkpoint
from amarathon.probes.encoders.encoder import Encoder, EncoderIdentity, States
from amarathon.probes.encoders.whisper import Whisper
from amarathon.probes.waveforms import Samples

WAVEFORM = frozenset(
    ("wav2vec2", "hubert", "wavlm", "data2vec-audio", "unispeech", "unispeech-sat", "sew", "sew-d")
)
PATCHES = frozenset(("audio-spectrogram-transformer",))
CODECS = frozenset(("encodec", "dac", "mimi"))
WHISPER = frozenset(("whisper",))


class Waveform(Encoder):
    """Encoders of raw sound: layer ``0`` is what the convolutions give."""

    def __init__(self, model: Any, extractor: Any, identity: EncoderIdentity):
        self._model, self._extractor, self.identity = model.eval(), extractor, identity
        self.layers = tuple(str(layer) for layer in range(model.config.num_hidden_layers + 1))

    def states(self, waveform: Samples) -> States:
        """See `Encoder.states`."""
        import torch

        inputs = self._extractor(waveform, sampling_rate=SAMPLE_RATE, return_tensors="pt")
        with torch.inference_mode():
            made = self._model(inputs["input_values"], output_hidden_states=True)
        hidden = (*made.hidden_states[:-1], made.last_hidden_state)
        return _by_layer(self.layers, hidden)


class Patches(Encoder):
    """AST: patches of 16 bands by 160 ms; the mean over bands is a frame, every 100 ms by default."""

    def __init__(self, model: Any, extractor: Any, identity: EncoderIdentity):
        self._model, self._extractor, self.identity = model.eval(), extractor, identity
        self.layers = tuple(str(layer) for layer in range(model.config.num_hidden_layers + 1))

    def states(self, waveform: Samples) -> States:
        """See `Encoder.states`: patches that begin behind the clip's end are left out."""
        import torch

        own = self._model.config
        inputs = self._extractor(waveform, sampling_rate=SAMPLE_RATE, return_tensors="pt")
        with torch.inference_mode():
            made = self._model(inputs["input_values"], output_hidden_states=True)
        bands = (own.num_mel_bins - own.patch_size) // own.frequency_stride + 1
        frames = -(-len(waveform) * 100 // SAMPLE_RATE)
        heard = max(1, -(-frames // own.time_stride))
        hidden = (*made.hidden_states[:-1], made.last_hidden_state)
        # Two tokens of the class before the patches, which lie band by band.
        planes = [states[0, 2:].unflatten(0, (bands, -1)).mean(dim=0)[None, :heard] for states in hidden]
        return _by_layer(self.layers, planes)


class Codec(Encoder):
    """A neural codec's encoder, before it is quantised."""

    layers = ("0",)

    def __init__(self, model: Any, rate: int, identity: EncoderIdentity):
        self._model, self._rate, self.identity = model.eval(), rate, identity

    def states(self, waveform: Samples) -> States:
        """See `Encoder.states`."""
        import torch

        sound = np.asarray(soxr.resample(waveform, SAMPLE_RATE, self._rate), np.float32)
        with torch.inference_mode():
            found = self._model.encoder(torch.from_numpy(sound)[None, None])
        return _by_layer(self.layers, [found.transpose(1, 2)])


def _by_layer(layers: tuple[str, ...], hidden: Any) -> States:
    return {
        layer: np.asarray(states[0].float().numpy(), np.float32)
        for layer, states in zip(layers, hidden, strict=True)
    }


def load(name: str) -> Encoder:
    """Load a checkpoint.

    Raises
    ------
    ModelError
        It cannot be had, holds no safetensors, or is of a kind that is not read here.
    """
    from transformers import AutoFeatureExtractor, AutoModel

    checkpoint = find_checkpoint(name, check=lambda folder: _configuration(folder, name))
    configuration = _configuration(checkpoint.folder, name)
    kind = configuration.model_type
    model = AutoModel.from_pretrained(checkpoint.folder, use_safetensors=True).float()
    part = model.get_encoder() if kind in WHISPER else model
    identity = EncoderIdentity(
        f"hf:{checkpoint.name}",
        checkpoint.name,
        checkpoint.revision,
        checkpoint.revision.removeprefix("sha256:"),
        "see its card",
        "see its card",
        sum(weights.numel() for weights in part.parameters()),
    )
    if kind in CODECS:
        return Codec(model, configuration.sampling_rate, identity)
    extractor = AutoFeatureExtractor.from_pretrained(checkpoint.folder)
    if kind in WHISPER:
        return Whisper(part, extractor, identity)
    return (Patches if kind in PATCHES else Waveform)(model, extractor, identity)


def _configuration(folder: Path, name: str) -> Any:
    """What a checkpoint is, before its weights are fetched."""
    from transformers import AutoConfig

    try:
        configuration = AutoConfig.from_pretrained(folder)
    except (OSError, ValueError) as error:
        raise ModelError(f"{name} is no checkpoint that transformers knows: {first_line(error)}") from error
    if configuration.model_type not in WAVEFORM | PATCHES | CODECS | WHISPER:
        read = ", ".join(sorted(WAVEFORM | PATCHES | CODECS | WHISPER))
        raise ModelError(
            f"{name} is of the kind {configuration.model_type!r}, which is not probed; these are: {read}."
        )
    return configuration
