"""Music Flamingo (2601) and Audio Flamingo Next, and every checkpoint of their class.

References
----------
Ghosh et al., "Music Flamingo: Scaling Music Understanding in Audio Language Models" (arXiv 2511.10289).
"""

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor
from transformers import MusicFlamingoForConditionalGeneration
from transformers.models.musicflamingo.modeling_musicflamingo import apply_rotary_time_emb

from amarathon.models.audioflamingo3 import AUDIO_TOKEN, AudioFlamingo3
from amarathon.models.chat import chatml
from amarathon.models.families import BY_MODEL_TYPE
from amarathon.models.family import Family
from amarathon.tasks import Message

# Mel frames of one row: a convolution of stride 2, and an average of pairs.
FRAMES_PER_ROW = 4


class MusicFlamingo(AudioFlamingo3):
    """Adapter of Music Flamingo: Audio Flamingo 3 whose rows are turned by the time that they stand for."""

    family: ClassVar[Family] = BY_MODEL_TYPE["musicflamingo"]
    model_class: ClassVar[Any] = MusicFlamingoForConditionalGeneration

    def prompt_text(self, messages: Sequence[Message], counts: Sequence[int]) -> str:
        """See `ChunkedModel.prompt_text`."""
        return chatml(messages, f"<|sound_bos|>{AUDIO_TOKEN * sum(counts)}<|sound_eos|>")

    def encode_chunks(self, features: Tensor, frames: Sequence[int], first: int) -> Tensor:
        """See `ChunkedModel.encode_chunks`; times are those of the whole recording."""
        mask = self.sound(features, frames).long()
        states = self.tower(features, input_features_mask=mask).last_hidden_state
        length = states.shape[1]
        step_s = self.model.config.audio_frame_step * FRAMES_PER_ROW
        pieces = torch.arange(first, first + len(frames), device=states.device)[:, None]
        # As the class computes them, to the last bit: a piece's start is rounded before its steps are added.
        times_s = pieces * length * step_s + torch.arange(length, device=states.device) * step_s
        rotated = apply_rotary_time_emb(states, *self.model.model.pos_emb(times_s, seq_len=length))
        rows = self.projector(rotated)
        return torch.cat(
            [piece[: self.token_count(count)] for piece, count in zip(rows, frames, strict=True)]
        )
