"""Voxtral (Mini 3B and Small 24B, and every checkpoint of their class).

References
----------
Liu et al., "Voxtral" (arXiv 2507.13264).
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor
from transformers import VoxtralForConditionalGeneration

from amarathon.audio import SAMPLE_RATE, Audio
from amarathon.models.chat import without_system
from amarathon.models.chunked import ChunkedModel
from amarathon.models.families import BY_MODEL_TYPE
from amarathon.models.family import Family
from amarathon.models.model_api import ModelIdentity
from amarathon.models.open_model import OpenModel, require
from amarathon.tasks import Message

AUDIO_TOKEN = "[AUDIO]"
CONTROL = re.compile(r"(<s>|\[/?INST\]|\[BEGIN_AUDIO\]|\[AUDIO\])")
# Four encoder states of 20 ms are one token.
FRAMES_PER_TOKEN = 8


class Voxtral(ChunkedModel):
    """Adapter of Voxtral.

    A recording is padded to whole pieces of 30 s and its tokens stand in one span; the last ones
    stand for padding, as in training.
    """

    family: ClassVar[Family] = BY_MODEL_TYPE["voxtral"]
    model_class: ClassVar[Any] = VoxtralForConditionalGeneration
    mask_name: ClassVar[str] = ""
    # The repositories hold a second copy of the weights under other names.
    weight_prefixes: ClassVar[tuple[str, ...]] = ("language_model.", "audio_tower.", "multi_modal_projector.")

    @classmethod
    def load(cls, folder: Path, identity: ModelIdentity, dtype: torch.dtype, **how: Any) -> OpenModel:
        """See `OpenModel.load`; the published tokenizer is in a form of Mistral's own."""
        if not (folder / "tokenizer.json").is_file():
            require("mistral_common", "mistral-common", f"The tokenizer of {cls.family.title}")
        return super().load(folder, identity, dtype, **how)

    def prompt_text(self, messages: Sequence[Message], counts: Sequence[int]) -> str:
        """See `ChunkedModel.prompt_text`; its tokenizer refuses a system turn beside audio."""
        audio = f"[BEGIN_AUDIO]{AUDIO_TOKEN * sum(counts)}"
        turns = []
        for message in without_system(messages):
            parts = (audio if part["type"] == "audio" else part["text"] for part in message["content"])
            turns.append(f"[INST]{''.join(parts)}[/INST]")
        return "<s>" + "".join(turns)

    def tokenize(self, text: str) -> list[int]:
        """See `OpenModel.tokenize`; mistral-common's tokenizer never reads control tokens from text."""
        ids: list[int] = []
        for part in CONTROL.split(text):
            if CONTROL.fullmatch(part):
                ids.append(self.tokenizer.convert_tokens_to_ids(part))
            elif part:
                ids += super().tokenize(part)
        return ids

    def token_count(self, frames: int) -> int:
        """See `ChunkedModel.token_count`."""
        return frames // FRAMES_PER_TOKEN

    def _features(self, audio: Audio) -> tuple[Tensor, tuple[int, ...]]:
        # The spectrogram is that of the whole recording, and cut afterwards.
        made = self.feature_extractor(
            audio.samples,
            sampling_rate=SAMPLE_RATE,
            padding=True,
            truncation=False,
            pad_to_multiple_of=self.feature_extractor.n_samples,
            return_tensors="pt",
            device=str(self.device),
        )
        length = self.feature_extractor.nb_max_frames
        features = made["input_features"][0].unflatten(1, (-1, length)).transpose(0, 1).to(self.device)
        return features, (length,) * len(features)

    def encode_chunks(self, features: Tensor, frames: Sequence[int], first: int) -> Tensor:
        """See `ChunkedModel.encode_chunks`."""
        states = self.tower(features).last_hidden_state
        rows: Tensor = self.projector(states.reshape(-1, self.model.config.audio_config.intermediate_size))
        return rows
