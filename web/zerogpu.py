"""ZeroGPU: on such a Space a GPU is lent to one function call at a time, through the `spaces` package.

`spaces` must be imported before CUDA is touched. It wraps `gradio.Blocks.launch`, and its start-up
runs when the app's own launch() is called.
"""

import os
from collections.abc import Callable
from typing import TypeVar

Function = TypeVar("Function", bound=Callable[..., object])


def is_zero_gpu() -> bool:
    """Whether this process runs on a Space with ZeroGPU."""
    return os.environ.get("SPACES_ZERO_GPU") == "true"


def prepare() -> None:
    """Import `spaces` where there is ZeroGPU, so that launch() starts it."""
    if is_zero_gpu():
        import spaces  # noqa: F401


def borrows_gpu(seconds: int | Callable[..., int]) -> Callable[[Function], Function]:
    """Decorate a function or generator that needs a GPU for at most `seconds`; elsewhere unchanged.

    Parameters
    ----------
    seconds : int or callable
        A callable gives them for the arguments of a call.
    """

    def decorate(function: Function) -> Function:
        if not is_zero_gpu():
            return function
        import spaces

        decorated: Function = spaces.GPU(duration=seconds)(function)
        return decorated

    return decorate
