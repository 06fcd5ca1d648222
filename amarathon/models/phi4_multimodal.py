"""Phi-4-multimodal (and every checkpoint of its class).

References
----------
Microsoft, "Phi-4-Mini Technical Report: Compact yet Powerful Multimodal Language Models via
Mixture-of-LoRAs" (arXiv 2503.01743).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor
from transformers import Phi4MultimodalFeatureExtractor, Phi4MultimodalForCausalLM

from amarathon.audio import SAMPLE_RATE, Audio
from amarathon.models.families import BY_MODEL_TYPE
from amarathon.models.family import Family
from amarathon.models.model_api import ModelIdentity
from amarathon.models.open_model import OpenModel, Prompt, require
from amarathon.tasks import Message

# The encoder attends within this many tokens: 40 s.
CHUNK_TOKENS = 500
# Three convolutions of stride 2.
FRAMES_PER_TOKEN = 8
SPEECH_ADAPTER = "speech-lora"


class Phi4Multimodal(OpenModel):
    """Adapter of Phi-4-multimodal.

    Its weights understand sound only with the LoRA adapter that lies beside them, which is merged
    into them here. Prompts longer than ``original_max_position_embeddings`` have other rotary
    frequencies; one whose reply can reach that far has them from its first token on, since keys of
    both kinds cannot be mixed.
    """

    family: ClassVar[Family] = BY_MODEL_TYPE["phi4_multimodal"]
    model_class: ClassVar[Any] = Phi4MultimodalForCausalLM
    extractor_class: ClassVar[Any] = Phi4MultimodalFeatureExtractor
    # The image tower stays on disk.
    weight_prefixes: ClassVar[tuple[str, ...]] = (
        "model.layers.",
        "model.embed_tokens.",
        "model.norm.",
        "lm_head.",
        "model.embed_tokens_extend.audio_embed.",
    )
    unused_prefixes: ClassVar[tuple[str, ...]] = ("model.embed_tokens_extend.image_embed.",)

    @classmethod
    def load(cls, folder: Path, identity: ModelIdentity, dtype: torch.dtype, **how: Any) -> OpenModel:
        """See `OpenModel.load`; merges the speech adapter if the folder has one."""
        if not (folder / SPEECH_ADAPTER).is_dir():
            notice = f"without {SPEECH_ADAPTER}, which the published weights need for sound"
            return super().load(folder, replace(identity, notice=notice), dtype, **how)
        loaded = super().load(folder, identity, dtype, **how)
        require("peft", "peft", f"The speech adapter of {cls.family.title}")
        from peft.tuners.tuners_utils import BaseTunerLayer

        loaded.model.load_adapter(str(folder / SPEECH_ADAPTER), adapter_name="speech")
        for module in loaded.model.modules():
            if isinstance(module, BaseTunerLayer):
                module.merge()
        return loaded

    def __init__(self, model: Any, tokenizer: Any, feature_extractor: Any, identity: ModelIdentity):
        extensions = model.model.embed_tokens_extend
        self._audio = extensions.audio_embed
        extensions.image_embed = None  # no image is ever shown to it
        super().__init__(model, tokenizer, feature_extractor, identity)

    def prompt(self, audio: Audio, messages: Sequence[Message]) -> Prompt:
        """See `OpenModel.prompt`."""
        self.check_audio(audio)
        made = self.feature_extractor(
            audio.samples, sampling_rate=SAMPLE_RATE, return_tensors="pt", device=str(self.device)
        )
        features, count = made["audio_input_features"][0].to(self.device), int(made["audio_embed_sizes"][0])
        token = self.tokenizer.convert_ids_to_tokens(self.family.audio_token_id(self.model.config))
        turns = []
        for message in messages:
            parts = (
                token * count if part["type"] == "audio" else part["text"] for part in message["content"]
            )
            turns.append(f"<|{message['role']}|>{''.join(parts)}<|end|>")
        return self.build_prompt(audio, "".join(turns) + "<|assistant|>", features, count)

    @property
    def shortest(self) -> int:
        """See `OpenModel.shortest`."""
        return int(self.feature_extractor.win_length)

    def encode_parts(self, prompt: Prompt) -> Iterator[tuple[float, Tensor]]:
        """See `OpenModel.encode_parts`: 40 s at a time, as the class's own forward attends."""
        count = len(prompt.audio_positions)
        for start in range(0, count, CHUNK_TOKENS):
            end = min(start + CHUNK_TOKENS, count)
            with torch.inference_mode():
                states = self._subsampled(prompt.features, start, end)
                if count > CHUNK_TOKENS:
                    # The class pads the last one, and lets sound attend to the padding.
                    states = torch.nn.functional.pad(states, (0, 0, 0, CHUNK_TOKENS - states.shape[1]))
                yield end / count, self._encoded(states)[: end - start]

    def forward_inputs(self, prompt: Prompt) -> dict[str, Tensor]:
        """See `OpenModel.forward_inputs`."""
        return {
            "input_ids": prompt.input_ids,
            "attention_mask": torch.ones_like(prompt.input_ids),
            "audio_input_features": prompt.features[None],
            "audio_embed_sizes": torch.tensor([len(prompt.audio_positions)], device=self.device),
        }

    def _subsampled(self, features: Tensor, start: int, end: int) -> Tensor:
        """Convolved features of the tokens from `start` to `end`, (1, n, hidden)."""
        encoder = self._audio.encoder
        # The convolutions look back as far as one token.
        first = max(start - 1, 0)
        frames = features[None, first * FRAMES_PER_TOKEN : end * FRAMES_PER_TOKEN].to(self.model.dtype)
        states: Tensor = encoder.embed(encoder.encoder_embedding(frames), None)[0]
        return states[:, start - first :]

    def _encoded(self, states: Tensor) -> Tensor:
        encoder = self._audio.encoder
        mask = encoder.calculate_hs_mask(states, states.device, None).unsqueeze(1)
        mask = mask + encoder.relative_attention_bias_layer(states)
        for layer in encoder.encoders:
            states = layer(states, mask)
        lifted = torch.nn.functional.gelu(self._audio.up_proj_for_speech(states[0]))
        rows: Tensor = self._audio.down_proj_for_speech(lifted)
        return rows

    @contextmanager
    def prepared_for(self, tokens: int) -> Iterator[None]:
        """See `OpenModel.prepared_for`: chooses the rotary frequencies by the length of the whole run."""

        def lengthen(_module: Any, args: Any, kwargs: dict[str, Any]) -> Any:
            position_ids = kwargs["position_ids"]
            last = position_ids.new_full((len(position_ids), 1), tokens - 1)
            return args, {**kwargs, "position_ids": torch.cat([position_ids, last], dim=1)}

        def shorten(_module: Any, _args: Any, output: Any) -> Any:
            return tuple(part[:, :-1] for part in output)

        rotary = self.model.model.rotary_emb
        hooks = [
            rotary.register_forward_pre_hook(lengthen, with_kwargs=True),
            rotary.register_forward_hook(shorten),
        ]
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()
