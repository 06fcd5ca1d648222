"""Qwen3-Omni (30B-A3B and every checkpoint of its thinker's class): the thinker alone.

References
----------
Xu et al., "Qwen3-Omni Technical Report" (arXiv 2509.17765).
"""

from inspect import signature
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from transformers import Qwen3OmniMoeThinkerForConditionalGeneration

from amarathon.audio import SAMPLE_RATE, Audio
from amarathon.models.families import BY_MODEL_TYPE
from amarathon.models.family import Family
from amarathon.models.model_api import ModelIdentity
from amarathon.models.qwen2_5_omni import Qwen25Omni


class Qwen3Omni(Qwen25Omni):
    """Adapter of the Qwen3-Omni thinker.

    The encoder convolves 100 frames at a time into 13 tokens, the last of which stands for half
    as long as the others, and attends within windows of ``n_window_infer`` frames.
    """

    family: ClassVar[Family] = BY_MODEL_TYPE["qwen3_omni_moe_thinker"]
    model_class: ClassVar[Any] = Qwen3OmniMoeThinkerForConditionalGeneration
    audio_tokens: ClassVar[tuple[str, str, str]] = ("<|audio_start|>", "<|audio_pad|>", "<|audio_end|>")
    windows_at_once: ClassVar[int] = 4

    def __init__(self, model: Any, tokenizer: Any, feature_extractor: Any, identity: ModelIdentity):
        super().__init__(model, tokenizer, feature_extractor, identity)
        for layer in self._tower.layers:
            # Until transformers 5.3 only flash attention kept to the windows; the others took a mask.
            if "attention_mask" in signature(layer.self_attn.forward).parameters:
                layer.self_attn.register_forward_pre_hook(_keep_to_windows, with_kwargs=True)

    def _features(self, audio: Audio) -> Tensor:
        """Log-mel features of shape (mel bins, frames), without padding, as the processor makes them."""
        made = self.feature_extractor(
            audio.samples,
            sampling_rate=SAMPLE_RATE,
            padding=True,
            truncation=False,
            return_tensors="pt",
            device=str(self.device),
        )
        features: Tensor = made["input_features"][0]
        return features.to(self.device)

    @property
    def _window(self) -> int:
        return int(self._tower.n_window_infer)

    @staticmethod
    def _token_count(frames: int) -> int:
        # Three halvings of each 100 frames, rounded up.
        whole, rest = divmod(frames, 100)
        return whole * 13 + -(-rest // 8)

    def _encode_windows(self, features: Tensor) -> Tensor:
        lengths = torch.tensor([features.shape[1]], device=features.device)
        with torch.inference_mode():
            states: Tensor = self._tower(
                features.to(self.model.dtype), feature_lens=lengths
            ).last_hidden_state
        return states


def _keep_to_windows(_attention: nn.Module, args: Any, kwargs: dict[str, Any]) -> Any:
    states, ends = kwargs["hidden_states"], kwargs["cu_seqlens"]
    window = torch.searchsorted(ends, torch.arange(len(states), device=ends.device), right=True)
    mask = torch.zeros(1, 1, len(states), len(states), dtype=states.dtype, device=states.device)
    apart = window[:, None] != window[None, :]
    return args, {**kwargs, "attention_mask": mask.masked_fill(apart, torch.finfo(states.dtype).min)}
