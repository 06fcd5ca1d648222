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
from amarathon.models.families import BY_MODEL_TYPE, Family
from amarathon.models.open_model import OpenModel, Prompt
from amarathon.models.responder import ModelIdentity
from amarathon.tasks import Message

AUDIO_TOKEN = "<|AUDIO|>"
# Windows encoded together: enough to keep the cores busy, few enough to bound memory.
WINDOWS_AT_ONCE = 16


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
        text = self.prompt_text(messages).replace(AUDIO_TOKEN, AUDIO_TOKEN * count)
        return self.lay_out(audio, text, features, count)

    @staticmethod
    def prompt_text(messages: Sequence[Message]) -> str:
        """The family's chat form, with one placeholder for the recording."""
        return chatml(messages, f"<|audio_bos|>{AUDIO_TOKEN}<|audio_eos|>")

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
            device=self.device.type,
        )
        features: Tensor = made["input_features"][0, :, :frames]
        return features.to(self.device)

    @staticmethod
    def _token_count(frames: int) -> int:
        # Two halvings: a convolution of stride 2, then the average of pairs.
        return ((frames - 1) // 2 + 1) // 2

    def encode_parts(self, prompt: Prompt) -> Iterator[tuple[float, Tensor]]:
        """See `OpenModel.encode_parts`."""
        window = 2 * self._tower.n_window
        frames = prompt.features.shape[1]
        # A remainder too short for a token of its own stays with the whole windows before it.
        starts = range(0, max(frames // window, 1), WINDOWS_AT_ONCE)
        for start in starts:
            end = frames if start == starts[-1] else (start + WINDOWS_AT_ONCE) * window
            yield end / frames, self._encode_windows(prompt.features[:, start * window : end])

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
