"""Hooks on a model's decoder layers.

Together with its neighbours `attention_hooks`, `attention_functions`, `caches` and `compressed_cache`, the
only file that touches transformers' internals. Nothing is forked or subclassed in the model: forward hooks on
its decoder layers shorten what flows through them. Works on transformers 5.2 and later; where versions
differ, the comment says how.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from inspect import signature
from typing import Any, cast

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from amarathon.compression.target import replaced
from amarathon.errors import ModelError


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
    """A forward's argument for its audio encoder, under either name; None where it has none."""
    found = kwargs.get("input_features")
    return kwargs.get("audio_input_features") if found is None else found


def streams(states: Tensor) -> Tensor:
    """A decoder layer's hidden states as (streams, T, hidden).

    Most layers pass on one stream; Gemma 3n's pass on several, of which the first is active.
    """
    return states.reshape(-1, *states.shape[-2:])


def shorten_shared(kwargs: dict[str, Any], index: Tensor) -> dict[str, Any]:
    """Gather what several layers are passed alike at the prompt's positions `index`, sorted."""
    shortened: dict[str, Any] = {}
    if (rotary := kwargs.get("position_embeddings")) is not None:
        # The second last dimension is time in every version (5.2 leads with the three rotary axes).
        shortened["position_embeddings"] = tuple(gathered(part, index, -2) for part in rotary)
    positions = torch.arange(len(index), device=index.device)
    if (position_ids := kwargs.get("position_ids")) is not None:
        shortened["position_ids"] = positions[None].to(position_ids.device)
    if (position_ids := kwargs.get("cache_position")) is not None:  # until transformers 5.3
        shortened["cache_position"] = positions.to(position_ids.device)
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
def whole_in_every_layer(model: PreTrainedModel) -> Iterator[None]:
    """Pass all positions on to the layers that read the keys of others.

    `generate` lets Gemma 4 pass them its last one alone, of which nothing can be gathered by position.
    """
    name = "_maybe_slice_kv_shared_inputs"

    def whole(states: Any, own: Any, rotary: Any, masks: Any, *_args: Any, **_kwargs: Any) -> Any:
        return states, own, rotary, masks

    with ExitStack() as stack:
        for module in model.modules():
            if hasattr(module, name):
                stack.enter_context(replaced(module, name, whole))
        yield


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
