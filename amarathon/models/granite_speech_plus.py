"""Granite Speech Plus (4.1 and every checkpoint of its class).

References
----------
Saon et al., "Granite-speech: open-source speech-aware LLMs with strong English ASR capabilities"
(arXiv 2505.08699).
"""

from typing import Any, ClassVar

from transformers import GraniteSpeechPlusForConditionalGeneration

from amarathon.models.families import BY_MODEL_TYPE
from amarathon.models.family import Family
from amarathon.models.granite_speech import GraniteSpeech


class GraniteSpeechPlus(GraniteSpeech):
    """Adapter of Granite Speech Plus: its projector reads the states of several layers side by side."""

    family: ClassVar[Family] = BY_MODEL_TYPE["granite_speech_plus"]
    model_class: ClassVar[Any] = GraniteSpeechPlusForConditionalGeneration
