"""Qwen2.5-Omni (3B, 7B and every checkpoint of its thinker's class): the thinker alone.

References
----------
Xu et al., "Qwen2.5-Omni Technical Report" (arXiv 2503.20215).
"""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor
from transformers import Qwen2_5OmniThinkerForConditionalGeneration, WhisperFeatureExtractor

from amarathon.audio import SAMPLE_RATE, Audio
from amarathon.models.chat import chatml
from amarathon.models.families import BY_MODEL_TYPE
from amarathon.models.family import Family
from amarathon.models.model_api import ModelIdentity
from amarathon.models.open_model import OpenModel, Prompt
from amarathon.tasks import Message


class Qwen25Omni(OpenModel):
    """Adapter of the Qwen2.5-Omni thinker.

    The audio encoder attends within windows of ``2 n_window`` mel frames only, so a recording is
    encoded a few windows at a time with the same result and bounded memory.
    """

    family: ClassVar[Family] = BY_MODEL_TYPE["qwen2_5_omni_thinker"]
    model_class: ClassVar[Any] = Qwen2_5OmniThinkerForConditionalGeneration
    extractor_class: ClassVar[Any] = WhisperFeatureExtractor
    # Weights the thinker needs for audio: talker, vocoder and image tower stay on disk.
    weight_prefixes: ClassVar[tuple[str, ...]] = (
        "thinker.model.",
        "thinker.lm_head.",
        "thinker.audio_tower.",
    )
    # Until transformers 5.3 the image tower was the thinker's own.
    unused_prefixes: ClassVar[tuple[str, ...]] = ("visual.", "model.visual.")
    # What opens, fills and closes a recording's span in the prompt.
    audio_tokens: ClassVar[tuple[str, str, str]] = ("<|audio_bos|>", "<|AUDIO|>", "<|audio_eos|>")
    # Windows encoded together: enough to keep the cores busy, few enough to bound memory.
    windows_at_once: ClassVar[int] = 16

    def __init__(self, model: Any, tokenizer: Any, feature_extractor: Any, identity: ModelIdentity):
        # Until transformers 5.3 the towers are the thinker's own, later its base model's.
        towers = model if hasattr(model, "audio_tower") else model.model
        self._tower = towers.audio_tower
        # No image is ever shown to it; at 3B that tower would hold 1.3 GB.
        towers.visual = None
        super().__init__(model, tokenizer, feature_extractor, identity)

    def prompt(self, audio: Audio, messages: Sequence[Message]) -> Prompt:
        """See `OpenModel.prompt`."""
        self.check_audio(audio)
        features = self._features(audio)
        count = self._token_count(features.shape[1])
        begin, token, end = self.audio_tokens
        text = chatml(messages, f"{begin}{token * count}{end}")
        return self.build_prompt(audio, text, features, count)

    def _features(self, audio: Audio) -> Tensor:
        """Log-mel features of shape (mel bins, frames), 100 frames a second."""
        hop, width = self.feature_extractor.hop_length, self.feature_extractor.n_fft
        frames = -(-len(audio.samples) // hop)
        # Zeros behind the end, as the processor's padding to 300 s gives, and no longer than needed.
        padded = frames * hop + -(-width // hop) * hop
        made = self.feature_extractor(
            audio.samples,
            sampling_rate=SAMPLE_RATE,
            padding="max_length",
            max_length=padded,
            truncation=False,
            return_tensors="pt",
            device=str(self.device),
        )
        features: Tensor = made["input_features"][0, :, :frames]
        return features.to(self.device)

    @property
    def _window(self) -> int:
        """Frames that the encoder's attention never leaves."""
        return 2 * int(self._tower.n_window)

    @staticmethod
    def _token_count(frames: int) -> int:
        # Two halvings: a convolution of stride 2, then the average of pairs.
        return ((frames - 1) // 2 + 1) // 2

    def encode_parts(self, prompt: Prompt) -> Iterator[tuple[float, Tensor]]:
        """See `OpenModel.encode_parts`."""
        window = self._window
        frames = prompt.features.shape[1]
        # A remainder too short for a token of its own stays with the whole windows before it.
        starts = range(0, max(frames // window, 1), self.windows_at_once)
        for start in starts:
            end = frames if start == starts[-1] else (start + self.windows_at_once) * window
            yield end / frames, self._encode_windows(prompt.features[:, start * window : end])

    def forward_inputs(self, prompt: Prompt) -> dict[str, Tensor]:
        """See `OpenModel.forward_inputs`."""
        frames = prompt.features.shape[1]
        return {
            "input_ids": prompt.input_ids,
            "attention_mask": torch.ones_like(prompt.input_ids),
            "input_features": prompt.features[None].to(self.model.dtype),
            "feature_attention_mask": torch.ones(1, frames, dtype=torch.long, device=self.device),
        }

    def position_ids(self, start: int, count: int) -> Tensor:
        """See `OpenModel.position_ids`: the three rotary axes agree where there is no image."""
        return torch.arange(start, start + count, device=self.device).expand(3, 1, count)

    def _encode_windows(self, features: Tensor) -> Tensor:
        lengths = torch.tensor([features.shape[1]], device=features.device)
        after_convolution, _ = self._tower._get_feat_extract_output_lengths(lengths)
        with torch.inference_mode():
            states: Tensor = self._tower(
                features.to(self.model.dtype), feature_lens=lengths, aftercnn_lens=after_convolution
            ).last_hidden_state
        return states
