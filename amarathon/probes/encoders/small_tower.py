"""The bundled small model's audio tower, layer by layer: Whisper's shape, in windows of 4 s."""

import hashlib
from typing import Any

import numpy as np

from amarathon.audio.types import SAMPLE_RATE, Audio, AudioInfo, to_pcm16
from amarathon.models.small import load_small
from amarathon.probes.encoders.encoder import Encoder, EncoderIdentity, States
from amarathon.probes.waveforms import Samples
from amarathon.tasks import Message

# A prompt that asks nothing.
SOUND_ALONE: list[Message] = [{"role": "user", "content": [{"type": "audio"}]}]


class SmallTower(Encoder):
    """Layers ``1`` up give 50 states a second; ``output`` is what the language model gets, 25 a second.

    Parameters
    ----------
    model
        A `Qwen25Omni` of the thinker's class.
    """

    def __init__(self, model: Any):
        self._model = model
        self._tower = next(part for name, part in model.model.named_modules() if name.endswith("audio_tower"))
        self.layers = (*(str(layer + 1) for layer in range(len(self._tower.layers))), "output")
        self.identity = small_identity(
            "small-tower", "Small model, audio tower", model, self._tower.parameters()
        )

    def states(self, waveform: Samples) -> States:
        """See `Encoder.states`: windows are as long as the sound, so nothing is padded."""
        import torch

        found: dict[str, Any] = {layer: [] for layer in self.layers}
        hooks = [
            part.register_forward_hook(_keeping(found[layer]))
            for layer, part in zip(self.layers, self._tower.layers, strict=False)
        ]
        try:
            prompt = self._model.prompt(as_audio(waveform), SOUND_ALONE)
            found["output"] = [states for _, states in self._model.encode_parts(prompt)]
        finally:
            for hook in hooks:
                hook.remove()
        return {layer: np.asarray(torch.cat(parts).numpy(), np.float32) for layer, parts in found.items()}


def _keeping(kept: list[Any]) -> Any:
    def keep(module: Any, arguments: Any, output: Any) -> None:
        kept.append(output[0] if isinstance(output, tuple) else output)

    return keep


def small_identity(name: str, title: str, model: Any, weights: Any) -> EncoderIdentity:
    """Whose weights a part of the small model has."""
    own = model.identity
    count = sum(tensor.numel() for tensor in weights)
    return EncoderIdentity(
        name,
        title,
        own.revision,
        own.revision.removeprefix("sha256:"),
        "Apache-2.0",
        "this project; the tower began as OpenAI's Whisper tiny.en",
        count,
        own.notice or "",
    )


def as_audio(waveform: Samples) -> Audio:
    """A clip in the form that models take."""
    pcm = to_pcm16(waveform).tobytes()
    digest = hashlib.sha256(pcm).hexdigest()
    info = AudioInfo("WAV", "pcm_16", SAMPLE_RATE, 1, len(waveform) / SAMPLE_RATE, len(pcm))
    return Audio(waveform, digest, digest, info)


def load() -> Encoder:
    """Load the bundled checkpoint."""
    return SmallTower(load_small("cpu"))
