"""A layer that grows in place holds what one that is copied for every token would hold."""

from unittest.mock import patch

import torch
from hypothesis import given
from hypothesis import strategies as st

from amarathon.compression import caches
from amarathon.compression.caches import CountingLayer

# What a cache's owner may do to it between tokens.
CHANGES = {"crop": lambda held: held[:, :, :-1], "reorder": lambda held: held[:, [1, 0]]}
STEPS = st.lists(st.one_of(st.integers(1, 5), st.sampled_from(sorted(CHANGES))), max_size=12)


def states(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.randn(1, 2, count, 4), torch.randn(1, 2, count, 4)


@given(first=st.integers(0, 6), room=st.integers(0, 4), steps=STEPS)
def test_growing_in_place_equals_copying(first: int, room: int, steps: list[int | str]) -> None:
    start = states(first)
    before = [each.clone() for each in start]
    layer, other = (CountingLayer(*start, seen=first + 10) for _ in range(2))
    expected = start
    with patch.object(caches, "ROOM", room):
        for step in steps:
            if isinstance(step, int):
                more = states(step)
                # What transformers' own layer does.
                expected = tuple(torch.cat(pair, dim=-2) for pair in zip(expected, more, strict=True))
                returned = layer.update(*more)
                other.update(*states(step))
            else:
                returned = layer.keys, layer.values = CHANGES[step](layer.keys), CHANGES[step](layer.values)
                expected = tuple(CHANGES[step](each) for each in expected)
            for held, found, wanted in zip((layer.keys, layer.values), returned, expected, strict=True):
                assert torch.equal(held, wanted)
                assert torch.equal(found, wanted)
    assert all(torch.equal(a, b) for a, b in zip(start, before, strict=True))
    assert layer.get_seq_length() == expected[0].shape[-2] + 10
