"""Gemma 3n (E2B, E4B and every checkpoint of their class).

References
----------
Google, "Gemma 3n model overview", https://ai.google.dev/gemma/docs/gemma-3n.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor
from transformers import (
    AutoModel,
    Gemma3nAudioFeatureExtractor,
    Gemma3nConfig,
    Gemma3nForConditionalGeneration,
    Gemma3nVisionConfig,
    PreTrainedModel,
)

from amarathon.audio import SAMPLE_RATE, Audio
from amarathon.models.chat import without_system
from amarathon.models.chunked import ChunkedModel
from amarathon.models.families import BY_MODEL_TYPE
from amarathon.models.family import Family
from amarathon.models.open_model import Prompt
from amarathon.tasks import Message

CHUNK_S = 30


class Gemma3n(ChunkedModel):
    """Adapter of Gemma 3n.

    The encoder takes 30 s, which always become the same number of tokens: what a shorter piece
    does not fill stands for padding, as in training. Most decoder layers look back over a short
    window, and the last ones read the keys of earlier ones; see `LayerPlan` for what that means
    for compression. A-ToMe averages every stream of hidden states, and keeps the per-layer input
    of a group's first token.
    """

    family: ClassVar[Family] = BY_MODEL_TYPE["gemma3n"]
    model_class: ClassVar[Any] = Gemma3nForConditionalGeneration
    extractor_class: ClassVar[Any] = Gemma3nAudioFeatureExtractor
    projector_name: ClassVar[str] = "embed_audio"
    mask_name: ClassVar[str] = "input_features_mask"
    # The image tower stays on disk.
    weight_prefixes: ClassVar[tuple[str, ...]] = (
        "model.language_model.",
        "model.audio_tower.",
        "model.embed_audio.",
        "model.embed_vision.",
    )

    @classmethod
    def read_weights(cls, folder: Path, how: Mapping[str, Any]) -> tuple[Any, Mapping[str, Any]]:
        """See `OpenModel.read_weights`; without the image tower, which needs timm and torchvision."""
        configuration = without_image_tower(Gemma3nConfig.from_pretrained(folder, local_files_only=True))
        model, found = super().read_weights(folder, {**how, "config": configuration})
        model.model.vision_tower = None
        return model, found

    def prompt_text(self, messages: Sequence[Message], counts: Sequence[int]) -> str:
        """See `ChunkedModel.prompt_text`."""
        config = self.model.config
        ids = (config.boa_token_id, config.audio_token_id, config.eoa_token_id)
        begin, token, end = self.tokenizer.convert_ids_to_tokens(ids)
        audio = "".join(f"\n\n{begin}{token * count}{end}\n\n" for count in counts)
        turns = ["<bos>"]
        for message in without_system(messages):
            parts = (audio if part["type"] == "audio" else part["text"] for part in message["content"])
            turns.append(f"<start_of_turn>{message['role']}\n{''.join(parts)}<end_of_turn>\n")
        return "".join(turns) + "<start_of_turn>model\n"

    @property
    def piece_s(self) -> float | None:
        """See `OpenModel.piece_s`."""
        return float(CHUNK_S)

    @property
    def shortest(self) -> int:
        """See `OpenModel.shortest`."""
        return int(self.feature_extractor.frame_length) + 1

    def token_count(self, frames: int) -> int:
        """See `ChunkedModel.token_count`."""
        return int(self.model.config.audio_soft_tokens_per_image)

    def _features(self, audio: Audio) -> tuple[Tensor, tuple[int, ...]]:
        length = CHUNK_S * SAMPLE_RATE
        pieces = [audio.samples[at : at + length] for at in range(0, len(audio.samples), length)]
        # The last few samples may be too few for a frame of their own.
        pieces = [piece for piece in pieces if len(piece) >= self.shortest]
        made = self.feature_extractor(pieces, return_tensors="pt")
        frames = tuple(made["input_features_mask"].sum(dim=-1).tolist())
        return made["input_features"].to(self.device), frames

    def encode_chunks(self, features: Tensor, frames: Sequence[int], first: int) -> Tensor:
        """See `ChunkedModel.encode_chunks`."""
        made = self.tower(features, ~self.sound(features, frames))
        last = torch.tensor([[self.model.config.text_config.vocab_size - 1]], device=features.device)
        silence = self.projector(input_ids=last)
        rows = self.projector(inputs_embeds=made.last_hidden_state)
        rows = torch.where(made.audio_mel_mask[..., None], silence, rows)
        rest = silence.expand(len(rows), self.token_count(0) - rows.shape[1], -1)
        return torch.cat([rows, rest], dim=1).flatten(0, 1)

    def sound(self, features: Tensor, frames: Sequence[int]) -> Tensor:
        """See `ChunkedModel.sound`: here frames come before mel bins."""
        return super().sound(features.transpose(1, 2), frames)

    def forward_inputs(self, prompt: Prompt) -> dict[str, Tensor]:
        """See `OpenModel.forward_inputs`; its mask is one of bools."""
        inputs = super().forward_inputs(prompt)
        return {**inputs, self.mask_name: inputs[self.mask_name].bool()}

    def embed_ids(self, ids: Tensor) -> Tensor:
        """See `OpenModel.embed_ids`: the towers' own control tokens have tables of their own."""
        embeddings = super().embed_ids(ids).clone()
        for tower in (self.model.model.embed_vision, self.model.model.embed_audio):
            own = (ids >= tower.vocab_offset) & (ids < tower.vocab_offset + tower.vocab_size)
            if bool(own.any()):
                embeddings[own] = tower(input_ids=ids[own][None])[0].to(embeddings.dtype)
        return embeddings

    @torch.inference_mode()
    def extra_forward_inputs(self, ids: Tensor) -> dict[str, Tensor]:
        """See `OpenModel.extra_forward_inputs`: each layer adds an embedding of its own."""
        return {"per_layer_inputs": self.model.model.language_model.get_per_layer_inputs(ids)}


class NoImagesConfig(Gemma3nVisionConfig):
    """The image tower's configuration, for a model that is built without it."""

    model_type = "gemma3n_no_images"


class NoImages(PreTrainedModel):
    """Stands where the image tower is built, and has no weights."""

    config_class = NoImagesConfig
    # It has no attention that could be of the wrong kind.
    _supports_sdpa = _supports_flash_attn = _supports_flex_attn = True

    def __init__(self, config: NoImagesConfig):
        super().__init__(config)
        self.post_init()


def without_image_tower(configuration: Any) -> Any:
    """Let a model of this configuration be built without its image tower."""
    AutoModel.register(NoImagesConfig, NoImages, exist_ok=True)
    image = configuration.vision_config
    configuration.vision_config = NoImagesConfig(
        hidden_size=image.hidden_size,
        vocab_size=image.vocab_size,
        vocab_offset=image.vocab_offset,
        rms_norm_eps=image.rms_norm_eps,
    )
    return configuration
