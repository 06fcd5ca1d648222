"""Gemma 4 (E2B, E4B and every checkpoint of their class).

References
----------
Google, "Gemma 4 model overview", https://ai.google.dev/gemma/docs/core.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor
from transformers import AutoConfig, Gemma4AudioFeatureExtractor, Gemma4ForConditionalGeneration

from amarathon.audio import SAMPLE_RATE, Audio
from amarathon.models.chat import own_form
from amarathon.models.chunked import ChunkedModel, halved
from amarathon.models.families import BY_MODEL_TYPE
from amarathon.models.family import Family
from amarathon.tasks import Message


class Gemma4(ChunkedModel):
    """Adapter of Gemma 4.

    It was trained on clips of up to 30 s, and its extractor cuts off what is longer. Here a longer recording
    becomes several audios in a row. Larger checkpoints of the class, which have no encoder for sound, are
    refused.
    """

    family: ClassVar[Family] = BY_MODEL_TYPE["gemma4"]
    model_class: ClassVar[Any] = Gemma4ForConditionalGeneration
    extractor_class: ClassVar[Any] = Gemma4AudioFeatureExtractor
    projector_name: ClassVar[str] = "embed_audio"
    mask_name: ClassVar[str] = "input_features_mask"
    # The image tower stays on disk.
    weight_prefixes: ClassVar[tuple[str, ...]] = (
        "model.language_model.",
        "model.audio_tower.",
        "model.embed_audio.",
    )
    # Samples of a piece.
    piece: int = 30 * SAMPLE_RATE

    @classmethod
    def read_weights(cls, folder: Path, how: Mapping[str, Any]) -> tuple[Any, Mapping[str, Any]]:
        """See `OpenModel.read_weights`; without the image tower."""
        configuration = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        if configuration.audio_config is None:
            raise ValueError(
                f"its config.json has no audio_config, so this {cls.family.title} hears nothing."
            )
        configuration.vision_config = None
        how = {**how, "config": configuration}
        if "attn_implementation" in how:
            # The encoder has only one of its own.
            chosen = how["attn_implementation"]
            how["attn_implementation"] = {"": chosen, "text_config": chosen, "audio_config": "eager"}
        return super().read_weights(folder, how)

    def prompt_text(self, messages: Sequence[Message], counts: Sequence[int]) -> str:
        """See `ChunkedModel.prompt_text`; sizes of the family differ in what they put before a reply."""
        config = self.model.config
        ids = (config.boa_token_id, config.audio_token_id, config.eoa_token_index)
        begin, token, end = self.tokenizer.convert_ids_to_tokens(ids)
        return own_form(self.tokenizer, messages, "".join(f"{begin}{token * count}{end}" for count in counts))

    @property
    def piece_s(self) -> float | None:
        """See `OpenModel.piece_s`."""
        return self.piece / SAMPLE_RATE

    @property
    def shortest(self) -> int:
        """See `OpenModel.shortest`: the first frame begins half a frame early."""
        return int(self.feature_extractor.frame_length) // 2 + 1

    def token_count(self, frames: int) -> int:
        """See `ChunkedModel.token_count`: two convolutions of stride 2."""
        return halved(halved(frames))

    def _features(self, audio: Audio) -> tuple[Tensor, tuple[int, ...]]:
        pieces = [audio.samples[at : at + self.piece] for at in range(0, len(audio.samples), self.piece)]
        # The last few samples may be too few for a frame of their own.
        pieces = [piece for piece in pieces if len(piece) >= self.shortest]
        made = self.feature_extractor(pieces, return_tensors="pt")
        frames = tuple(made["input_features_mask"].sum(dim=-1).tolist())
        return made["input_features"].to(self.device), frames

    def encode_chunks(self, features: Tensor, frames: Sequence[int], first: int) -> Tensor:
        """See `ChunkedModel.encode_chunks`."""
        made = self.tower(features, self.sound(features, frames))
        rows: Tensor = self.projector(inputs_embeds=made.last_hidden_state)
        return rows[made.attention_mask]

    def sound(self, features: Tensor, frames: Sequence[int]) -> Tensor:
        """See `ChunkedModel.sound`: here frames come before mel bins."""
        return super().sound(features.transpose(1, 2), frames)

    def forward_inputs(self, prompt: Any) -> dict[str, Tensor]:
        """See `OpenModel.forward_inputs`; its mask is one of bools."""
        inputs = super().forward_inputs(prompt)
        return {**inputs, self.mask_name: inputs[self.mask_name].bool()}

    def embed_ids(self, ids: Tensor) -> Tensor:
        """See `OpenModel.embed_ids`: what stands for sound or pictures is padding to the language model."""
        return super().embed_ids(self._text_ids(ids))

    @torch.inference_mode()
    def extra_forward_inputs(self, ids: Tensor) -> dict[str, Tensor]:
        """See `OpenModel.extra_forward_inputs`: each layer adds an embedding of its own."""
        decoder = self.model.model.language_model
        return {"per_layer_inputs": decoder.get_per_layer_inputs(self._text_ids(ids))}

    def _text_ids(self, ids: Tensor) -> Tensor:
        config = self.model.config
        others = (config.audio_token_id, config.image_token_id, config.video_token_id)
        other = torch.isin(ids, torch.tensor(others, device=ids.device))
        return ids.masked_fill(other, config.text_config.pad_token_id)
