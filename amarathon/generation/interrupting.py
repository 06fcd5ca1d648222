"""Work of a model that can be broken off between any two of its layers."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from torch import nn

from amarathon.generation.outcome import InterruptError


@contextmanager
def interruptible(model: nn.Module, interrupted: Callable[[], bool] | None) -> Iterator[None]:
    """Ask before every layer whether to go on, for the time of a ``with`` block.

    An encoder over minutes of audio, or a long prompt, says nothing while it works, so that nothing else
    can stop it.

    Parameters
    ----------
    model : Module
    interrupted : callable, optional
        Whether to break off, by `InterruptError` in the thread that computes.
    """

    def look(_module: nn.Module, _inputs: Any) -> None:
        if interrupted is not None and interrupted():
            raise InterruptError

    with ExitStack() as stack:
        if interrupted is not None:
            lists = [module for module in model.modules() if isinstance(module, nn.ModuleList)]
            for layer in {id(layer): layer for layers in lists for layer in layers}.values():
                stack.callback(layer.register_forward_pre_hook(look).remove)
        yield
