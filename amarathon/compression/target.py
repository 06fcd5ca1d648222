"""Which model is compressed when it comes wrapped, and that only one block at a time compresses it."""

import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from torch import nn
from transformers import PreTrainedModel

from amarathon.errors import ModelError
from amarathon.models.families import BY_MODEL_TYPE, family_of

_MARK = "_amarathon_at_work"
_CLAIMING = threading.Lock()


def compressible(holder: Any) -> PreTrainedModel:
    """Find the model that answers in what a caller holds.

    That may be the model, a wrapper around it (peft's, a compiled one, a module of one's own), a whole
    Omni model with its talker, or an object with a `model`, like a pipeline.

    Raises
    ------
    ModelError
        If there is none of a supported family inside, or several.
    """
    root = holder if isinstance(holder, nn.Module) else getattr(holder, "model", None)
    if not isinstance(root, nn.Module):
        raise ModelError(f"Compression takes a transformers model, not {type(holder).__name__}.")
    found: list[PreTrainedModel] = []
    for module in root.modules():  # a model comes before what it is made of
        answers = _model_type(module) in BY_MODEL_TYPE and _has_head(module)
        if answers and not any(module in set(outer.modules()) for outer in found):
            found.append(module)
    if len(found) > 1:
        raise ModelError(f"{type(root).__name__} holds {len(found)} models; pass the one to be compressed.")
    if not found:
        family_of(_model_type(root))
        raise ModelError(f"{type(root).__name__} has no language head; pass the class that generates.")
    return found[0]


def _model_type(module: nn.Module) -> str | None:
    config = getattr(module, "config", None) if isinstance(module, PreTrainedModel) else None
    return getattr(config, "model_type", None)


def _has_head(module: Any) -> bool:
    return module.get_output_embeddings() is not None


def omni_around(holder: Any, model: PreTrainedModel) -> list[PreTrainedModel]:
    """Models in what a caller holds that speak what `model`, a part of theirs, has written."""
    root = holder if isinstance(holder, nn.Module) else holder.model
    return [
        module
        for module in root.modules()
        if isinstance(module, PreTrainedModel)
        and hasattr(module, "has_talker")
        and getattr(module, "thinker", None) is model
    ]


@contextmanager
def claimed(model: PreTrainedModel, work: str) -> Iterator[None]:
    """Be the only one who changes how a model works, for the time of a ``with`` block.

    Parameters
    ----------
    model : PreTrainedModel
    work : str
        What is done to it, for others' error.

    Raises
    ------
    ModelError
        If another block is at work on it, in this thread or in another.
    """
    with _CLAIMING:
        other = model.__dict__.get(_MARK)
        if other is not None:
            name, thread = other
            if thread == threading.get_ident():
                raise ModelError(
                    f"This model is inside a block of {name} already: leave it first, "
                    "or name both steps in one configuration, such as frame@0.6+snapkv@0.5."
                )
            raise ModelError(
                f"Another thread's block of {name} is at work on this model: wait until it ends, "
                "or load the model a second time."
            )
        model.__dict__[_MARK] = work, threading.get_ident()
    try:
        with replaced(model, "__deepcopy__", _refuse_copy), replaced(model, "__reduce_ex__", _refuse_copy):
            yield
    finally:
        del model.__dict__[_MARK]


def _refuse_copy(_how: Any) -> Any:
    # A copy would keep hooks that nobody takes off again.
    raise ModelError(
        "A model is neither copied nor pickled inside a block that changes how it works: leave it first."
    )


@contextmanager
def replaced(holder: Any, name: str, value: Any) -> Iterator[None]:
    """Let an object's attribute be another one for the time of a ``with`` block.

    What was the object's own comes back; what was its class's is uncovered.
    """
    own = vars(holder)
    before = {name: own[name]} if name in own else {}
    own[name] = value
    try:
        yield
    finally:
        del own[name]
        own.update(before)


@contextmanager
def uncompiled() -> Iterator[None]:
    """Run what was compiled as it was written: compiled code does not see hooks that came later."""
    with ExitStack() as stack:
        # Nothing was compiled where the compiler was never imported.
        if "torch._dynamo" in sys.modules:
            import torch

            stack.enter_context(torch.compiler.set_stance("force_eager"))
        yield
