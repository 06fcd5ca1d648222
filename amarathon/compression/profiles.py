"""HeadRouter's profiles: which attention heads speak for which kind of question, per model.

A profile is a JSON file that ``amarathon calibrate`` writes from labelled samples. It names the model
and the recordings it was made from; those recordings are not scored with it.
"""

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from amarathon.compression.names import NAME
from amarathon.errors import ConfigurationError
from amarathon.settings import load_settings

Kind = Literal["semantic", "acoustic"]


class HeadWeights(BaseModel):
    """One kind of question.

    Attributes
    ----------
    selectivity : tuple of float
        The mean selectivity of each head on samples of this kind: mu.
    weights : tuple of float
        How much each head counts; they sum to 1.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    selectivity: tuple[float, ...]
    weights: tuple[Annotated[float, Field(ge=0)], ...]

    @model_validator(mode="after")
    def _one_of_each_head(self) -> "HeadWeights":
        if len(self.selectivity) != len(self.weights) or not sum(self.weights) > 0:
            raise ValueError("selectivity and weights need one value for each head, weights not all zero")
        return self


class HeadProfile(BaseModel):
    """What was learned about one model's heads.

    Attributes
    ----------
    model, revision : str
        Whose heads they are.
    layer : int
        Tokens are pruned before this layer; its predecessor's heads are meant.
    sigma : float
        Width of the soft router.
    semantic, acoustic : HeadWeights
    recordings : tuple of str
        SHA-256 of the calibration recordings' PCM.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str
    revision: str
    layer: int
    sigma: Annotated[float, Field(gt=0)]
    semantic: HeadWeights
    acoustic: HeadWeights
    recordings: tuple[str, ...]


def profile_path(name: str) -> Path:
    """Where a profile of this name lies, in the data folder.

    Raises
    ------
    ConfigurationError
        If the name is not lower-case letters, digits, dots, dashes and underscores.
    """
    if not NAME.fullmatch(name):
        raise ConfigurationError(f"{name!r} cannot be a profile's name; use letters, digits, . _ and -.")
    return load_settings().data / "profiles" / f"{name}.json"


def load_profile(name: str) -> HeadProfile:
    """Read a profile.

    Raises
    ------
    ConfigurationError
        If there is none of this name, or it is damaged.
    """
    path = profile_path(name)
    try:
        return HeadProfile.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"There is no HeadRouter profile {name!r}; make one by `amarathon calibrate`."
        ) from error
    except (json.JSONDecodeError, UnicodeDecodeError, ValidationError) as error:
        raise ConfigurationError(f"The HeadRouter profile {name!r} is damaged.") from error
