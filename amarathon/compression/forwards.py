"""Calls of a model inside a block: each ``generate`` and each forward is checked before it runs.

A forward reads a prompt, or goes on behind one that the same block has read; whatever is neither is
refused in one sentence. Nothing is concluded from a cache being empty alone.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import wraps
from inspect import Signature, signature
from typing import Any

from torch import Tensor, nn
from transformers import GenerationMixin, PreTrainedModel
from transformers.cache_utils import Cache, DynamicCache

from amarathon.compression.caches import check_cache
from amarathon.compression.class_calls import class_calls_checked
from amarathon.compression.compressed_cache import Block, CompressedCache, read_prompt
from amarathon.compression.hooks import decoder_layers, last_position_logits, whole_in_every_layer
from amarathon.compression.strategies import GenerateCall, check_strategy
from amarathon.compression.target import replaced
from amarathon.errors import ModelError

# Other ways into a model than its forward; they batch many prompts over one cache.
_BATCHING = ("generate_batch", "init_continuous_batching", "continuous_batching_context_manager")
# Pictures among a forward's arguments; their tokens have positions of their own.
_PICTURES = ("pixel_values", "pixel_values_videos", "image_pixel_values")
OTHER_THREAD = (
    "Another thread's `compress` block is at work on this model: call the model in the thread that opened "
    "the block, open the block in the thread that generates, or wait until it ends."
)


@dataclass(frozen=True)
class PromptForward:
    """A forward that reads a whole prompt.

    Attributes
    ----------
    source : Tensor of shape (1, T) or (1, T, hidden)
        Its ids, or its embeddings.
    ids : Tensor of shape (1, T) or None
    cache : DynamicCache or None
        Empty, if the caller gave one.
    """

    source: Tensor
    ids: Tensor | None
    cache: DynamicCache | None

    @property
    def tokens(self) -> int:
        """How many tokens it has."""
        return int(self.source.shape[1])


class ForwardReader:
    """Distinguishes prompts from what follows them.

    Parameters
    ----------
    model : PreTrainedModel
    audio_token : int
        Id of the audio's placeholder.
    block : Block
        The one at work.
    last_only : bool
        Whether ``generate`` is spared the logits of positions that it never reads. They cost 2.3 GB at
        300 s, but where nothing is removed every bit stays the model's own.
    """

    def __init__(self, model: PreTrainedModel, audio_token: int, block: Block, last_only: bool):
        self._model, self._audio_token, self._block = model, audio_token, block
        self.last_only = last_only
        self._layers = decoder_layers(model)
        self._names = tuple(signature(type(model).forward).parameters)[1:]
        # Tokens of the prompt that `generate` continues, while it is at work.
        self.prompt_tokens: int | None = None
        # Calls of the model's own `generate` that are at work.
        self.calls = 0

    def read(self, args: Sequence[Any], kwargs: dict[str, Any]) -> PromptForward | None:
        """What a forward reads; None where it goes on behind a prompt of this block.

        Raises
        ------
        ModelError
            If it is neither.
        """
        arguments = {**dict(zip(self._names, args, strict=False)), **kwargs}
        ids, embeddings = arguments.get("input_ids"), arguments.get("inputs_embeds")
        source = ids if ids is not None else embeddings
        if source is None:
            raise ModelError("Call the model with input_ids or inputs_embeds.")
        _check_purpose(self._model, self._layers, arguments)
        cache = arguments.get("past_key_values")
        if cache is not None:
            _check_kind(cache)
        if cache is None or cache.get_seq_length() == 0:
            self._check_prompt(source, arguments)
            return PromptForward(source, ids, cache)
        self._check_continued(cache, ids, arguments)
        return None

    def _check_prompt(self, source: Tensor, arguments: dict[str, Any]) -> None:
        if source.shape[0] != 1:
            raise ModelError("Compression handles one recording at a time, not a batch or beams.")
        tokens, expected = int(source.shape[1]), self.prompt_tokens
        if expected is not None and tokens > expected:
            raise ModelError(
                f"A forward holds {tokens - expected} tokens behind the prompt: candidates must not take "
                "part in choosing what stays; decode greedily or by sampling."
            )
        if expected is not None and tokens < expected:
            raise ModelError(
                f"A forward holds {tokens} of the prompt's {expected} tokens: "
                "compression needs all of them at once."
            )
        if any(arguments.get(name) is not None for name in _PICTURES):
            raise ModelError("Compression handles prompts of text and audio, not pictures.")
        _check_mask(arguments.get("attention_mask"))
        position_ids = arguments.get("position_ids")
        if isinstance(position_ids, Tensor) and not bool((position_ids.diff(dim=-1) > 0).all()):
            raise ModelError("Compression handles one prompt at a time, not several packed into one row.")

    def _check_continued(self, cache: Cache, ids: Tensor | None, arguments: dict[str, Any]) -> None:
        prompt, seen = read_prompt(cache), int(cache.get_seq_length())
        if prompt is None or seen < prompt.tokens:
            raise ModelError(
                f"The cache holds {seen} tokens that this block has not read: compression needs the whole "
                "prompt, text and audio, in one forward with an empty cache."
            )
        if prompt.block is not self._block:
            raise ModelError(
                "The cache holds a prompt of another block: continue from it inside that block, "
                "or read the prompt again with an empty cache."
            )
        # A single token may be one that the model has just written.
        if ids is not None and ids.shape[1] > 1 and bool((ids == self._audio_token).any()):
            raise ModelError(
                "More audio cannot follow a compressed prompt: "
                "put all of it in one prompt with an empty cache."
            )
        _check_mask(arguments.get("attention_mask"))


def _check_purpose(model: PreTrainedModel, layers: nn.ModuleList, arguments: dict[str, Any]) -> None:
    if model.training or any(layer.training for layer in layers):
        raise ModelError(
            "Compression is for inference, and gradient checkpointing drops its cache: "
            "call model.eval() first."
        )
    if arguments.get("labels") is not None:
        raise ModelError("Compression has no loss: pruned tokens have no labels; leave out labels.")
    if arguments.get("output_hidden_states"):
        raise ModelError(
            "Behind a pruning the hidden states no longer stand beside the prompt's tokens: "
            "leave out output_hidden_states."
        )
    if arguments.get("use_cache") is False:
        raise ModelError("Compression needs a cache: call the model with use_cache=True.")


def _check_kind(cache: Cache) -> None:
    check_cache(cache)
    if type(cache) not in (DynamicCache, CompressedCache) or getattr(cache, "offloading", False):
        kind = "an offloaded one" if type(cache) is DynamicCache else type(cache).__name__
        raise ModelError(f"Compression needs a dynamic cache, not {kind}; leave out past_key_values.")


def _check_mask(mask: Any) -> None:
    if mask is None:
        return
    if not isinstance(mask, Tensor) or mask.dim() != 2:
        raise ModelError("Compression makes its own masks: give the model a 2-D attention_mask, or none.")
    if not bool(mask.all()):
        raise ModelError("Compression does not handle padded prompts.")


@contextmanager
def watched(
    model: PreTrainedModel, around: Sequence[PreTrainedModel], reader: ForwardReader
) -> Iterator[None]:
    """Check each call of a model's ``generate`` for the time of a ``with`` block.

    Parameters
    ----------
    model : PreTrainedModel
    around : sequence of PreTrainedModel
        Omni models that call its ``generate``, and then speak.
    reader : ForwardReader
        Notes how long the prompt is.
    """
    with ExitStack() as stack:
        stack.enter_context(replaced(model, "generate", _checked(model, reader)))
        stack.enter_context(class_calls_checked(model, lambda: reader.calls > 0))
        stack.enter_context(whole_in_every_layer(model))
        for omni in around:
            stack.enter_context(replaced(omni, "generate", _silent(omni)))
        for name in _BATCHING:
            if hasattr(model, name):
                stack.enter_context(replaced(model, name, _refuse_batching))
        yield


def _checked(model: PreTrainedModel, reader: ForwardReader) -> Callable[..., Any]:
    generate, thread = model.generate, threading.get_ident()
    parameters = signature(GenerationMixin.generate)

    @wraps(generate)
    def checked(*args: Any, **kwargs: Any) -> Any:
        if threading.get_ident() != thread:
            if (streamer := kwargs.get("streamer")) is not None:
                streamer.end()  # whoever reads from it waits no longer
            raise ModelError(OTHER_THREAD)
        before = reader.prompt_tokens
        reader.calls += 1
        try:
            arguments = _by_name(parameters, model, args, kwargs)
            config, _ = model._prepare_generation_config(
                arguments.get("generation_config"), **arguments["kwargs"]
            )
            mode = config.get_generation_mode(arguments.get("assistant_model")).value
            check_strategy(GenerateCall(config, mode, {**arguments, **arguments["kwargs"]}))
            reader.prompt_tokens = _prompt_tokens(arguments)
            # transformers' own loops read the last position; a caller's may read any.
            own = reader.last_only and arguments.get("custom_generate") is None
            with last_position_logits(model) if own else nullcontext():
                return generate(*args, **kwargs)
        finally:
            reader.prompt_tokens = before
            reader.calls -= 1

    return checked


def _by_name(parameters: Signature, model: Any, args: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
    arguments = parameters.bind(model, *args, **kwargs).arguments
    # Not part of the configuration, though no parameter of its own.
    more = {name: value for name, value in arguments.get("kwargs", {}).items() if name != "trust_remote_code"}
    return {**arguments, "kwargs": more}


def _prompt_tokens(arguments: dict[str, Any]) -> int | None:
    inputs, more = arguments.get("inputs"), arguments["kwargs"]
    if more.get("inputs_embeds") is not None:
        return int(more["inputs_embeds"].shape[1])
    ids = inputs if inputs is not None else more.get("input_ids")
    return None if ids is None else int(ids.shape[1])


def _silent(omni: PreTrainedModel) -> Callable[..., Any]:
    generate: Callable[..., Any] = omni.generate

    @wraps(generate)
    def silent(*args: Any, **kwargs: Any) -> Any:
        text_alone = kwargs.get("generation_mode") == "text" or kwargs.get("return_audio") is False
        if omni.has_talker and not text_alone:
            raise ModelError(
                "A talker would speak from states that no longer stand beside the prompt's tokens: "
                'ask for text alone by generation_mode="text" or return_audio=False.'
            )
        return generate(*args, **kwargs)

    return silent


def _refuse_batching(*_args: Any, **_kwargs: Any) -> Any:
    raise ModelError(
        "Compression does not go with continuous batching: its batches share one cache; "
        "call generate for each recording."
    )
