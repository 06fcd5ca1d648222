"""Which class of ours speaks to a family's checkpoints."""

from importlib import import_module
from typing import TYPE_CHECKING, cast

from amarathon.models.family import Family

if TYPE_CHECKING:
    from amarathon.models.open_model import OpenModel


def adapter_class(family: Family) -> "type[OpenModel]":
    """Import the class that loads a family's checkpoints; this imports torch and transformers.

    Raises
    ------
    ModelError
        If the installed transformers cannot run the family.
    """
    family.check_transformers()
    module = import_module(f"amarathon.models.{family.name}")
    return cast("type[OpenModel]", getattr(module, family.adapter))
