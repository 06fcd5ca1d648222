"""The same model a second time, without its weights a second time.

What compresses a model changes how it works while a reply is written. On a twin that hinders nobody.
"""

from copy import copy, deepcopy
from itertools import chain
from typing import Any, TypeVar

from amarathon.models.open_model import OpenModel

Model = TypeVar("Model", bound=OpenModel)


def can_be_twinned(model: OpenModel) -> bool:
    """Whether all of a model is in one place: what moves states between devices knows its own modules."""
    return len(set(getattr(model.model, "hf_device_map", {}).values())) <= 1


def twin(model: Model) -> Model:
    """The same model in modules of its own, which hold the same tensors."""
    tensors = {id(tensor): tensor for tensor in chain(model.model.parameters(), model.model.buffers())}
    second = copy(model)
    second.model = deepcopy(model.model, dict[int, Any](tensors))
    return second
