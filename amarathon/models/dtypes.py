"""The number formats that weights are loaded in and computed with: chosen and recorded."""

import warnings
from typing import TYPE_CHECKING

from amarathon.errors import ModelError, ModelWarning

if TYPE_CHECKING:
    import torch

# Each with what is in the names of processors' instructions for it, such as "amx_bf16" and "avx512_bf16";
# every processor has those of float32.
DTYPES = {"bfloat16": "bf16", "float16": "fp16", "float32": ""}
ON_CUDA, ON_CPU = "bfloat16", "float32"


def has_instructions(name: str) -> bool:
    """Whether this processor computes in a format itself, and not by way of float32.

    Parameters
    ----------
    name : str
        One of `DTYPES`.
    """
    import torch

    part = DTYPES[name]
    return not part or any(
        here is True and part in flag for flag, here in torch.cpu.get_capabilities().items()
    )


def choose_dtype(asked: str | None, device: str, default: str | None = None) -> "torch.dtype":
    """The format to load weights in.

    Warns with a `ModelWarning` where this processor has no instructions for it.

    Parameters
    ----------
    asked : str or None
        None takes the default.
    device : str
        E.g. ``"cpu"``.
    default : str, optional
        Of the model; else bfloat16 on CUDA, float32 on a CPU.

    Raises
    ------
    ModelError
        If there is no such format.
    """
    import torch

    name = asked or default or (ON_CUDA if device.startswith("cuda") else ON_CPU)
    if name not in DTYPES:
        *others, last = DTYPES
        raise ModelError(f"{name!r} is not a dtype for weights; use {', '.join(others)} or {last}.")
    if device == "cpu" and not has_instructions(name):
        warnings.warn(
            f"This processor has no instructions for {name} and computes it by way of float32: it takes half "
            "the memory and more time than float32.",
            ModelWarning,
            stacklevel=2,
        )
    dtype: torch.dtype = getattr(torch, name)
    return dtype


def dtype_name(dtype: "torch.dtype") -> str:
    """As records have it, e.g. ``"bfloat16"``."""
    return str(dtype).removeprefix("torch.")
