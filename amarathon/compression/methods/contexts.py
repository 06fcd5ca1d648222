"""What methods decide with: of a prompt's audio tokens, and of one layer's cache."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from amarathon.compression.attention import AttentionInputs
from amarathon.compression.moments import Rotation

if TYPE_CHECKING:
    import torch


@dataclass
class SelectionContext:
    """What a pruning method may look at; everything costly is computed when it is first read.

    Attributes
    ----------
    hidden_states : Tensor of shape (T, hidden)
        Input of the layer at which tokens are pruned.
    audio_positions : Tensor of shape (N,), int64
        Sorted positions of the audio tokens in the prompt.
    budget : int
        How many of the N stay.
    generator : torch.Generator
        On the CPU, seeded by the run.
    attention : AttentionInputs or None
        Of the layer before, if the method needs them by `queries`.
    final_norm : callable or None
        The decoder's last normalisation.
    weights : Tensor of shape (N,) or None
        What the method ranked the audio tokens by, where that is attention; it notes them for the report.
    """

    hidden_states: "torch.Tensor"
    audio_positions: "torch.Tensor"
    budget: int
    generator: "torch.Generator"
    attention: AttentionInputs | None = None
    final_norm: "Callable[[torch.Tensor], torch.Tensor] | None" = None
    weights: "torch.Tensor | None" = None

    @cached_property
    def attention_row(self) -> "torch.Tensor":
        """Attention of the last prompt token, averaged over heads, fp32, shape (T,)."""
        return self.inputs.window(1)[:, 0].mean(dim=0)

    @property
    def keys(self) -> "torch.Tensor":
        """Keys of the layer before, shape (kv_heads, T, head_dim)."""
        return self.inputs.key

    @property
    def inputs(self) -> AttentionInputs:
        """Queries, keys and values of the layer before."""
        if self.attention is None:
            raise RuntimeError("a method that reads attention must say how many queries it needs")
        return self.attention

    @cached_property
    def normed_states(self) -> "torch.Tensor":
        """`hidden_states` as the output head would see them, shape (T, hidden)."""
        if self.final_norm is None:
            raise RuntimeError("this context has no final norm")
        return self.final_norm(self.hidden_states)

    @cached_property
    def text_after_audio(self) -> slice:
        """The prompt's positions behind the last audio token."""
        return slice(int(self.audio_positions[-1]) + 1, len(self.hidden_states))


@dataclass
class EvictionContext:
    """What an eviction may look at, in one layer, once the whole prompt went through it.

    Attributes
    ----------
    attention : AttentionInputs
        Queries, keys and values of the layer's prefill; keys as they lie in the cache.
    generator : torch.Generator
        On the CPU, seeded by the run.
    rotation : Rotation or None
        Of the tokens to come, if the method needs moments of the queries.
    """

    attention: AttentionInputs
    generator: "torch.Generator"
    rotation: Rotation | None = None

    @property
    def keys(self) -> "torch.Tensor":
        """Cached keys, shape (kv_heads, T, head_dim)."""
        return self.attention.key
