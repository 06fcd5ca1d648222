"""Aero-1-Audio (and every checkpoint of its class).

Its published code is for remote execution, which is never run: the weights are those of a Qwen2-Audio class
with another name for the projector.

References
----------
LMMs-Lab, "Aero-1-Audio", https://www.lmms-lab.com/posts/aero_audio.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import transformers
from transformers import Qwen2AudioConfig, Qwen2AudioForConditionalGeneration

from amarathon.models.chat import chatml
from amarathon.models.families import BY_MODEL_TYPE
from amarathon.models.family import Family
from amarathon.models.qwen2_audio import AUDIO_TOKEN, Qwen2Audio
from amarathon.tasks import Message

# Until transformers 5.3 the language model has the head itself, and ties it.
PARTS_ARE_THE_BASES = hasattr(transformers, "Qwen2AudioModel")
# From the checkpoint's names to those of the class, as regular expressions.
KEY_MAPPING = (
    {
        r"^language_model\.lm_head": "lm_head",
        r"^language_model\.model": "model.language_model",
        r"^audio_tower": "model.audio_tower",
        r"^audio_modal_projector": "model.multi_modal_projector",
    }
    if PARTS_ARE_THE_BASES
    else {r"^audio_modal_projector": "multi_modal_projector"}
)


class AeroModel(Qwen2AudioForConditionalGeneration):
    """Qwen2-Audio's class, whose head may be the embedding's own weight, as in Qwen2.5-1.5B."""

    if PARTS_ARE_THE_BASES:
        _tied_weights_keys: ClassVar[dict[str, str]] = {
            "lm_head.weight": "model.language_model.embed_tokens.weight"
        }


class Aero(Qwen2Audio):
    """Adapter of Aero-1-Audio: pieces of 30 s, each an audio on a line of its own."""

    family: ClassVar[Family] = BY_MODEL_TYPE["aero"]
    model_class: ClassVar[Any] = AeroModel

    @classmethod
    def read_weights(cls, folder: Path, how: Mapping[str, Any]) -> tuple[Any, Mapping[str, Any]]:
        """See `OpenModel.read_weights`; under the names and the configuration of Qwen2-Audio."""
        fields = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        configuration = Qwen2AudioConfig(
            audio_config=fields["audio_config"],
            text_config=fields["text_config"],
            audio_token_index=fields["audio_token_index"],
        )
        # Its own class leaves it to the language model whether the head is the embedding's weight.
        configuration.tie_word_embeddings = configuration.text_config.tie_word_embeddings
        return super().read_weights(folder, {**how, "config": configuration, "key_mapping": KEY_MAPPING})

    def prompt_text(self, messages: Sequence[Message], counts: Sequence[int]) -> str:
        """See `ChunkedModel.prompt_text`."""
        audios = "".join(f"{AUDIO_TOKEN * count}\n" for count in counts)
        return chatml(messages, audios, default_system="You are a helpful assistant.")

    @property
    def stop_token_ids(self) -> frozenset[int]:
        """See `OpenModel.stop_token_ids`: the published generation settings leave out the turn's end."""
        return super().stop_token_ids | {int(self.tokenizer.convert_tokens_to_ids("<|im_end|>"))}
