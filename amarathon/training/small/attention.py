"""Attention for rows one after another: what all questions share is causal, only the rest needs a mask.

A mask makes every query pay for every key. Audio is most of a long row, so leaving the mask to the
questions nearly halves the time of attention.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from amarathon.training.small.batches import Row

_NAME = "amarathon_rows"


@contextmanager
def attention_by_rows(config: Any, rows: Sequence[Row]) -> Iterator[None]:
    """Let a model's layers attend by `attend` for a while.

    Parameters
    ----------
    config : PreTrainedConfig
        Of the language model.
    rows : sequence of Row
    """

    def attention(
        module: nn.Module, query: Tensor, key: Tensor, value: Tensor, mask: None, **kwargs: Any
    ) -> tuple[Tensor, None]:
        return attend(query, key, value, rows, kwargs["scaling"]).transpose(1, 2), None

    original = config._attn_implementation
    ALL_ATTENTION_FUNCTIONS[_NAME] = attention
    config._attn_implementation_internal = _NAME
    try:
        yield
    finally:
        config._attn_implementation_internal = original
        del ALL_ATTENTION_FUNCTIONS[_NAME]


def attend(query: Tensor, key: Tensor, value: Tensor, rows: Sequence[Row], scaling: float) -> Tensor:
    """Attention within each row, causal over what its questions share and masked behind it.

    Parameters
    ----------
    query : Tensor of shape (1, heads, N, width)
    key, value : Tensor of shape (1, key-value heads, N, width)
    rows : sequence of Row
        One after another, N tokens in all.
    scaling : float

    Returns
    -------
    Tensor of shape (1, heads, N, width)
    """
    groups = query.shape[1] // key.shape[1]
    key, value = (states.repeat_interleave(groups, dim=1) for states in (key, value))
    parts = []
    for row in rows:
        queries, keys, values = (states[:, :, row.span] for states in (query, key, value))
        first, rest = queries[:, :, : row.shared], queries[:, :, row.shared :]
        shared_keys, shared_values = keys[:, :, : row.shared], values[:, :, : row.shared]
        parts += [
            scaled_dot_product_attention(first, shared_keys, shared_values, is_causal=True, scale=scaling),
            scaled_dot_product_attention(rest, keys, values, attn_mask=row.seen, scale=scaling),
        ]
    return torch.cat(parts, dim=2)
