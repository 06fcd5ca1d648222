"""Whisper, of any size, English or multilingual: writes down what is said, window by window.

References
----------
Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision" (arXiv 2212.04356).
"""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor
from transformers import WhisperFeatureExtractor, WhisperForConditionalGeneration

from amarathon.audio import SAMPLE_RATE, Audio
from amarathon.errors import ModelError
from amarathon.models.families import BY_MODEL_TYPE
from amarathon.models.family import Family
from amarathon.models.open_model import OpenModel, Prompt
from amarathon.tasks import TASKS, Message

# The rules of long recordings, as the paper's section 4.5 has them; the rest is in the checkpoint.
RULES: dict[str, Any] = {
    "return_timestamps": True,
    "condition_on_prev_tokens": False,
    "compression_ratio_threshold": 2.4,
    "logprob_threshold": -1.0,
    "no_speech_threshold": 0.6,
    "temperature": (0.0, 0.2, 0.4, 0.6, 0.8, 1.0),
}


class Whisper(OpenModel):
    """Adapter of Whisper: its decoder attends to the encoder's rows, 1,500 for each window of 30 s."""

    family: ClassVar[Family] = BY_MODEL_TYPE["whisper"]
    model_class: ClassVar[Any] = WhisperForConditionalGeneration
    extractor_class: ClassVar[Any] = WhisperFeatureExtractor
    weight_prefixes: ClassVar[tuple[str, ...]] = ("",)

    @property
    def piece_s(self) -> float:
        """See `OpenModel.piece_s`."""
        return float(self.feature_extractor.n_samples) / SAMPLE_RATE

    @property
    def frames_per_second(self) -> float:
        """Feature frames in a second of audio: windows begin at one."""
        return SAMPLE_RATE / float(self.feature_extractor.hop_length)

    def prompt(self, audio: Audio, messages: Sequence[Message]) -> Prompt:
        """See `OpenModel.prompt`; the features are the whole recording's, (1, mel bins, frames).

        Raises
        ------
        ModelError
            If the question is not for the transcript, or the recording is too long.
        """
        self.check_audio(audio)
        if _user_text(messages) != _user_text(TASKS["ASR"].free_messages("", [])):
            raise ModelError(
                f"{self.identity.name} writes down what is said and answers no questions: "
                "ask for the transcript (tasks ASR and STT)."
            )
        made = self.feature_extractor(
            audio.samples,
            sampling_rate=SAMPLE_RATE,
            truncation=False,
            padding="longest",
            return_attention_mask=True,
            return_tensors="pt",
        )
        features = made["input_features"].to(self.device, self.model.dtype)
        frames = int(made["attention_mask"].sum())
        if features.shape[-1] <= self.window_frames:
            # One window, which transformers wants whole; what is behind the sound is its own padding.
            made = self.feature_extractor(audio.samples, sampling_rate=SAMPLE_RATE, return_tensors="pt")
            features = made["input_features"].to(self.device, self.model.dtype)
        rows = torch.arange(frames // 2)
        ids = torch.tensor([[self.model.generation_config.decoder_start_token_id]], device=self.device)
        return Prompt(ids, rows, features, (frames,), audio.duration_s)

    @property
    def window_frames(self) -> int:
        """Feature frames of a window."""
        return 2 * int(self.model.config.max_source_positions)

    def forward_inputs(self, prompt: Prompt) -> dict[str, Any]:
        """What the class's own ``generate`` takes for a recording."""
        mask = torch.ones(1, prompt.features.shape[-1], dtype=torch.long, device=self.device)
        return {"input_features": prompt.features, "attention_mask": mask, **RULES}

    def encode_parts(self, prompt: Prompt) -> Iterator[tuple[float, Tensor]]:
        """See `OpenModel.encode_parts`.

        Raises
        ------
        ModelError
            Always: where a window begins depends on what was written of the one before.
        """
        raise ModelError(
            f"{self.identity.name} reads a recording window by window while it writes; "
            "use amarathon.sweep or amarathon.evaluate."
        )

    def text(self, tokens: Sequence[int]) -> str:
        """The text of tokens, without time stamps and control tokens."""
        first_control = min(self.stop_token_ids)
        text_tokens = [token for token in tokens if token < first_control]
        return str(self.tokenizer.decode(text_tokens)).strip()


def _user_text(messages: Sequence[Message]) -> list[str]:
    """The user's turns, as text."""
    return [
        part["text"]
        for message in messages
        if message["role"] == "user"
        for part in message["content"]
        if part["type"] == "text"
    ]
