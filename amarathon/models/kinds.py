"""Which models have their weights here, and with them every configuration."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import TypeIs

    from amarathon.models.model_api import ModelAPI
    from amarathon.models.open_model import OpenModel


def is_open(model: "OpenModel | ModelAPI") -> "TypeIs[OpenModel]":
    """Whether a model can answer under configurations other than vanilla."""
    return model.compresses
