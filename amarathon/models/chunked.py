"""What families share whose encoder reads a recording in pieces of a fixed length."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor
from transformers import WhisperFeatureExtractor

from amarathon.audio import SAMPLE_RATE, Audio
from amarathon.models.model_api import ModelIdentity
from amarathon.models.open_model import OpenModel, Prompt
from amarathon.tasks import Message

# Pieces encoded together: enough to keep the cores busy, few enough to bound memory.
CHUNKS_AT_ONCE = 2


class ChunkedModel(OpenModel):
    """A model whose encoder takes 30 s at a time, as Whisper's does."""

    model_class: ClassVar[Any]
    extractor_class: ClassVar[Any] = WhisperFeatureExtractor
    tower_name: ClassVar[str] = "audio_tower"
    projector_name: ClassVar[str] = "multi_modal_projector"
    # What the class's forward calls the mask of frames that are sound; empty where it takes none.
    mask_name: ClassVar[str]

    def __init__(self, model: Any, tokenizer: Any, feature_extractor: Any, identity: ModelIdentity):
        # Until transformers 5.3 the parts are some models' own, later their base model's.
        parts = model if hasattr(model, self.tower_name) else model.model
        self.tower, self.projector = (getattr(parts, name) for name in (self.tower_name, self.projector_name))
        super().__init__(model, tokenizer, feature_extractor, identity)

    @property
    def piece_s(self) -> float | None:
        """See `OpenModel.piece_s`."""
        return float(self.feature_extractor.n_samples) / SAMPLE_RATE

    def prompt(self, audio: Audio, messages: Sequence[Message]) -> Prompt:
        """See `OpenModel.prompt`."""
        self.check_audio(audio)
        features, frames = self._features(audio)
        counts = [self.token_count(length) for length in frames]
        return self.build_prompt(audio, self.prompt_text(messages, counts), features, sum(counts), frames)

    @abstractmethod
    def prompt_text(self, messages: Sequence[Message], counts: Sequence[int]) -> str:
        """The family's chat form, with one placeholder for each token of each piece."""

    @abstractmethod
    def token_count(self, frames: int) -> int:
        """Tokens of a piece with this many frames of sound."""

    @abstractmethod
    def encode_chunks(self, features: Tensor, frames: Sequence[int], first: int) -> Tensor:
        """Encode pieces of shape (pieces, mel bins, frames); rows of all of them, (n, hidden).

        `first` is the number of the first of them in the recording, from 0.
        """

    def _features(self, audio: Audio) -> tuple[Tensor, tuple[int, ...]]:
        """Log-mel features of shape (pieces, mel bins, frames), and the frames that are sound."""
        length = self.feature_extractor.n_samples
        pieces = [audio.samples[at : at + length] for at in range(0, len(audio.samples), length)]
        made = self.feature_extractor(
            pieces,
            sampling_rate=SAMPLE_RATE,
            padding="max_length",
            return_attention_mask=True,
            return_tensors="pt",
            device=str(self.device),
        )
        frames = tuple(int(count) for count in made["attention_mask"].sum(dim=-1))
        # The recording's last few samples may be too short for a token of their own.
        long_enough = [
            index for index, count in enumerate(frames) if index == 0 or self.token_count(count) > 0
        ]
        return made["input_features"][long_enough].to(self.device), tuple(
            frames[index] for index in long_enough
        )

    def encode_parts(self, prompt: Prompt) -> Iterator[tuple[float, Tensor]]:
        """See `OpenModel.encode_parts`."""
        total = len(prompt.frames)
        for start in range(0, total, CHUNKS_AT_ONCE):
            end = min(start + CHUNKS_AT_ONCE, total)
            with torch.inference_mode():
                features = prompt.features[start:end].to(self.model.dtype)
                yield end / total, self.encode_chunks(features, prompt.frames[start:end], start)

    def forward_inputs(self, prompt: Prompt) -> dict[str, Tensor]:
        """See `OpenModel.forward_inputs`."""
        inputs = {
            "input_ids": prompt.input_ids,
            "attention_mask": torch.ones_like(prompt.input_ids),
            "input_features": prompt.features.to(self.model.dtype),
        }
        if self.mask_name:
            inputs[self.mask_name] = self.sound(prompt.features, prompt.frames).long()
        return inputs

    def sound(self, features: Tensor, frames: Sequence[int]) -> Tensor:
        """Which frames of pieces are sound and not padding, (pieces, frames)."""
        frame_indices = torch.arange(features.shape[-1], device=features.device)
        return frame_indices < torch.tensor(frames, device=features.device)[:, None]


def halved(frames: int) -> int:
    """What a padded convolution of stride 2 makes of this many frames."""
    return (frames - 1) // 2 + 1


def convolved(frames: int) -> int:
    """Whisper's encoder states of this many frames: its second convolution has stride 2."""
    return halved(frames)


def pooled(frames: int) -> int:
    """Tokens of this many frames where the states are averaged in pairs."""
    return (convolved(frames) - 2) // 2 + 1
