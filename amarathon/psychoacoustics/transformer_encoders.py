"""Encoders by transformers' Auto classes: speech models on waveforms, codecs, Whisper.

Waveforms come levelled (see `presentation`), so a checkpoint's own normalisation of loudness is not applied:
by channel it would make a level cue, and a codec's goes by the sum of the ears, from which an antiphasic
signal is gone. Whisper's log-mel features keep theirs, which are part of them.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import soxr
import torch

from amarathon.errors import ConfigurationError, ModelError, first_line
from amarathon.models.checkpoint import find_checkpoint
from amarathon.models.fetched import tensors_sha256
from amarathon.psychoacoustics.encoder import (
    NOT_IN_TRANSFORMERS,
    EncoderIdentity,
    not_in_transformers,
)
from amarathon.psychoacoustics.types import Floats

WHISPER_SAMPLES_PER_FRAME = 320
# Made by the class itself, or used in training only.
MAY_BE_MISSING = ("masked_spec_embed", "embed_positions")


@dataclass(frozen=True)
class Adapter:
    """How models of some types give a vector.

    Attributes
    ----------
    title : str
    model_types : tuple of str
        In ``config.json``.
    frames : callable
        ``frames(model, waveform, layer)``: hidden states of shape (frames, width) of a waveform of shape
        (1, channels, samples) at the model's own rate.
    layers : callable
        How many a model has, the embeddings included.
    rate, channels : callable
        Hz, and how many channels, by a model's configuration.
    shortest_s : float
    layer_name : str
    """

    title: str
    model_types: tuple[str, ...]
    frames: Callable[[Any, torch.Tensor, int], torch.Tensor]
    layers: Callable[[Any], int]
    rate: Callable[[Any], int]
    channels: Callable[[Any], int]
    shortest_s: float
    layer_name: str


def _one(configuration: Any) -> int:
    return 1


def _hidden_layers(configuration: Any) -> int:
    return int(configuration.num_hidden_layers) + 1


def _speech_frames(model: Any, waveform: torch.Tensor, layer: int) -> torch.Tensor:
    states: torch.Tensor = model(waveform[:, 0], output_hidden_states=True).hidden_states[layer][0]
    return states


def _whisper_frames(model: Any, waveform: torch.Tensor, layer: int) -> torch.Tensor:
    """Of the sound alone: the frames of what it is padded with are left out."""
    from transformers import WhisperFeatureExtractor

    extractor = WhisperFeatureExtractor(feature_size=model.config.num_mel_bins)
    read = extractor(waveform[0, 0].numpy(), sampling_rate=extractor.sampling_rate, return_tensors="pt")
    longest = 2 * model.config.max_source_positions
    encoder = model.get_encoder()
    states = encoder(read.input_features[..., :longest], output_hidden_states=True).hidden_states[layer][0]
    heard: torch.Tensor = states[: -(-waveform.shape[-1] // WHISPER_SAMPLES_PER_FRAME)]
    return heard


def _codec_frames(model: Any, waveform: torch.Tensor, layer: int) -> torch.Tensor:
    """Latents before they are quantised."""
    latents: torch.Tensor = model.encoder(waveform)[0]
    return latents.T


ADAPTERS = (
    Adapter(
        "Self-supervised speech models",
        ("hubert", "wavlm", "wav2vec2", "wav2vec2-conformer", "data2vec-audio", "unispeech", "unispeech-sat"),
        _speech_frames,
        _hidden_layers,
        lambda configuration: 16_000,
        _one,
        0.025,
        "hidden state",
    ),
    Adapter(
        "Whisper's encoder",
        ("whisper",),
        _whisper_frames,
        lambda configuration: int(configuration.encoder_layers) + 1,
        lambda configuration: 16_000,
        _one,
        0.02,
        "hidden state",
    ),
    Adapter(
        "EnCodec",
        ("encodec",),
        _codec_frames,
        _one,
        lambda configuration: int(configuration.sampling_rate),
        lambda configuration: int(configuration.audio_channels),
        0.1,
        "latents before quantisation",
    ),
    Adapter(
        "DAC",
        ("dac",),
        _codec_frames,
        _one,
        lambda configuration: int(configuration.sampling_rate),
        _one,
        0.1,
        "latents before quantisation",
    ),
)
BY_TYPE: Mapping[str, Adapter] = {kind: adapter for adapter in ADAPTERS for kind in adapter.model_types}


class TransformersEncoder:
    """A model of transformers as an encoder, in 32-bit floats on the CPU.

    Parameters
    ----------
    model : transformers.PreTrainedModel
    name, version, licence : str
    layer : int, optional
        0 is the embeddings; the last by default.

    Raises
    ------
    ModelError
        If no adapter knows the model.
    ConfigurationError
        If it has no such layer.
    """

    channels: Literal[1, 2]

    def __init__(
        self, model: Any, name: str, version: str, layer: int | None = None, licence: str = "unknown"
    ):
        configuration = model.config
        adapter = adapter_of(configuration.model_type)
        count = adapter.layers(configuration)
        chosen = count - 1 if layer is None else layer + count if layer < 0 else layer
        if not 0 <= chosen < count:
            raise ConfigurationError(f"{name} has layers 0 to {count - 1}; there is no layer {layer}.")
        self._model, self._adapter, self._layer = model.eval().float(), adapter, chosen
        self._rate = adapter.rate(configuration)
        self.channels = 2 if adapter.channels(configuration) == 2 else 1
        self.shortest_s = adapter.shortest_s
        self.identity = EncoderIdentity(
            name=name,
            version=version,
            weights_sha256=tensors_sha256(model.state_dict()),
            licence=licence,
            layer=f"{adapter.layer_name} {chosen} of {count - 1}" if count > 1 else adapter.layer_name,
            pooling="mean",
            parameters=sum(weight.numel() for weight in model.parameters()),
        )

    def embed(self, waveform: Floats, rate: int) -> Floats:
        """See `Encoder`."""
        if waveform.ndim != 2 or len(waveform) != self.channels:
            raise ConfigurationError(
                f"{self.identity.name} hears {self.channels} channel{'s' * (self.channels > 1)}; "
                f"the sound has shape {waveform.shape}."
            )
        if rate != self._rate:
            waveform = soxr.resample(waveform.T, rate, self._rate).T
        with torch.inference_mode():
            frames = self._adapter.frames(
                self._model, torch.tensor(waveform, dtype=torch.float32)[None], self._layer
            )
        if not len(frames):
            raise ModelError(
                f"{self.identity.name} has no frame for a sound of {waveform.shape[-1] / rate:g} s."
            )
        return frames.double().mean(dim=0).numpy()


def adapter_of(model_type: str) -> Adapter:
    """The adapter of a type of model.

    Raises
    ------
    ModelError
        If there is none; of models that the paper asked, why.
    """
    if model_type in BY_TYPE:
        return BY_TYPE[model_type]
    if model_type.lower().replace("_", "-") in NOT_IN_TRANSFORMERS:
        raise not_in_transformers(NOT_IN_TRANSFORMERS[model_type.lower().replace("_", "-")])
    raise ModelError(f"No adapter knows models of type {model_type!r}; there are {', '.join(BY_TYPE)}.")


def open_hub(name: str, layer: int | None = None) -> TransformersEncoder:
    """Open a folder, or a model of the Hub, which is downloaded once.

    Raises
    ------
    ModelError
    """
    checkpoint = find_checkpoint(name, check=_check)
    return open_folder(checkpoint.folder, checkpoint.name, layer, version=checkpoint.revision)


def open_folder(
    folder: Path, name: str, layer: int | None = None, *, version: str = "", licence: str = "unknown"
) -> TransformersEncoder:
    """Open a checkpoint's folder.

    Raises
    ------
    ModelError
        If no adapter knows it, or weights are missing.
    """
    from transformers import AutoModel

    _check(folder)
    try:
        model, found = AutoModel.from_pretrained(
            folder,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            output_loading_info=True,
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelError(f"{name} cannot be loaded: {first_line(error)}") from error
    missing = sorted(key for key in found["missing_keys"] if not any(part in key for part in MAY_BE_MISSING))
    if missing:
        raise ModelError(
            f"{name} lacks {len(missing)} of its weights, {missing[0]} first: it would be random."
        )
    return TransformersEncoder(model, name, version or folder.name, layer, licence)


def _check(folder: Path) -> None:
    """Refuse what no adapter knows, by its config.json alone."""
    try:
        configuration = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        kind = configuration["model_type"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{folder.name} holds no config.json that names a model_type.") from error
    adapter_of(str(kind))
