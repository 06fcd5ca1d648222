"""Another attention function instead of one module's own, for the thread that put it there alone."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from typing import Any, cast

from torch import nn
from transformers import PreTrainedModel
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from amarathon.compression.target import replaced
from amarathon.errors import ModelError

AttentionFunction = Callable[..., Any]


@contextmanager
def substituted(
    attention: nn.Module, substitute: Callable[[AttentionFunction, dict[str, Any]], AttentionFunction]
) -> Iterator[None]:
    """Put another function in the stead of one attention module's own.

    The module looks its attention function up by the name in its configuration at every call. It gets
    a configuration of its own, where the name leads to what `substitute` makes of the function and of
    the module's arguments: in the thread that put it there, and until the function is at work, which
    reads the true name. All other modules and threads see what they always saw.
    """
    name, mine = f"amarathon_{next(_NUMBERS)}", threading.get_ident()
    own = _OwnConfig(attention.config, name)
    registry = _registry(attention)

    def enter(_module: nn.Module, _args: Any, kwargs: dict[str, Any]) -> None:
        if threading.get_ident() != mine:
            return
        made = substitute(_attention_function(attention, own._attn_implementation), kwargs)

        def once(*args: Any, **more: Any) -> Any:
            own.lookup_thread = None
            return made(*args, **more)

        registry[name], own.lookup_thread = once, mine

    def leave(_module: nn.Module, _args: Any, _output: Any) -> None:
        if threading.get_ident() == mine:
            own.lookup_thread = None

    with ExitStack() as stack:
        stack.enter_context(replaced(attention, "config", own))
        stack.callback(registry.pop, name, None)
        for handle in (
            attention.register_forward_pre_hook(enter, with_kwargs=True),
            attention.register_forward_hook(leave, always_call=True),
        ):
            stack.callback(handle.remove)
        yield


_NUMBERS = count()


class _OwnConfig:
    """An attention module's configuration, whose attention function can be looked up by another name."""

    def __init__(self, config: Any, name: str):
        self._config, self._name = config, name
        self.lookup_thread: int | None = None  # the thread that is about to look the function up

    def __getattr__(self, name: str) -> Any:
        return getattr(self._config, name)

    @property
    def _attn_implementation(self) -> str:
        if self.lookup_thread == threading.get_ident():
            return self._name
        return cast(str, self._config._attn_implementation)


def _attention_function(attention: nn.Module, name: str | None) -> AttentionFunction:
    if name is None or name == "eager":
        # Eager attention is not in the registry: each modeling file brings its own.
        return cast(AttentionFunction, _of_modeling_file(attention, "eager_attention_forward"))
    return cast(AttentionFunction, _registry(attention)[name])


def _registry(attention: nn.Module) -> Any:
    # A modeling file may have a registry of its own.
    return _of_modeling_file(attention, "ALL_ATTENTION_FUNCTIONS", ALL_ATTENTION_FUNCTIONS)


def _of_modeling_file(attention: nn.Module, name: str, default: Any = None) -> Any:
    files = (sys.modules[kind.__module__] for kind in type(attention).__mro__)
    return next((getattr(file, name) for file in files if hasattr(file, name)), default)


def check_attention(model: PreTrainedModel) -> None:
    """Refuse attention whose masks cannot be cut.

    Raises
    ------
    ModelError
    """
    config = model.config.get_text_config(decoder=True)
    name = str(config._attn_implementation)
    if name == "flex_attention" or name.startswith("paged|"):
        raise ModelError(
            f"Compression does not go with the attention {name!r}, whose masks cannot be cut: "
            'choose another by model.set_attn_implementation("sdpa"), "eager" or "flash_attention_2".'
        )
