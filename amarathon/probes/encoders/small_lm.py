"""The bundled small model's language model at the audio's positions, layer by layer.

Attention there is causal and no question is asked: a state knows the sound up to its moment, and the
fixed words of the prompt before it.
"""

from typing import Any

import numpy as np

from amarathon.models.small import load_small
from amarathon.probes.encoders.encoder import Encoder, States
from amarathon.probes.encoders.small_tower import SOUND_ALONE, as_audio, small_identity
from amarathon.probes.waveforms import Samples


class SmallLanguageModel(Encoder):
    """25 states a second; layer ``0`` is what the tower gives.

    Parameters
    ----------
    model
        A `Qwen25Omni` of the thinker's class.
    """

    def __init__(self, model: Any):
        self._model = model
        decoder = model.model.config.get_text_config(decoder=True)
        self.layers = tuple(str(layer) for layer in range(decoder.num_hidden_layers + 1))
        self.identity = small_identity(
            "small-lm", "Small model, language model", model, model.model.parameters()
        )

    def states(self, waveform: Samples) -> States:
        """See `Encoder.states`."""
        import torch

        prompt = self._model.prompt(as_audio(waveform), SOUND_ALONE)
        encoded = torch.cat([states for _, states in self._model.encode_parts(prompt)])
        embeddings = self._model.embed(prompt, encoded)
        with torch.inference_mode():
            made = self._model.model.model(
                inputs_embeds=embeddings,
                position_ids=self._model.position_ids(0, embeddings.shape[1]),
                output_hidden_states=True,
                use_cache=False,
            )
        hidden = (*made.hidden_states[:-1], made.last_hidden_state)
        return {
            layer: np.asarray(states[0, prompt.audio_positions].numpy(), np.float32)
            for layer, states in zip(self.layers, hidden, strict=True)
        }


def load() -> Encoder:
    """Load the bundled checkpoint."""
    return SmallLanguageModel(load_small("cpu"))
