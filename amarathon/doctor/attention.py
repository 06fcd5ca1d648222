"""Which attention a model computes while it is examined."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from amarathon.models.attention import set_attention


@contextmanager
def attention_implementation(model: Any, name: str) -> Iterator[None]:
    """Another attention implementation for the time of a ``with`` block.

    ``"eager"`` returns its weights.
    """
    # Of what is compressed: the whole model of some families says another, which is its encoder's.
    before = model.config.get_text_config(decoder=True)._attn_implementation
    set_attention(model, name)
    try:
        yield
    finally:
        set_attention(model, before)
