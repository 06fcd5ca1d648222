"""Hooks on a model's decoder layers.

Together with its neighbours `attention_functions`, `caches` and `compressed_cache`, the only file that
touches transformers' internals. Nothing is forked or subclassed in the model: forward hooks on its decoder
layers shorten what flows through them, and one attention call can be listened to. Works on transformers 5.2
and later; where versions differ, the comment says how.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from inspect import signature
from typing import Any, cast

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel
from transformers.cache_utils import EncoderDecoderCache

from amarathon.compression.attention_functions import AttentionFunction, substituted
from amarathon.compression.caches import RaggedLayer
from amarathon.compression.target import replaced
from amarathon.errors import ModelError


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


def decoder_layers(model: PreTrainedModel) -> nn.ModuleList:
    """Find the language model's decoder layers, wherever a family keeps them.

    Raises
    ------
    ModelError
        If the model has none that these hooks know.
    """
    number = model.config.get_text_config(decoder=True).num_hidden_layers
    for module in model.modules():
        if isinstance(module, nn.ModuleList) and len(module) == number:
            attention = getattr(module[0], "self_attn", None)
            # An audio or image tower may be as deep, but its attention writes no cache.
            if attention is not None and getattr(attention, "layer_idx", None) == 0:
                return module
    raise ModelError(f"{type(model).__name__} has no decoder layers that can be compressed.")


def final_norm(model: PreTrainedModel, layers: nn.ModuleList) -> Callable[[Tensor], Tensor]:
    """The normalisation behind the last decoder layer; what it returns is where its input is.

    Raises
    ------
    ModelError
        If the decoder has none under its usual name.
    """
    for module in model.modules():
        if any(child is layers for child in module.children()) and hasattr(module, "norm"):
            norm = cast(nn.Module, module.norm)
            return lambda states: cast(Tensor, norm(states)).to(states.device)
    raise ModelError(f"{type(model).__name__} has no final norm that compression knows.")


def rotary_frequencies(model: PreTrainedModel, layers: nn.ModuleList) -> tuple[Tensor, float]:
    """What the layers that see the whole prompt rotate queries and keys by.

    Returns
    -------
    frequencies : Tensor of shape (d / 2,)
        Radians a position; where they depend on a prompt's length, those of the last one read.
    scaling : float
        What cosine and sine are multiplied by.

    Raises
    ------
    ModelError
        If the decoder has no rotary position embedding that compression knows.
    """
    for module in model.modules():
        if any(child is layers for child in module.children()) and hasattr(module, "rotary_emb"):
            rotary = cast(Any, module.rotary_emb)
            # Gemma 3n's has one set for each kind of layer.
            prefix = "" if hasattr(rotary, "inv_freq") else "full_attention_"
            if hasattr(rotary, f"{prefix}inv_freq"):
                frequencies = getattr(rotary, f"{prefix}inv_freq")
                return frequencies, float(getattr(rotary, f"{prefix}attention_scaling"))
    raise ModelError(f"{type(model).__name__} has no rotary position embedding that compression knows.")


def attention_of(layer: nn.Module) -> nn.Module:
    """A decoder layer's self-attention."""
    return cast(nn.Module, layer.self_attn)


@contextmanager
def skip_layers(
    layers: nn.ModuleList, outputs: Sequence[Any], skipping: Callable[[], bool]
) -> Iterator[None]:
    """Let the first layers return what they returned before, while `skipping()` says so.

    Parameters
    ----------
    layers : ModuleList
    outputs : sequence
        One for each layer that is skipped, exactly as the layer returned it.
    skipping : callable
    """
    with ExitStack() as stack:
        for layer, output in zip(layers, outputs, strict=False):
            stack.enter_context(replaced(layer, "forward", _skippable(layer.forward, output, skipping)))
        yield


def _skippable(forward: Callable[..., Any], output: Any, skipping: Callable[[], bool]) -> Callable[..., Any]:
    def skip(*args: Any, **kwargs: Any) -> Any:
        return output if skipping() else forward(*args, **kwargs)

    return skip


def by_name(layer: nn.Module, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[Tensor, dict[str, Any]]:
    """A decoder layer's hidden states, and all of its other arguments by their names."""
    if not args:  # transformers 5.2 names a cross-attention's hidden states
        return kwargs["hidden_states"], {name: kwargs[name] for name in kwargs if name != "hidden_states"}
    named = zip(_parameters(cast(Any, type(layer))), args[1:], strict=False) if len(args) > 1 else ()
    return args[0], {**dict(named), **kwargs}


@cache
def _parameters(kind: Any) -> tuple[str, ...]:
    # Behind self and the hidden states.
    return tuple(signature(kind.forward).parameters)[2:]


def audio_features(kwargs: dict[str, Any]) -> Tensor | None:
    """What a model's forward is given for its audio encoder, under either name; None where it is not."""
    found = kwargs.get("input_features")
    return kwargs.get("audio_input_features") if found is None else found


def streams(states: Tensor) -> Tensor:
    """A decoder layer's hidden states as (streams, T, hidden).

    Most layers pass on one stream; Gemma 3n's pass on several, of which the first is active.
    """
    return states.reshape(-1, *states.shape[-2:])


def shorten_shared(kwargs: dict[str, Any], index: Tensor) -> dict[str, Any]:
    """Gather what several layers are passed alike at the prompt's places `index`, sorted."""
    shortened: dict[str, Any] = {}
    if (rotary := kwargs.get("position_embeddings")) is not None:
        # The second last dimension is time in every version (5.2 leads with the three rotary axes).
        shortened["position_embeddings"] = tuple(gathered(part, index, -2) for part in rotary)
    slots = torch.arange(len(index), device=index.device)
    if (places := kwargs.get("position_ids")) is not None:
        shortened["position_ids"] = slots[None].to(places.device)
    if (places := kwargs.get("cache_position")) is not None:  # until transformers 5.3
        shortened["cache_position"] = slots.to(places.device)
    if (mask := kwargs.get("attention_mask")) is not None:
        if not isinstance(mask, Tensor) or mask.dim() not in (2, 4):
            raise ModelError(
                f"Compression cannot cut masks of type {type(mask).__name__}; use sdpa or eager."
            )
        if mask.dim() == 4:
            mask = gathered(mask, index, -2)
        shortened["attention_mask"] = gathered(mask, index, -1)
    return shortened


def gathered(part: Tensor, index: Tensor, dimension: int) -> Tensor:
    """`part` at `index`, whichever device either is on: a model's layers may be spread over several."""
    return part.index_select(dimension, index.to(part.device))


def shorten_own(kwargs: dict[str, Any], index: Tensor) -> dict[str, Any]:
    """Gather what each layer is passed for itself: Gemma 3n's per-layer inputs."""
    own = kwargs.get("per_layer_input")
    return {} if own is None else {"per_layer_input": gathered(own, index, 1)}


def shorten_decode(kwargs: dict[str, Any], columns: int) -> dict[str, Any]:
    """Cut a mask made for all tokens seen to the columns that this layer really reads.

    There is no padding, so every column that is cut is one that all queries see; which ones
    are cut does not matter.
    """
    mask = kwargs.get("attention_mask")
    return kwargs if mask is None else {**kwargs, "attention_mask": mask[..., -columns:]}


@contextmanager
def listen_to_attention(attention: nn.Module, listener: AttentionListener) -> Iterator[None]:
    """Pass the post-rotary queries, keys and values of one attention module to `listener`."""

    def substitute(function: AttentionFunction, given: dict[str, Any]) -> AttentionFunction:
        rotary = _rotary(given.get("position_embeddings"))

        def listening(
            module: nn.Module, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, **kwargs: Any
        ) -> Any:
            held = _held_by_head(given, module)
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
    """Let each row of a batch attend to a cache of its own; the model is given `caches.side_by_side`.

    One query for each row, which sees all that its cache holds, so there are no masks.
    """

    def substitute(function: AttentionFunction, given: dict[str, Any]) -> AttentionFunction:
        caches = given["past_key_values"]
        if isinstance(caches, EncoderDecoderCache):
            crosses = given.get("key_value_states") is not None
            caches = caches.cross_attention_cache if crosses else caches.self_attention_cache

        def attending(
            module: nn.Module, query: Tensor, _key: Tensor, _value: Tensor, _mask: Any, **kwargs: Any
        ) -> Any:
            held = caches.layers[module.layer_idx].each
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
            if (crossing := getattr(layer, "encoder_attn", None)) is not None:
                stack.enter_context(substituted(crossing, substitute))
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


def _held_by_head(given: dict[str, Any], module: Any) -> RaggedLayer | None:
    cache = given.get("past_key_values")
    layer = None if cache is None or module.layer_idx >= len(cache.layers) else cache.layers[module.layer_idx]
    return layer if isinstance(layer, RaggedLayer) else None


def _rotary(embeddings: tuple[Tensor, Tensor] | None) -> tuple[Tensor, Tensor] | None:
    if embeddings is None:
        return None
    # Whatever leads (batch, or three axes that agree where there is no image), one is like another.
    cos, sin = (part.reshape(-1, *part.shape[-2:])[0] for part in embeddings)
    return cos, sin


@contextmanager
def last_position_logits(model: PreTrainedModel, positions: int = 1) -> Iterator[None]:
    """Compute logits of the last `positions` only; generation reads no more than one.

    At 300 s the thinkers would make 7,500 rows of logits, 2.3 GB in bf16.
    """
    head, mine = model.get_output_embeddings(), threading.get_ident()

    def cut(_module: nn.Module, args: Any) -> Any:
        return (args[0][:, -positions:],) if threading.get_ident() == mine else None

    handle = head.register_forward_pre_hook(cut)
    try:
        yield
    finally:
        handle.remove()
