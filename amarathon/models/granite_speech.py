"""Granite Speech (3.3, 4.0 and every checkpoint of its class).

References
----------
Saon et al., "Granite-speech: open-source speech-aware LLMs with strong English ASR capabilities"
(arXiv 2505.08699).
"""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import torch
import transformers
from packaging.version import Version
from torch import Tensor
from transformers import GraniteSpeechForConditionalGeneration, SequenceFeatureExtractor
from transformers.audio_utils import mel_filter_bank

from amarathon.audio import Audio
from amarathon.errors import ModelError
from amarathon.models.chat import own_form, without_system
from amarathon.models.families import BY_MODEL_TYPE
from amarathon.models.family import Family
from amarathon.models.model_api import ModelIdentity
from amarathon.models.open_model import OpenModel, Prompt, require
from amarathon.tasks import Message

ADAPTER_NEEDS = "5.23"


class LogMel(SequenceFeatureExtractor):
    """What the class's own extractor computes, without torchaudio, which has no build for every torch.

    Parameters
    ----------
    melspec_kwargs : dict, optional
        As the class's own keeps them: ``sample_rate``, ``n_fft``, ``win_length``, ``hop_length``, ``n_mels``.
    projector_window_size, projector_downsample_rate : int
        States that become tokens together, and how many of them each token stands for.
    """

    def __init__(
        self,
        melspec_kwargs: dict[str, int] | None = None,
        projector_window_size: int = 15,
        projector_downsample_rate: int = 5,
        **more: Any,
    ):
        own = {"sample_rate": 16000, "n_fft": 512, "win_length": 400, "hop_length": 160, "n_mels": 80}
        self.melspec_kwargs = {**own, **(melspec_kwargs or {})}
        self.projector_window_size = projector_window_size
        self.projector_downsample_rate = projector_downsample_rate
        settings = {
            "feature_size": self.melspec_kwargs["n_mels"],
            "sampling_rate": 16000,
            "padding_value": 0.0,
        }
        super().__init__(**{**settings, **more})

    def __call__(self, samples: Any, device: str) -> Tensor:
        """Features of a recording, (1, frames, 2 mel bins)."""
        own = self.melspec_kwargs
        sound = torch.from_numpy(samples)[None].float().to(device)
        window = torch.hann_window(own["win_length"], device=device)
        spectrum = torch.stft(
            sound, own["n_fft"], own["hop_length"], own["win_length"], window, return_complex=True
        )
        filters = mel_filter_bank(
            own["n_fft"] // 2 + 1, own["n_mels"], 0.0, own["sample_rate"] / 2, own["sample_rate"], None, "htk"
        )
        bins = torch.from_numpy(filters).float().to(device)
        loudness = (spectrum.abs().square().transpose(1, 2) @ bins).clamp(min=1e-10).log10()
        scaled = torch.maximum(loudness, loudness.amax() - 8.0) / 4 + 1
        # Two frames stand side by side; one that is left over is dropped.
        return scaled[:, : scaled.shape[1] // 2 * 2].reshape(1, -1, 2 * own["n_mels"])


class GraniteSpeech(OpenModel):
    """Adapter of Granite Speech: windows of 0.3 s become three tokens each.

    Some checkpoints understand sound only with the LoRA adapter in their folder, which is merged here.
    """

    family: ClassVar[Family] = BY_MODEL_TYPE["granite_speech"]
    model_class: ClassVar[Any] = GraniteSpeechForConditionalGeneration
    extractor_class: ClassVar[Any] = LogMel
    weight_prefixes: ClassVar[tuple[str, ...]] = ("",)

    @classmethod
    def load(cls, folder: Path, identity: ModelIdentity, dtype: torch.dtype, **how: Any) -> OpenModel:
        """See `OpenModel.load`."""
        if not (folder / "adapter_config.json").is_file():
            return super().load(folder, identity, dtype, **how)
        require("peft", "peft", f"The speech adapter of {cls.family.title}")
        # Older ones look for the weights where the adapter was trained, not beside it.
        if Version(transformers.__version__) < Version(ADAPTER_NEEDS):
            raise ModelError(
                f"The speech adapter of {cls.family.title} needs transformers {ADAPTER_NEEDS} or newer; "
                f"{transformers.__version__} is installed."
            )
        loaded = super().load(folder, identity, dtype, **how)
        merge_adapter(loaded.model)
        return loaded

    def __init__(self, model: Any, tokenizer: Any, feature_extractor: Any, identity: ModelIdentity):
        # Until transformers 5.3 the parts are the model's own, later its base model's.
        parts = model if hasattr(model, "encoder") else model.model
        self._encoder, self._projector = parts.encoder, parts.projector
        super().__init__(model, tokenizer, feature_extractor, identity)

    @property
    def shortest(self) -> int:
        """See `OpenModel.shortest`: the first window is mirrored at the recording's start."""
        return int(self.feature_extractor.melspec_kwargs["n_fft"]) // 2 + 1

    def prompt(self, audio: Audio, messages: Sequence[Message]) -> Prompt:
        """See `OpenModel.prompt`; versions of the family differ in their chat form."""
        self.check_audio(audio)
        features = self.feature_extractor(audio.samples, device=str(self.device))
        window, rate = self._projector.window_size, self._projector.downsample_rate
        count = math.ceil(features.shape[1] / window) * (window // rate)
        token = self.tokenizer.convert_ids_to_tokens(self.family.audio_token_id(self.model.config))
        # Granite 4's template lays out no system turn, and would drop its text.
        turns = messages if "system" in (self.tokenizer.chat_template or "") else without_system(messages)
        text = own_form(self.tokenizer, turns, token * count, in_parts=False)
        return self.build_prompt(audio, text, features, count)

    def encode_parts(self, prompt: Prompt) -> Iterator[tuple[float, Tensor]]:
        """See `OpenModel.encode_parts`; its convolutions reach over the whole recording."""
        with torch.inference_mode():
            states = self._encoder(prompt.features.to(self.model.dtype)).last_hidden_state
            yield 1.0, self._projector(states)[0]

    def forward_inputs(self, prompt: Prompt) -> dict[str, Tensor]:
        """See `OpenModel.forward_inputs`."""
        tokens = torch.ones(1, len(prompt.audio_positions), dtype=torch.bool, device=self.device)
        return {
            "input_ids": prompt.input_ids,
            "attention_mask": torch.ones_like(prompt.input_ids),
            "input_features": prompt.features.to(self.model.dtype),
            "input_features_mask": tokens,
        }


def merge_adapter(model: Any) -> None:
    """Put a model's LoRA adapter into its weights for good.

    The class switches an adapter off whenever it is given embeddings instead of sound.
    """
    from peft.tuners.tuners_utils import BaseTunerLayer

    tuned = [(name, module) for name, module in model.named_modules() if isinstance(module, BaseTunerLayer)]
    for name, module in tuned:
        module.merge()
        parent, _, own = name.rpartition(".")
        setattr(model.get_submodule(parent), own, module.get_base_layer())
    del model.peft_config
    model._hf_peft_config_loaded = False
