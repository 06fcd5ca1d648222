"""How many floating-point operations a prompt takes in a decoder, by counting its matrices.

A multiplication and an addition are two operations. A layer over n tokens costs 2 n for each weight of its
projections and of its feed-forward network, and 4 n^2 w for the scores and their sums, w being the width of
all heads together: the count of Chen et al. (FastV, arXiv 2403.06764: 4 n d^2 + 2 n^2 d + 2 n d m
multiply-adds) with the key and value heads and the gated network that today's decoders have, each layer by
itself and with what its kind adds: `tests/efficiency/test_flops.py` compares it with what torch counts. A
causal mask is not taken off: the kernels that compute under it differ in how much of the upper half they
skip.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from amarathon.compression import Configuration
from amarathon.compression.layer_plan import LayerPlan, key_heads


@dataclass(frozen=True)
class LayerShape:
    """What of one layer counts.

    Attributes
    ----------
    heads_width, keys_width : int
        Of all query heads together, and of all key heads together.
    weights : int
        Of every matrix that one token passes.
    owns_keys : bool
        It keeps keys and values of its own; others read an earlier layer's.
    """

    heads_width: int
    keys_width: int
    weights: int
    owns_keys: bool = True

    def operations(self, tokens: int) -> float:
        """Of so many tokens."""
        return 2.0 * tokens * self.weights + 4.0 * tokens**2 * self.heads_width


@dataclass(frozen=True)
class DecoderShape:
    """What of a decoder counts, layer by layer: they differ in some.

    Attributes
    ----------
    hidden : int
    each : tuple of LayerShape
    entry_weights, exit_weights : int
        Of matrices that a token passes before the first layer, and behind the last; without the one that
        makes words of it.
    """

    hidden: int
    each: tuple[LayerShape, ...]
    entry_weights: int = 0
    exit_weights: int = 0

    @classmethod
    def of(cls, config: Any) -> "DecoderShape":
        """Read it from a transformers configuration."""
        text = config.get_text_config(decoder=True)
        if config.is_encoder_decoder:  # Whisper's names; its network has two matrices and no gate
            width, inner = int(text.d_model), int(text.decoder_ffn_dim)
            layer = LayerShape(width, width, 4 * width * width + 2 * width * inner)
            return cls(width, (layer,) * int(text.decoder_layers))
        hidden, layers = int(text.hidden_size), int(text.num_hidden_layers)
        plan = LayerPlan.of(config)
        each = tuple(_layer_shape(text, layer, owns_keys=plan.owns_cache(layer)) for layer in range(layers))
        streams = int(getattr(text, "altup_num_inputs", 1) or 1)
        added = (streams - 1) * hidden * hidden
        return cls(hidden, each, hidden * layers * _own_embedding(text) + added, added)

    @property
    def layers(self) -> int:
        """How many there are."""
        return len(self.each)

    def prefill(self, tokens: Sequence[int]) -> float:
        """Operations of a prompt, from how many tokens each layer reads."""
        ends = self.entry_weights * tokens[0] + self.exit_weights * tokens[-1]
        return 2.0 * ends + sum(
            layer.operations(count) for layer, count in zip(self.each, tokens, strict=True)
        )

    def keys_and_values(self, tokens: Sequence[int]) -> float:
        """Operations that make keys and values of so many rows, layer by layer."""
        return sum(
            4.0 * count * self.hidden * layer.keys_width
            for layer, count in zip(self.each, tokens, strict=True)
        )

    def cache_bytes(self, tokens: int, itemsize: int) -> int:
        """What keys and values of so many tokens take in all layers."""
        return sum(2 * layer.keys_width for layer in self.each if layer.owns_keys) * tokens * itemsize

    def tokens_by_layer(
        self,
        configuration: Configuration,
        text_tokens: int,
        audio_tokens: int,
        kept_tokens: int | None = None,
    ) -> list[int]:
        """How many tokens each layer reads under a configuration.

        Parameters
        ----------
        configuration : Configuration
        text_tokens, audio_tokens : int
            Of the prompt without compression.
        kept_tokens : int, optional
            Audio tokens that are left; by default what the configuration asks for.
        """
        before = audio_tokens
        if configuration.pooling is not None:
            before = round(audio_tokens / float(configuration.pooling.amount))
        pruning = configuration.pruning
        if pruning is None:
            kept = before if kept_tokens is None else kept_tokens
            return [text_tokens + kept] * self.layers
        kept = round(before * float(1 - pruning.amount)) if kept_tokens is None else kept_tokens
        full = min(pruning.layer, self.layers)
        return [text_tokens + before] * full + [text_tokens + kept] * (self.layers - full)


def _layer_shape(text: Any, layer: int, *, owns_keys: bool) -> LayerShape:
    hidden, (keys, width) = int(text.hidden_size), key_heads(text, layer)
    heads_width, keys_width = int(text.num_attention_heads) * width, keys * width
    made = 0 if not owns_keys else 1 if _keys_are_values(text, layer) else 2
    weights = hidden * (2 * heads_width + made * keys_width)
    weights += _forward_weights(text, layer, owns_keys=owns_keys)
    # What Gemma 3n and 4 add to a layer: an embedding of its own, a residual of low rank, several streams.
    weights += 2 * hidden * (_own_embedding(text) + int(getattr(text, "laurel_rank", 0) or 0))
    streams = int(getattr(text, "altup_num_inputs", 0) or 0)
    # Two routers, what they make the mixing of, and the mixing itself.
    weights += 2 * hidden * streams + streams**3 + streams**2 + streams**2 * hidden
    return LayerShape(heads_width, keys_width, weights, owns_keys)


def _keys_are_values(text: Any, layer: int) -> bool:
    """Gemma 4's larger sizes: where a layer sees everything, its values are its keys."""
    return bool(getattr(text, "attention_k_eq_v", False)) and text.layer_types[layer] != "sliding_attention"


def _own_embedding(text: Any) -> int:
    return int(getattr(text, "hidden_size_per_layer_input", 0) or 0)


def _forward_weights(text: Any, layer: int, *, owns_keys: bool) -> int:
    """Of a gated network of three matrices, or of the experts that a token passes and their router."""
    hidden, width = int(text.hidden_size), text.intermediate_size
    passed = getattr(text, "num_experts_per_tok", None)
    every = int(getattr(text, "decoder_sparse_step", 1) or 1)
    if passed and layer not in (getattr(text, "mlp_only_layers", None) or ()) and (layer + 1) % every == 0:
        shared = int(getattr(text, "shared_expert_intermediate_size", 0) or 0)
        experts = 3 * hidden * (int(passed) * int(text.moe_intermediate_size) + shared)
        return experts + hidden * int(text.num_experts)
    if isinstance(width, (list, tuple)):
        width = width[layer]
    # Gemma 4's layers that read the keys of others.
    wide = getattr(text, "use_double_wide_mlp", False) and not owns_keys
    return 3 * hidden * int(width) * (2 if wide else 1)
