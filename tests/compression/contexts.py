"""What a method is given, made up: contexts of selections and of evictions."""

from fractions import Fraction

import torch
from hypothesis import strategies as st

from amarathon.compression.attention import AttentionInputs
from amarathon.compression.methods import budget
from amarathon.compression.methods.contexts import EvictionContext, SelectionContext
from amarathon.compression.moments import Rotation
from amarathon.compression.prefix import QueryNeeds, reduced

ratios = st.fractions(min_value=0, max_value=Fraction(999, 1000), max_denominator=1000)


def attention(length, seed=0, heads=4, groups=2, width=8):
    generator = torch.Generator().manual_seed(seed)
    query = torch.randn(heads, length, width, generator=generator)
    key, value = torch.randn(2, groups, length, width, generator=generator)
    unturned = torch.ones(length, width), torch.zeros(length, width)
    return AttentionInputs(query, key, value, width**-0.5, unturned)


def eviction(method, length, seed=1, **shape):
    """A method's context after the attention of a layer."""
    needs = QueryNeeds(method.queries, frozenset() if method.moments is None else frozenset({method.moments}))
    given_attention = reduced(attention(length, **shape), needs)
    frequencies = 1 / 10_000 ** (torch.arange(4) / 4)
    return EvictionContext(
        given_attention, torch.Generator().manual_seed(seed), Rotation(frequencies, 1.0, start=length)
    )


def selection(count, ratio, seed=0):
    positions = torch.arange(count) + 3
    return SelectionContext(
        hidden_states=torch.randn(count + 9, 16, generator=torch.Generator().manual_seed(seed)),
        audio_positions=positions,
        budget=budget(count, ratio),
        generator=torch.Generator().manual_seed(seed),
        attention=attention(count + 9, seed),
        final_norm=torch.nn.RMSNorm(16, elementwise_affine=False),
    )
