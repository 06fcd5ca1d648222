"""The model families, one line each, by the model type in a checkpoint's configuration.

A family is what compression has to know about a transformers model that somebody else loaded; its
adapter, which loads a checkpoint and builds its prompts, is found by the same name.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from packaging.version import Version

from amarathon.errors import ConfigurationError, ModelError


@dataclass(frozen=True)
class Family:
    """What is particular to a family.

    Attributes
    ----------
    name : str
        The adapter's module under `amarathon.models`.
    adapter : str
        The adapter's class in that module.
    title : str
        As its authors write it.
    model_types : tuple of str
        Values of ``config.model_type`` that mean this family.
    prompt_form : str
        How a chat lays out one recording and its question.
    audio_token_field : str
        The configuration field with the id of the placeholder token.
    tokens_per_second : float
        Audio tokens that a second of sound becomes.
    max_audio_s : float
        Longest recording that it reads here, in seconds.
    chunk_s : float or None
        The encoder's pieces in seconds, where token times start anew; None where one steady
        step runs through.
    chunk_tokens : int
        Tokens of a whole piece.
    token_s : float
        Seconds from one token of a piece to the next.
    dtype : str
        What its weights were published in; the default on CUDA.
    needs_transformers : str
        The oldest version that runs its audio.
    reads_by : {"prompt", "cross-attention"}
        Whether audio tokens stand in the language model's prompt, or its decoder attends to the encoder's
        rows.
    released_markers : int or None
        How many tokens on either side of the audio the paper's released code prunes with it; None where
        that code does not prune the family.
    """

    name: str
    adapter: str
    title: str
    model_types: tuple[str, ...]
    prompt_form: str
    audio_token_field: str
    tokens_per_second: float
    max_audio_s: float
    chunk_s: float | None = None
    chunk_tokens: int = 1
    token_s: float = 0.0
    dtype: str = "bfloat16"
    needs_transformers: str = "5.2"
    reads_by: Literal["prompt", "cross-attention"] = "prompt"
    released_markers: int | None = None

    @property
    def runs(self) -> bool:
        """Whether the installed transformers can run it."""
        return Version(metadata.version("transformers")) >= Version(self.needs_transformers)

    @property
    def tasks(self) -> tuple[str, ...]:
        """Codes of the tasks that it answers; empty for all."""
        return ("ASR",) if self.reads_by == "cross-attention" else ()

    def check_takes(self, work: str) -> None:
        """Refuse work that needs a prompt with a question in it.

        Parameters
        ----------
        work : str
            As the subject of a sentence, e.g. ``"calibration"``.

        Raises
        ------
        ModelError
        """
        if self.reads_by == "cross-attention":
            raise ModelError(
                f"{self.title} only writes down what is said, and {work} needs a model that answers "
                "questions."
            )

    def check_transformers(self) -> None:
        """Refuse a version of transformers that cannot run the family.

        Raises
        ------
        ModelError
        """
        if not self.runs:
            raise ModelError(
                f"{self.title} needs transformers {self.needs_transformers} or newer for its audio; "
                f"{metadata.version('transformers')} is installed."
            )

    def audio_token_id(self, config: Any) -> int:
        """The placeholder's id, from a transformers configuration."""
        return int(attrgetter(self.audio_token_field)(config))

    def start_s(self, token: int) -> float:
        """When the encoder's token number `token` begins, in seconds from the recording's start."""
        if self.chunk_s is None:
            return token / self.tokens_per_second
        chunk, index = divmod(token, self.chunk_tokens)
        return chunk * self.chunk_s + index * self.token_s

    def end_s(self, token: int) -> float:
        """When it ends: where the next one of its piece begins, or the next piece."""
        if self.chunk_s is None:
            return (token + 1) / self.tokens_per_second
        chunk, index = divmod(token, self.chunk_tokens)
        return min(chunk * self.chunk_s + (index + 1) * self.token_s, (chunk + 1) * self.chunk_s)


FAMILIES = (
    Family(
        name="qwen2_5_omni",
        adapter="Qwen25Omni",
        title="Qwen2.5-Omni",
        model_types=("qwen2_5_omni", "qwen2_5_omni_thinker"),
        prompt_form="<|audio_bos|><|AUDIO|>...<|audio_eos|>question",
        audio_token_field="audio_token_id",
        tokens_per_second=25.0,
        max_audio_s=300.0,
        released_markers=1,
    ),
    Family(
        name="qwen3_omni",
        adapter="Qwen3Omni",
        title="Qwen3-Omni",
        model_types=("qwen3_omni_moe", "qwen3_omni_moe_thinker"),
        prompt_form="<|audio_start|><|audio_pad|>...<|audio_end|>question",
        audio_token_field="audio_token_id",
        tokens_per_second=13.0,
        max_audio_s=300.0,
        # Each second is convolved by itself: twelve steps of 80 ms and one of 40 ms.
        chunk_s=1.0,
        chunk_tokens=13,
        token_s=0.08,
    ),
    Family(
        name="qwen2_audio",
        adapter="Qwen2Audio",
        title="Qwen2-Audio",
        model_types=("qwen2_audio",),
        # Trained on clips of up to 30 s; a longer recording becomes several audios in a row.
        prompt_form="Audio 1: <|audio_bos|><|AUDIO|>...<|audio_eos|>\\nAudio 2: ...question",
        audio_token_field="audio_token_id",
        tokens_per_second=25.0,
        max_audio_s=300.0,
    ),
    Family(
        name="voxtral",
        adapter="Voxtral",
        title="Voxtral",
        model_types=("voxtral",),
        prompt_form="[INST][BEGIN_AUDIO][AUDIO]...question[/INST]",
        audio_token_field="audio_token_id",
        tokens_per_second=12.5,
        max_audio_s=1800.0,
    ),
    Family(
        name="audioflamingo3",
        adapter="AudioFlamingo3",
        title="Audio Flamingo 3",
        model_types=("audioflamingo3",),
        prompt_form="<sound>...question",
        audio_token_field="audio_token_id",
        tokens_per_second=25.0,
        max_audio_s=600.0,
    ),
    Family(
        name="phi4_multimodal",
        adapter="Phi4Multimodal",
        title="Phi-4-multimodal",
        model_types=("phi4_multimodal",),
        prompt_form="<|user|><|audio|>...question<|end|><|assistant|>",
        audio_token_field="audio_config.audio_token_id",
        tokens_per_second=12.5,
        max_audio_s=1800.0,
        released_markers=0,
    ),
    Family(
        name="gemma3n",
        adapter="Gemma3n",
        title="Gemma 3n",
        model_types=("gemma3n",),
        # Its encoder takes 30 s; a longer recording becomes several audios in a row.
        prompt_form="<start_of_turn>user\\n\\n<start_of_audio><audio_soft_token>...<end_of_audio>\\n\\nquestion",
        audio_token_field="audio_token_id",
        tokens_per_second=6.25,
        max_audio_s=300.0,
        chunk_s=30.0,
        chunk_tokens=188,
        token_s=0.16,
        needs_transformers="5.23",
    ),
    Family(
        name="whisper",
        adapter="Whisper",
        title="Whisper",
        model_types=("whisper",),
        prompt_form="<|startoftranscript|>...",
        audio_token_field="",
        tokens_per_second=50.0,
        max_audio_s=3600.0,
        dtype="float16",
        reads_by="cross-attention",
    ),
)

# Revisions that hold a family's weights together with remote code, and what to do.
REMOTE_CODE: Mapping[str, str] = MappingProxyType(
    {
        "phi4mm": "This revision of Phi-4-multimodal is for remote code, which is never run; "
        "the same weights for transformers are at revision refs/pr/70."
    }
)

BY_MODEL_TYPE: Mapping[str, Family] = MappingProxyType(
    {model_type: family for family in FAMILIES for model_type in family.model_types}
)


def family_of(model_type: str | None) -> Family:
    """The family of a transformers configuration's ``model_type``.

    Raises
    ------
    ModelError
        If no family here has it.
    """
    if model_type is None or model_type not in BY_MODEL_TYPE:
        known = ", ".join(family.title for family in FAMILIES)
        unknown = f"Models of type {model_type!r} are not supported; supported are: {known}."
        raise ModelError(REMOTE_CODE.get(model_type or "", unknown))
    return BY_MODEL_TYPE[model_type]


def check_tasks(adapter: str, tasks: Iterable[str]) -> None:
    """Refuse tasks that a family does not answer, before any work.

    Parameters
    ----------
    adapter : str
        From a model's identity; one that is no family here takes any task.
    tasks : iterable of str

    Raises
    ------
    ConfigurationError
    """
    family = next((family for family in FAMILIES if family.name == adapter), None)
    if family is None or not family.tasks:
        return
    others = [task for task in tasks if task not in family.tasks]
    if others:
        raise ConfigurationError(
            f"{family.title} only writes down what is said and cannot be asked {', '.join(others)}; "
            f"use --tasks {','.join(family.tasks)}."
        )


def family_of_folder(folder: Path) -> Family:
    """The family of a checkpoint folder, read from its config.json.

    Raises
    ------
    ModelError
        If the file is not JSON, or its family is not supported.
    """
    try:
        fields = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ModelError(f"{folder.name}/config.json cannot be read as JSON: {error}") from error
    if not isinstance(fields, dict):
        raise ModelError(f"{folder.name}/config.json is not a model's configuration.")
    return family_of(fields.get("model_type"))
