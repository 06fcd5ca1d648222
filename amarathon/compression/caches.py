"""Caches that hold fewer tokens than they have seen, in place of transformers' own.

Positions of the tokens to come are derived from a cache's length, so after pruning or eviction the
length must stay what it would have been. And a reply is written token by token: transformers' own
layer copies all keys and values for each of them, which on five minutes of audio costs more than the
attention over them; these have room for what comes.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from transformers import cache_utils
from transformers.cache_utils import (
    Cache,
    DynamicCache,
    DynamicLayer,
    DynamicSlidingWindowLayer,
    EncoderDecoderCache,
)

from amarathon.errors import ModelError

# Tokens for which a layer makes room at a time.
ROOM = 256


class CountingLayer(DynamicLayer):
    """A layer's cache that counts tokens seen, not tokens kept.

    The tensors that it starts with stay as they are: the first token moves what is kept to where there
    is room, and from then on tokens are written behind it.
    """

    def __init__(self, keys: Tensor, values: Tensor, seen: int):
        super().__init__()
        self.keys, self.values = keys, values
        self.dtype, self.device = keys.dtype, keys.device
        self.is_initialized = True
        self.missing = seen - keys.shape[-2]
        self._roomy: tuple[Tensor, Tensor] | None = None
        self._written: Tensor | None = None

    def update(self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any) -> Any:
        """Add tokens behind those that are kept, and return all keys and all values."""
        held = self.keys.shape[-2]
        end = held + key_states.shape[-2]
        # Whoever reorders or crops the cache puts other tensors in place of those written here.
        if self._roomy is None or self._written is not self.keys or self._roomy[0].shape[-2] < end:
            self._roomy = _with_room(self.keys, end + ROOM), _with_room(self.values, end + ROOM)
        for roomy, states in zip(self._roomy, (key_states, value_states), strict=True):
            roomy[:, :, held:end] = states
        self.keys, self.values = (roomy[:, :, :end] for roomy in self._roomy)
        self._written = self.keys
        return self.keys, self.values

    def get_seq_length(self, *args: Any) -> int:
        """Tokens seen."""
        return int(self.keys.shape[-2]) + self.missing


class RaggedLayer(DynamicLayer):
    """A layer's cache whose KV heads hold different numbers of tokens, each head its own.

    Parameters
    ----------
    keys, values : Tensor of shape (1, kv_heads, n, head_dim)
    stays : Tensor of shape (kv_heads, n), bool
        What each head keeps of them.
    seen : int
    """

    def __init__(self, keys: Tensor, values: Tensor, stays: Tensor, seen: int):
        self.heads: list[CountingLayer] = []
        super().__init__()
        self.dtype, self.device = keys.dtype, keys.device
        self.is_initialized = True
        for head, own in enumerate(stays):
            self.heads.append(CountingLayer(keys[:, head, own][:, None], values[:, head, own][:, None], seen))

    @property
    def keys(self) -> Tensor:
        """All heads' keys in a row, (1, 1, sum of n, head_dim): what it holds, not what attention reads."""
        return torch.cat([head.keys for head in self.heads], dim=2)

    @keys.setter
    def keys(self, _states: Tensor | None) -> None:
        """No tensor has one length for each head, so none is stored."""

    @property
    def values(self) -> Tensor:
        """As `keys`."""
        return torch.cat([head.values for head in self.heads], dim=2)

    @values.setter
    def values(self, _states: Tensor | None) -> None:
        """As `keys`."""

    def update(self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any) -> Any:
        """Add one token to each head; what was held is left to `attention_hooks.attend_by_head`.

        Raises
        ------
        ModelError
            For several tokens at once, which would need a mask for each head.
        """
        if key_states.shape[-2] != 1:
            raise ModelError("After heads share a budget, as in adakv, models read one token at a time.")
        for number, head in enumerate(self.heads):
            head.update(key_states[:, number : number + 1], value_states[:, number : number + 1])
        return key_states, value_states

    def get_seq_length(self, *args: Any) -> int:
        """Tokens seen."""
        return self.heads[0].get_seq_length()


class CountingWindowLayer(DynamicSlidingWindowLayer):
    """The cache of a layer that looks back no further than a window.

    The window is counted in the prompt's own positions, so each token kept carries its own.

    Parameters
    ----------
    keys, values : Tensor of shape (1, kv_heads, n, head_dim)
    positions : sequence of int
        Positions of the n tokens, sorted.
    seen : int
        Tokens so far, kept or not.
    window : int
    """

    def __init__(self, keys: Tensor, values: Tensor, positions: Sequence[int], seen: int, window: int):
        super().__init__(sliding_window=window)
        self.lazy_initialization(keys, values)
        self.cumulative_length = seen
        first = bisect_right(positions, seen - window)
        self.positions = list(positions[first:])
        self.keys, self.values = keys[:, :, first:], values[:, :, first:]

    def update(self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any) -> Any:
        """Add one token, and let go of those that it cannot see.

        Raises
        ------
        ModelError
            For several tokens at once, each of which would see others.
        """
        if key_states.shape[-2] != 1:
            raise ModelError(
                "After a compressed prompt, models with sliding windows read one token at a time."
            )
        first = bisect_right(self.positions, self.cumulative_length - self.sliding_window)
        self.positions = [*self.positions[first:], self.cumulative_length]
        self.keys = torch.cat([self.keys[:, :, first:], key_states], dim=-2)
        self.values = torch.cat([self.values[:, :, first:], value_states], dim=-2)
        self.cumulative_length += 1
        return self.keys, self.values

    def visible(self) -> int:
        """How many of the tokens held the next one can see."""
        first = bisect_right(self.positions, self.cumulative_length - self.sliding_window)
        return len(self.positions) - first


class SideBySideLayer(DynamicLayer):
    """One layer of several caches, for a model that reads the next token of each as a batch.

    They may hold, and have seen, different numbers of tokens: the model gets each row's position, and
    masks are left out.

    Parameters
    ----------
    layers : sequence of DynamicLayer
    """

    def __init__(self, layers: "Sequence[DynamicLayer]"):
        super().__init__()
        self.layers = layers

    def update(self, key_states: Tensor, value_states: Tensor, *args: Any, **kwargs: Any) -> Any:
        """Add a row to each cache; what was held is left to `attention_hooks.attend_separately`."""
        rows = key_states.chunk(len(self.layers)), value_states.chunk(len(self.layers))
        for layer, keys, values in zip(self.layers, *rows, strict=True):
            layer.update(keys, values)
        return key_states, value_states

    def get_seq_length(self, *args: Any) -> int:
        """Tokens seen, by the first."""
        return int(self.layers[0].get_seq_length())


_GROWING = {DynamicLayer, DynamicSlidingWindowLayer, CountingLayer, RaggedLayer, CountingWindowLayer}
# What stands for a layer that reads another's keys; until transformers 5.10 nothing did.
_GROWING.add(getattr(cache_utils, "DummyLayer", DynamicLayer))


def check_cache(cache: Cache | None) -> DynamicCache:
    """Refuse caches whose length cannot change.

    Raises
    ------
    ModelError
        If there is no cache, or it is static or quantised.
    """
    if cache is None:
        raise ModelError("Compression needs a cache: call generate with use_cache=True.")
    if not isinstance(cache, DynamicCache) or not {type(layer) for layer in cache.layers} <= _GROWING:
        raise ModelError(
            f"Compression needs a dynamic cache, not {type(cache).__name__}; leave out cache_implementation."
        )
    return cache


def replace_cache(
    cache: DynamicCache,
    layer: int,
    keys: Tensor,
    values: Tensor,
    seen: int,
    *,
    window: int | None = None,
    positions: Sequence[int] = (),
) -> None:
    """Let one layer's cache hold `keys` and `values` of shape (1, kv_heads, n, head_dim).

    `positions` are those of the n tokens; only layers with a window need them.
    """
    if window is None:
        cache.layers[layer] = CountingLayer(keys, values, seen)
    else:
        cache.layers[layer] = CountingWindowLayer(keys, values, positions, seen, window)


def columns_read(cache: DynamicCache, layer: int, queries: int) -> int:
    """How many keys `queries` new tokens will find in one layer, themselves among them."""
    held = cache.layers[layer]
    before = held.visible() if isinstance(held, CountingWindowLayer) else int(held.keys.shape[-2])
    return before + queries


def make_room(cache: DynamicCache) -> None:
    """Let layers that grow by copying grow in place from here on."""
    for number, layer in enumerate(cache.layers):
        if type(layer) is DynamicLayer and layer.keys is not None:
            cache.layers[number] = CountingLayer(layer.keys, layer.values, layer.keys.shape[-2])


def side_by_side(caches: Sequence[DynamicCache]) -> DynamicCache:
    """Several caches as one, from which a model writes one more token for each.

    Raises
    ------
    TypeError
        If one has not got room by `make_room`, or has layers with windows.
    """
    together = DynamicCache()
    together.layers = []
    for layers in zip(*(cache.layers for cache in caches), strict=True):
        counting = [layer for layer in layers if isinstance(layer, CountingLayer | RaggedLayer)]
        if len(counting) < len(layers):
            raise TypeError("Only layers that count their tokens can stand side by side.")
        together.layers.append(SideBySideLayer(counting))
    return together


def several_side_by_side(caches: Sequence[EncoderDecoderCache]) -> EncoderDecoderCache:
    """As `side_by_side`, for decoders that attend to an encoder's rows, which all caches hold already."""
    rows = DynamicCache()
    rows.layers = [
        SideBySideLayer(layers)
        for layers in zip(*(cache.cross_attention_cache.layers for cache in caches), strict=True)
    ]
    together = EncoderDecoderCache(side_by_side([cache.self_attention_cache for cache in caches]), rows)
    together.is_updated = dict.fromkeys(range(len(rows.layers)), True)
    return together


def _with_room(states: Tensor, length: int) -> Tensor:
    roomy = states.new_empty((*states.shape[:2], length, states.shape[-1]))
    roomy[:, :, : states.shape[-2]] = states
    return roomy


def cache_bytes(cache: DynamicCache) -> int:
    """Bytes of all keys and values in a cache."""
    return sum(nbytes(layer.keys, layer.values) for layer in cache.layers if layer.keys is not None)


def nbytes(keys: Tensor, values: Tensor) -> int:
    """Bytes of one layer's keys and values."""
    return int(keys.nbytes + values.nbytes)
