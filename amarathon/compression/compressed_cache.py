"""A cache that holds a compressed prompt: it knows where it may go on, and says so elsewhere.

Together with `hooks` and `caches`, the only file that touches transformers' internals.
"""

from dataclasses import dataclass
from typing import Any, Self

from transformers.cache_utils import DynamicCache, DynamicLayer, DynamicSlidingWindowLayer

from amarathon.compression.caches import CountingLayer, CountingWindowLayer
from amarathon.errors import ModelError

_MARK = "amarathon_prompt"


@dataclass(eq=False)
class Block:
    """A ``with`` block; copies of what it made belong to the same one.

    Attributes
    ----------
    open : bool
        Whether its hooks are still on the model.
    """

    open: bool = True

    def __deepcopy__(self, _memory: Any) -> Self:
        return self


@dataclass(frozen=True)
class ReadPrompt:
    """What a cache holds.

    Attributes
    ----------
    block : Block
        In which the prompt was read.
    tokens : int
        Of the prompt, kept or not.
    """

    block: Block
    tokens: int


class CompressedCache(DynamicCache):
    """What a dynamic cache becomes once a prompt in it was compressed.

    Its layers hold fewer tokens than they have seen, and not all the same number: only the hooks of the
    block that made it can continue from it.
    """

    def _check(self) -> None:
        if not read_prompt(self).block.open:
            raise ModelError(
                "This cache was compressed in a block that has ended: continue from it inside that block, "
                "or read the prompt again with an empty cache."
            )

    def get_mask_sizes(self, *args: Any, **kwargs: Any) -> Any:
        """How long masks must be; called at the start of each forward."""
        self._check()
        return super().get_mask_sizes(*args, **kwargs)

    def update(self, *args: Any, **kwargs: Any) -> Any:
        """Add tokens to a layer."""
        self._check()
        return super().update(*args, **kwargs)

    def crop(self, count: int) -> None:
        """Take back the last `-count` tokens, or all behind the first `count` where it is positive.

        Raises
        ------
        ModelError
            Where they belong to the compressed prompt, or lay in windows that have moved on.
        """
        seen = int(self.get_seq_length())
        gone = -count if count <= 0 else seen - count
        if gone <= 0:
            return
        if seen - gone < read_prompt(self).tokens:
            raise ModelError(
                "A compressed prompt cannot be shortened, only what follows it; "
                "read the shorter prompt with an empty cache."
            )
        if any(isinstance(layer, DynamicSlidingWindowLayer) for layer in self.layers):
            raise ModelError(
                "Tokens behind a compressed prompt cannot be taken back from layers with sliding windows."
            )
        for layer in self.layers:
            if layer.keys is not None:
                layer.keys, layer.values = layer.keys[:, :, :-gone], layer.values[:, :, :-gone]

    def reset(self) -> None:
        """Forget everything; what remains is an empty dynamic cache."""
        for number, layer in enumerate(self.layers):
            if isinstance(layer, CountingWindowLayer):
                self.layers[number] = DynamicSlidingWindowLayer(layer.sliding_window)
            elif isinstance(layer, CountingLayer):
                self.layers[number] = DynamicLayer()
            else:
                layer.reset()
        delattr(self, _MARK)
        self.__class__ = DynamicCache


def keep_windows(cache: DynamicCache, config: Any) -> None:
    """Let an empty cache that was made without a model's configuration know the model's windows.

    It would hold all tokens in every layer, and masks would be made for all of them.
    """
    made = DynamicCache(config=config.get_text_config(decoder=True))
    cache.layers, cache.layer_class_to_replicate = made.layers, made.layer_class_to_replicate


def note_prompt(cache: DynamicCache, prompt: ReadPrompt) -> None:
    """Let a cache say what it holds; it becomes a `CompressedCache` where layers forgot something."""
    setattr(cache, _MARK, prompt)
    if any(isinstance(layer, CountingLayer | CountingWindowLayer) for layer in cache.layers):
        cache.__class__ = CompressedCache


def read_prompt(cache: Any) -> Any:
    """What a cache says that it holds, a `ReadPrompt`; None where no block has read a prompt into it."""
    return getattr(cache, _MARK, None)
