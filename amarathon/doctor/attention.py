"""Which attention a model computes while it is examined."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def attention_implementation(model: Any, name: str) -> Iterator[None]:
    """Another attention implementation for the time of a ``with`` block.

    ``"eager"`` returns its weights.
    """
    before = model.config._attn_implementation
    model.set_attn_implementation(name)
    try:
        yield
    finally:
        model.set_attn_implementation(before)
