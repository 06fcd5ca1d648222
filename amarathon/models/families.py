"""The model families, one line each, by the model type in a checkpoint's configuration.

A family is what compression has to know about a transformers model that somebody else loaded; its
adapter, which loads a checkpoint and builds its prompts, is found by the same name.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from amarathon.errors import ConfigurationError, ModelError
from amarathon.models.family import Family

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
        name="aero",
        adapter="Aero",
        title="Aero-1-Audio",
        model_types=("aero",),
        # Its encoder takes 30 s; a longer recording becomes several audios in a row.
        prompt_form="<|AUDIO|>...\\n<|AUDIO|>...\\nquestion",
        audio_token_field="audio_token_id",
        tokens_per_second=25.0,
        max_audio_s=900.0,
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
        name="musicflamingo",
        adapter="MusicFlamingo",
        title="Music Flamingo",
        # Audio Flamingo Next has this type too.
        model_types=("musicflamingo",),
        prompt_form="<|sound_bos|><sound>...<|sound_eos|>question",
        audio_token_field="audio_token_id",
        tokens_per_second=25.0,
        max_audio_s=1200.0,
        needs_transformers="5.23",
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
        name="gemma4",
        adapter="Gemma4",
        title="Gemma 4",
        model_types=("gemma4",),
        # Its extractor cuts off what is longer than 30 s; here that becomes several audios in a row.
        prompt_form="<|turn>user\\n<|audio><|audio|>...<audio|>question<turn|>",
        audio_token_field="audio_token_id",
        tokens_per_second=25.0,
        max_audio_s=300.0,
        needs_transformers="5.23",
    ),
    Family(
        name="gemma4_unified",
        adapter="Gemma4Unified",
        title="Gemma 4 Unified",
        model_types=("gemma4_unified",),
        prompt_form="<|turn>user\\n<|audio><|audio|>...<audio|>question<turn|>",
        audio_token_field="audio_token_id",
        tokens_per_second=25.0,
        max_audio_s=300.0,
        needs_transformers="5.23",
    ),
    Family(
        name="granite_speech",
        adapter="GraniteSpeech",
        title="Granite Speech",
        model_types=("granite_speech",),
        prompt_form="<|start_of_role|>user<|end_of_role|><|audio|>...question<|end_of_text|>",
        audio_token_field="audio_token_id",
        tokens_per_second=10.0,
        max_audio_s=300.0,
    ),
    Family(
        name="granite_speech_plus",
        adapter="GraniteSpeechPlus",
        title="Granite Speech Plus",
        model_types=("granite_speech_plus",),
        prompt_form="<|start_of_role|>user<|end_of_role|><|audio|>...question<|end_of_text|>",
        audio_token_field="audio_token_id",
        tokens_per_second=10.0,
        max_audio_s=300.0,
        needs_transformers="5.23",
    ),
    Family(
        name="glmasr",
        adapter="GlmAsr",
        title="GLM-ASR",
        model_types=("glmasr",),
        prompt_form="<|user|>\\n<|begin_of_audio|><|pad|>...<|end_of_audio|>instruction<|assistant|>",
        audio_token_field="audio_token_id",
        tokens_per_second=12.5,
        # Its processor cuts off what is longer: 21 pieces of 30 s.
        max_audio_s=630.0,
        needs_transformers="5.23",
        transcribes_only=True,
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
