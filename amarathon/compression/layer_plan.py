"""Which decoder layers see the whole prompt, and whose keys each of them reads.

Most models have one kind of layer. Others let most layers look back over a short window only, and
their last layers read the keys of earlier ones instead of keeping their own (Gemma 3n does both).
"""

from dataclasses import dataclass
from typing import Any

from amarathon.compression.configuration import Configuration
from amarathon.errors import ConfigurationError


def key_heads(text: Any, layer: int) -> tuple[int, int]:
    """How many key heads a decoder layer has, and how wide each is; Gemma 4's layers differ in both.

    Parameters
    ----------
    text : PreTrainedConfig
        Of the language model.
    layer : int
    """
    # In older versions of transformers layers cannot differ.
    own = text.per_layer_config[layer] if hasattr(text, "per_layer_config") else text
    heads = int(own.num_attention_heads)
    width = getattr(own, "head_dim", None) or own.hidden_size // heads
    return int(getattr(own, "num_key_value_heads", None) or heads), int(width)


@dataclass(frozen=True)
class LayerPlan:
    """The decoder's layers.

    Attributes
    ----------
    windows : tuple of int or None
        How many tokens each layer looks back over, itself counted; None for all.
    sources : tuple of int
        The layer whose keys each one reads: its own number, or an earlier one's.
    """

    windows: tuple[int | None, ...]
    sources: tuple[int, ...]

    @classmethod
    def of(cls, config: Any) -> "LayerPlan":
        """Read the plan from a transformers configuration."""
        text = config.get_text_config(decoder=True)
        count = int(text.num_hidden_layers)
        window = getattr(text, "sliding_window", None)
        if window is not None and window >= text.max_position_embeddings:
            window = None  # no prompt is that long
        kinds = getattr(text, "layer_types", None) or ["sliding_attention"] * count
        windows = tuple(window if kind == "sliding_attention" else None for kind in kinds)
        own = count - int(getattr(text, "num_kv_shared_layers", 0) or 0)
        last_of_kind = {kind: number for number, kind in enumerate(kinds[:own])}
        sources = (number if number < own else last_of_kind[kinds[number]] for number in range(count))
        return cls(windows, tuple(sources))

    @property
    def latest_pruning(self) -> int:
        """The last layer before which tokens can be pruned.

        Behind it some layer would read keys of tokens that are gone from its own input.
        """
        lent = [source for number, source in enumerate(self.sources) if source != number]
        return min(lent, default=len(self.sources) - 1)

    @property
    def uniform(self) -> bool:
        """Whether every layer keeps keys of its own, and of the whole prompt."""
        return all(self.evicts(layer) for layer in range(len(self.sources)))

    def owns_cache(self, layer: int) -> bool:
        """Whether a layer keeps keys of its own."""
        return self.sources[layer] == layer

    def evicts(self, layer: int) -> bool:
        """Whether evictions act on a layer: windows forget by themselves, and are left alone."""
        return self.owns_cache(layer) and self.windows[layer] is None

    @property
    def evicted(self) -> tuple[int, ...]:
        """The layers that evictions act on, in order."""
        return tuple(layer for layer in range(len(self.sources)) if self.evicts(layer))

    def check(self, configuration: Configuration) -> None:
        """Refuse pruning and eviction where they are not defined.

        Raises
        ------
        ConfigurationError
            If a layer that does not exist is named, keys of pruned tokens would be read, a method would
            decide by the attention of a layer that sees a part of the prompt, or heads would share a
            budget in a layer whose keys another one reads.
        """
        pruning, eviction = configuration.pruning, configuration.eviction
        lent = {
            source for layer, source in enumerate(self.sources) if source != layer and self.evicts(source)
        }
        if eviction is not None and eviction.safeguard is not None and lent:
            raise ConfigurationError(
                f"{configuration.name}: later layers read the keys of layer {max(lent)}, as many "
                "of each head, so its heads cannot share a budget; use another eviction, for example snapkv."
            )
        if pruning is None:
            return
        count, latest = len(self.sources), self.latest_pruning
        if pruning.layer >= count:
            raise ConfigurationError(
                f"{configuration.name}: the model has {count} decoder layers, "
                f"so tokens can be pruned before layer {latest} at the latest."
            )
        if pruning.layer > latest:
            raise ConfigurationError(
                f"{configuration.name}: later layers read the keys of layer {latest}, "
                f"so tokens can be pruned before layer {latest} at the latest."
            )
        window = self.windows[pruning.layer - 1]
        if pruning.queries and window is not None:
            whole = [number + 1 for number in range(latest) if self.windows[number] is None]
            raise ConfigurationError(
                f"{configuration.name} decides by the attention of layer {pruning.layer - 1}, which sees the "
                f"last {window} tokens only; layers that see all of them come before "
                f"{', '.join(f'layer={number}' for number in whole)}."
            )
