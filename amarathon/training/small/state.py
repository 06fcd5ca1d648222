"""Checkpoints of a training, written so that a kill at any moment leaves a whole one."""

import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch

from amarathon.errors import ModelError


@dataclass
class Position:
    """Where a training is.

    Attributes
    ----------
    stage, step : int
        The step is counted within the stage, and is the next one to do.
    total_steps : int
        Done so far, over all stages.
    best : float
        Best mean validation accuracy of this stage.
    since_best : int
        Validations since then.
    scores : dict
        Of the latest validation.
    """

    stage: int = 0
    step: int = 0
    total_steps: int = 0
    best: float = 0.0
    since_best: int = 0
    scores: dict[str, float] = field(default_factory=dict)


def save_state(path: Path, position: Position, recipe: str, parts: dict[str, Any]) -> None:
    """Write a checkpoint; the previous one stays until the new one is on disk.

    Parameters
    ----------
    path : Path
    position : Position
    recipe : str
        What the training was started with, as text.
    parts : dict
        State dictionaries by name. What is random depends on the step alone, so no generator is kept.
    """
    unfinished = path.with_suffix(".part")
    content = {"position": asdict(position), "recipe": recipe, **parts}
    with unfinished.open("wb") as file:
        torch.save(content, file)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def load_state(path: Path, recipe: str) -> tuple[Position, dict[str, Any]]:
    """Read a checkpoint.

    Raises
    ------
    ModelError
        It belongs to another recipe.
    """
    content = torch.load(path, map_location="cpu", weights_only=True)
    if content["recipe"] != recipe:
        raise ModelError(f"The training in {path.parent.name} was started with another recipe or seed.")
    return Position(**content["position"]), content
