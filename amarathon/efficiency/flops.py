"""How many floating-point operations a prompt takes in a decoder, by counting its matrices.

A multiplication and an addition are two operations. A layer over n tokens costs 2 n for each weight of its
projections and of its feed-forward network, and 4 n^2 w for the scores and their sums, w being the width of
all heads together: the count of Chen et al. (FastV, arXiv 2403.06764: 4 n d^2 + 2 n^2 d + 2 n d m
multiply-adds) with the key and value heads and the gated network that today's decoders have. A causal mask is
not taken off: the kernels that compute under it differ in how much of the upper half they skip.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from amarathon.compression import Configuration
from amarathon.compression.layer_plan import key_heads


@dataclass(frozen=True)
class DecoderShape:
    """What of a decoder counts.

    Attributes
    ----------
    layers, hidden : int
    heads_width, keys_width : int
        Of all query heads together, and of all key heads together; means, where layers differ.
    forward_weights : int
        Weights of a layer's feed-forward network that one token passes.
    """

    layers: int
    hidden: int
    heads_width: int
    keys_width: int
    forward_weights: int

    @classmethod
    def of(cls, config: Any) -> "DecoderShape":
        """Read it from a transformers configuration."""
        text = config.get_text_config(decoder=True)
        if config.is_encoder_decoder:  # Whisper's names; its network has two matrices and no gate
            width, inner = int(text.d_model), int(text.decoder_ffn_dim)
            return cls(int(text.decoder_layers), width, width, width, 2 * width * inner)
        heads, layers = int(text.num_attention_heads), int(text.num_hidden_layers)
        shapes = [key_heads(text, layer) for layer in range(layers)]
        heads_width = round(sum(heads * width for _, width in shapes) / layers)
        keys_width = round(sum(keys * width for keys, width in shapes) / layers)
        return cls(layers, int(text.hidden_size), heads_width, keys_width, _forward_weights(text))

    def layer(self, tokens: int) -> float:
        """Operations of one layer over so many tokens."""
        projections = 2 * self.hidden * (self.heads_width + self.keys_width)
        return 2.0 * tokens * (projections + self.forward_weights) + 4.0 * tokens**2 * self.heads_width

    def prefill(self, tokens: Sequence[int]) -> float:
        """Operations of a prompt, from how many tokens each layer reads."""
        return sum(map(self.layer, tokens))

    def cache_bytes(self, tokens: int, itemsize: int) -> int:
        """What keys and values of so many tokens take in all layers."""
        return 2 * self.layers * self.keys_width * tokens * itemsize

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


def _forward_weights(text: Any) -> int:
    hidden = int(text.hidden_size)
    experts = getattr(text, "num_experts_per_tok", None)
    if experts:  # a token passes some of them
        shared = int(getattr(text, "shared_expert_intermediate_size", 0) or 0)
        return 3 * hidden * (int(experts) * int(text.moe_intermediate_size) + shared)
    width = text.intermediate_size
    widths = list(width) if isinstance(width, (list, tuple)) else [width]
    if getattr(text, "use_double_wide_mlp", False):  # Gemma 4's layers that read the keys of others
        lent, layers = int(text.num_kv_shared_layers), int(text.num_hidden_layers)
        widths = [width] * (layers - lent) + [2 * width] * lent
    return 3 * hidden * round(sum(map(int, widths)) / len(widths))
