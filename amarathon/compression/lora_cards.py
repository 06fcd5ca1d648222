"""What a LoRA adapter is: a folder in the data folder, by name, with a card.

``amarathon finetune`` writes it: weights and configuration as peft keeps them, and a card that says what it
was trained for and on.
"""

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from amarathon.compression.names import NAME
from amarathon.errors import ConfigurationError
from amarathon.settings import load_settings

NO_ADAPTER = "none"
CARD_FILE, WEIGHTS_FILE = "adapter.json", "adapter_model.safetensors"


class AdapterCard(BaseModel):
    """What an adapter is.

    Attributes
    ----------
    model, revision : str
        The weights that it was trained upon.
    shortening : str
        E.g. ``"pool@3"``.
    dataset, dataset_sha256 : str
        What it was trained on.
    recordings : tuple of str
        SHA-256 of those recordings' PCM; they are not answered with it.
    losses : tuple of float
        One for each step.
    weights_sha256 : str
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    model: str
    revision: str
    shortening: str
    dataset: str
    dataset_sha256: str
    recordings: tuple[str, ...]
    rank: int
    alpha: int
    learning_rate: float
    seed: int
    steps: int
    losses: tuple[float, ...]
    weights_sha256: str
    hardware: dict[str, str]
    libraries: dict[str, str]
    commit: str | None
    at: str


def adapter_folder(name: str) -> Path:
    """Where an adapter of this name lies.

    Raises
    ------
    ConfigurationError
        If it cannot be an adapter's name.
    """
    if not NAME.fullmatch(name) or name == NO_ADAPTER:
        raise ConfigurationError(f"{name!r} cannot be an adapter's name; use letters, digits, . _ and -.")
    return load_settings().data / "adapters" / name


def load_card(name: str) -> AdapterCard:
    """Read an adapter's card.

    Raises
    ------
    ConfigurationError
        If there is none of this name, its training has not ended, or it is damaged.
    """
    try:
        content = (adapter_folder(name) / CARD_FILE).read_text(encoding="utf-8")
        return AdapterCard.model_validate(json.loads(content))
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"There is no finished LoRA adapter {name!r}; make one by `amarathon finetune`."
        ) from error
    except (json.JSONDecodeError, UnicodeDecodeError, ValidationError) as error:
        raise ConfigurationError(f"The LoRA adapter {name!r} is damaged.") from error
