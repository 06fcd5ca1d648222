"""Calls of ``generate`` that go around a model's own: through its class, ``GenerationMixin.generate(model)``.

What a block puts in place of ``model.generate`` does not see them, but they pass through the model's own
steps of preparation. Together with `hooks`, the only file that touches transformers' internals; the steps
have these names since transformers 5.2.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from inspect import signature
from typing import Any

from transformers import PreTrainedModel

from amarathon.compression.strategies import GenerateCall, check_strategy
from amarathon.compression.target import replaced
from amarathon.errors import ModelError

_OWN_LOOP = (
    "Compression must know which prompt a decoding loop of your own is arguments: "
    "call generate of the model itself, not of its class."
)


@contextmanager
def class_calls_checked(model: PreTrainedModel, seen: Callable[[], bool]) -> Iterator[None]:
    """Hold calls through a model's class to the same table of strategies, for the time of a ``with`` block.

    Parameters
    ----------
    model : PreTrainedModel
    seen : callable
        Whether the call at work came by ``model.generate``, where it was looked at already.
    """
    extract, prepare = model._extract_generation_mode_kwargs, model._prepare_generation_config
    names = signature(extract)
    arguments: dict[str, Any] = {}

    def extracting(*args: Any, **kwargs: Any) -> Any:
        arguments.clear()
        bound = names.bind(*args, **kwargs).arguments
        arguments.update({**bound["kwargs"], **{name: bound[name] for name in bound if name != "kwargs"}})
        return extract(*args, **kwargs)

    def preparing(*args: Any, **kwargs: Any) -> Any:
        prepared = prepare(*args, **kwargs)
        if not seen():
            config, mode = prepared[0], prepared[0].get_generation_mode(arguments.get("assistant_model"))
            check_strategy(GenerateCall(config, mode.value, arguments))
            if arguments.get("custom_generate") is not None:
                raise ModelError(_OWN_LOOP)
        return prepared

    def loading(repository: Any = None, *_args: Any, **_kwargs: Any) -> Any:
        check_strategy(GenerateCall(model.generation_config, "", {"custom_generate": str(repository)}))

    with ExitStack() as stack:
        for name, value in (
            ("_extract_generation_mode_kwargs", extracting),
            ("_prepare_generation_config", preparing),
            ("load_custom_generate", loading),
        ):
            stack.enter_context(replaced(model, name, value))
        yield
