"""Hooks on one layer's attention: listening to a prompt's, and attending to caches of unequal lengths."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from transformers.cache_utils import EncoderDecoderCache

from amarathon.compression.attention_functions import AttentionFunction, substituted
from amarathon.compression.caches import RaggedLayer
from amarathon.compression.hooks import attention_of


@dataclass(frozen=True)
class AttentionCall:
    """One call of a layer's attention.

    Attributes
    ----------
    query, key, value : Tensor of shape (1, heads, T, head_dim)
        After rotary position embedding.
    scaling : float
    rotary : tuple of two Tensors of shape (T, d), or None
        Cosine and sine of that embedding.
    """

    query: Tensor
    key: Tensor
    value: Tensor
    scaling: float
    rotary: tuple[Tensor, Tensor] | None


AttentionListener = Callable[[AttentionCall], None]


@contextmanager
def listen_to_attention(attention: nn.Module, listener: AttentionListener) -> Iterator[None]:
    """Pass the post-rotary queries, keys and values of one attention module to `listener`."""

    def substitute(function: AttentionFunction, module_inputs: dict[str, Any]) -> AttentionFunction:
        rotary = _rotary(module_inputs.get("position_embeddings"))

        def listening(
            module: nn.Module, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, **kwargs: Any
        ) -> Any:
            held = _held_by_head(module_inputs, module)
            if held is not None:
                return attend_by_head(function, module, query, held, **kwargs)
            # A prompt's own queries only: in decode there is nothing left to decide.
            if query.shape[-2] == key.shape[-2]:
                scaling = kwargs.get("scaling")
                scaling = query.shape[-1] ** -0.5 if scaling is None else scaling
                listener(AttentionCall(query, key, value, scaling, rotary))
            return function(module, query, key, value, mask, **kwargs)

        return listening

    with substituted(attention, substitute):
        yield


@contextmanager
def attend_separately(layers: nn.ModuleList) -> Iterator[None]:
    """Let each row of a batch attend to a cache of its own; the model's cache is `caches.side_by_side`.

    One query for each row, which sees all that its cache holds, so there are no masks.
    """

    def substitute(function: AttentionFunction, module_inputs: dict[str, Any]) -> AttentionFunction:
        caches = module_inputs["past_key_values"]
        if isinstance(caches, EncoderDecoderCache):
            crosses = module_inputs.get("key_value_states") is not None
            caches = caches.cross_attention_cache if crosses else caches.self_attention_cache

        def attending(
            module: nn.Module, query: Tensor, _key: Tensor, _value: Tensor, _mask: Any, **kwargs: Any
        ) -> Any:
            held = caches.layers[module.layer_idx].layers
            rows = [
                attend_by_head(function, module, row, layer, **kwargs)[0]
                if isinstance(layer, RaggedLayer)
                else function(module, row, layer.keys, layer.values, None, **kwargs)[0]
                for row, layer in zip(query.chunk(len(held)), held, strict=True)
            ]
            return torch.cat(rows), None

        return attending

    with ExitStack() as stack:
        for layer in layers:
            stack.enter_context(substituted(attention_of(layer), substitute))
            if (cross_attention := getattr(layer, "encoder_attn", None)) is not None:
                stack.enter_context(substituted(cross_attention, substitute))
        yield


def attend_by_head(
    function: AttentionFunction, module: nn.Module, query: Tensor, held: RaggedLayer, **kwargs: Any
) -> Any:
    """Let each KV head's query heads, of shape (1, heads, 1, head_dim), attend to what that head holds."""
    parts = [
        function(module, part, head.keys, head.values, None, **kwargs)[0]
        for part, head in zip(query.chunk(len(held.heads), dim=1), held.heads, strict=True)
    ]
    return torch.cat(parts, dim=2), None


def _held_by_head(module_inputs: dict[str, Any], module: Any) -> RaggedLayer | None:
    cache = module_inputs.get("past_key_values")
    layer = None if cache is None or module.layer_idx >= len(cache.layers) else cache.layers[module.layer_idx]
    return layer if isinstance(layer, RaggedLayer) else None


def _rotary(embeddings: tuple[Tensor, Tensor] | None) -> tuple[Tensor, Tensor] | None:
    if embeddings is None:
        return None
    # Whatever leads (batch, or three axes that agree where there is no image), one is like another.
    cos, sin = (part.reshape(-1, *part.shape[-2:])[0] for part in embeddings)
    return cos, sin
