"""Together with `caches`, the only file that touches transformers' internals.

Nothing is forked or subclassed in the model: forward hooks on its decoder layers shorten what flows
through them, and one attention call can be listened to. Works on transformers 5.2 and later; where
versions differ, the comment says how.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from inspect import signature
from typing import Any, cast

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from amarathon.compression.caches import RaggedLayer
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
AttentionFunction = Callable[..., Any]


def decoder_layers(model: PreTrainedModel) -> nn.ModuleList:
    """Find the language model's decoder layers, wherever a family keeps them.

    Raises
    ------
    ModelError
        If the model has none that these hooks know.
    """
    count = model.config.get_text_config(decoder=True).num_hidden_layers
    for module in model.modules():
        if isinstance(module, nn.ModuleList) and len(module) == count:
            attention = getattr(module[0], "self_attn", None)
            # An audio or image tower may be as deep, but its attention writes no cache.
            if attention is not None and getattr(attention, "layer_idx", None) == 0:
                return module
    raise ModelError(f"{type(model).__name__} has no decoder layers that can be compressed.")


def final_norm(model: PreTrainedModel, layers: nn.ModuleList) -> nn.Module:
    """The normalisation behind the last decoder layer.

    Raises
    ------
    ModelError
        If the decoder has none under its usual name.
    """
    for module in model.modules():
        if any(child is layers for child in module.children()) and hasattr(module, "norm"):
            return cast(nn.Module, module.norm)
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
    first = list(zip(layers, outputs, strict=False))
    for layer, output in first:
        layer.forward = _skippable(layer.forward, output, skipping)
    try:
        yield
    finally:
        for layer, _ in first:
            del layer.forward  # uncovers the class's own


def _skippable(forward: Callable[..., Any], output: Any, skipping: Callable[[], bool]) -> Callable[..., Any]:
    def skip(*args: Any, **kwargs: Any) -> Any:
        return output if skipping() else forward(*args, **kwargs)

    return skip


def by_name(layer: nn.Module, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[Tensor, dict[str, Any]]:
    """A decoder layer's hidden states, and all of its other arguments by their names."""
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
        shortened["position_embeddings"] = tuple(part.index_select(-2, index) for part in rotary)
    slots = torch.arange(len(index), device=index.device)
    if kwargs.get("position_ids") is not None:
        shortened["position_ids"] = slots[None]
    if kwargs.get("cache_position") is not None:  # until transformers 5.3
        shortened["cache_position"] = slots
    if (mask := kwargs.get("attention_mask")) is not None:
        if mask.dim() == 4:
            mask = mask.index_select(-2, index)
        shortened["attention_mask"] = mask.index_select(-1, index)
    return shortened


def shorten_own(kwargs: dict[str, Any], index: Tensor) -> dict[str, Any]:
    """Gather what each layer is passed for itself: Gemma 3n's per-layer inputs."""
    own = kwargs.get("per_layer_input")
    return {} if own is None else {"per_layer_input": own.index_select(1, index)}


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

    with _substituted(attention, substitute):
        yield


@contextmanager
def attend_separately(layers: nn.ModuleList) -> Iterator[None]:
    """Let each row of a batch attend to a cache of its own; the model is given `caches.side_by_side`.

    One query for each row, which sees all that its cache holds, so there are no masks.
    """

    def substitute(function: AttentionFunction, given: dict[str, Any]) -> AttentionFunction:
        caches = given["past_key_values"]

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
            stack.enter_context(_substituted(attention_of(layer), substitute))
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


@contextmanager
def _substituted(
    attention: nn.Module, substitute: Callable[[AttentionFunction, dict[str, Any]], AttentionFunction]
) -> Iterator[None]:
    """Put another function in place of one attention module's own.

    The module looks its attention function up by name at every call; for the time of the call
    the name leads to what `substitute` makes of the function and of what the module was given. The
    function itself is untouched.
    """
    config = cast(Any, attention.config)
    name = f"amarathon_{id(attention)}"
    original = config._attn_implementation
    function = _attention_function(attention, original)

    def enter(_module: nn.Module, _args: Any, kwargs: dict[str, Any]) -> None:
        ALL_ATTENTION_FUNCTIONS[name] = substitute(function, kwargs)
        config._attn_implementation_internal = name

    def leave(_module: nn.Module, _args: Any, _output: Any) -> None:
        config._attn_implementation_internal = original
        del ALL_ATTENTION_FUNCTIONS[name]

    handles = [
        attention.register_forward_pre_hook(enter, with_kwargs=True),
        attention.register_forward_hook(leave, always_call=True),
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _rotary(embeddings: tuple[Tensor, Tensor] | None) -> tuple[Tensor, Tensor] | None:
    if embeddings is None:
        return None
    # Whatever leads (batch, or three axes that agree where there is no image), one is like another.
    cos, sin = (part.reshape(-1, *part.shape[-2:])[0] for part in embeddings)
    return cos, sin


def _attention_function(attention: nn.Module, name: str) -> AttentionFunction:
    if name == "eager":
        # Eager attention is not in the registry: each modeling file brings its own.
        module = sys.modules[type(attention).__module__]
        return cast(AttentionFunction, module.eager_attention_forward)
    return cast(AttentionFunction, ALL_ATTENTION_FUNCTIONS[name])


@contextmanager
def last_position_logits(model: PreTrainedModel, count: int = 1) -> Iterator[None]:
    """Compute logits of the last `count` positions only; generation reads no more than one.

    At 300 s the thinkers would make 7,500 rows of logits, 2.3 GB in bf16.
    """
    head = model.get_output_embeddings()
    handle = head.register_forward_pre_hook(lambda _module, args: (args[0][:, -count:],))
    try:
        yield
    finally:
        handle.remove()
