"""The model families, one line each, by the model type in a checkpoint's configuration.

A family is what compression has to know about a transformers model that somebody else loaded; its
adapter, which loads a checkpoint and builds its prompts, is found by the same name.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from amarathon.errors import ModelError

if TYPE_CHECKING:
    from amarathon.models.open_model import OpenModel


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
    audio_token_field : str
        The configuration field with the id of the placeholder token.
    tokens_per_second : float
        Audio tokens that a second of sound becomes.
    max_audio_s : float
        Longest recording that is put to it here, in seconds.
    """

    name: str
    adapter: str
    title: str
    model_types: tuple[str, ...]
    audio_token_field: str
    tokens_per_second: float
    max_audio_s: float

    def load_adapter(self) -> "type[OpenModel]":
        """Import the adapter's class; this imports torch and transformers."""
        module = import_module(f"amarathon.models.{self.name}")
        return cast("type[OpenModel]", getattr(module, self.adapter))


FAMILIES = (
    Family(
        name="qwen2_5_omni",
        adapter="Qwen25Omni",
        title="Qwen2.5-Omni",
        model_types=("qwen2_5_omni", "qwen2_5_omni_thinker"),
        audio_token_field="audio_token_id",
        tokens_per_second=25.0,
        max_audio_s=300.0,
    ),
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
        raise ModelError(f"Models of type {model_type!r} are not supported; supported are: {known}.")
    return BY_MODEL_TYPE[model_type]


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
