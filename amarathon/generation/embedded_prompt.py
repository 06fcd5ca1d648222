"""A prompt with its encoded recording, as the language model takes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from amarathon.compression.audio_positions import AudioPositions
from amarathon.compression.methods import PoolingMethod
from amarathon.models.open_model import OpenModel, Prompt


@dataclass(frozen=True)
class EmbeddedPrompt:
    """A prompt as the language model takes it.

    Attributes
    ----------
    embeddings : Tensor of shape (1, T, hidden)
    audio_positions : AudioPositions
    extra_inputs : mapping of str to Tensor
        What else its forward needs; see `OpenModel.extra_forward_inputs`.
    """

    embeddings: Tensor
    audio_positions: AudioPositions
    extra_inputs: Mapping[str, Tensor] = field(default_factory=dict)


def embed(
    model: OpenModel, prompt: Prompt, encoded: Tensor, pooling: PoolingMethod | None = None
) -> EmbeddedPrompt:
    """Put an encoded recording into its prompt, pooled if a configuration asks for it.

    Parameters
    ----------
    model : OpenModel
    prompt : Prompt
    encoded : Tensor of shape (N, hidden)
        The encoder's output.
    pooling : PoolingMethod, optional
    """
    if pooling is None:
        audio_positions = AudioPositions.plain(prompt.audio_positions, prompt.duration_s, prompt.pcm_sha256)
        return EmbeddedPrompt(
            model.embed(prompt, encoded), audio_positions, model.extra_forward_inputs(prompt.input_ids)
        )
    starts = pooling.starts(encoded)
    stays = torch.ones(prompt.input_ids.shape[1], dtype=torch.bool, device=starts.device)
    stays[prompt.audio_positions] = False
    stays[prompt.audio_positions[starts]] = True
    # Each group stands where its first token stood; the text moves up.
    positions = (stays.cumsum(0) - 1)[prompt.audio_positions[starts]]
    shorter = replace(prompt, input_ids=prompt.input_ids[:, stays], audio_positions=positions)
    ends = torch.cat([starts[1:], starts.new_tensor([len(encoded)])]) if pooling.averages else starts + 1
    audio_positions = AudioPositions(
        positions, starts, ends, len(encoded), prompt.duration_s, prompt.pcm_sha256
    )
    embeddings = model.embed(shorter, pooling.pool(encoded, starts))
    return EmbeddedPrompt(embeddings, audio_positions, model.extra_forward_inputs(shorter.input_ids))
