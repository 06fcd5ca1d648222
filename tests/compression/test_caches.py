"""A layer that grows in place holds what one that is copied for every token would hold."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from amarathon.compression import caches
from amarathon.compression.caches import CountingLayer

STEPS = st.lists(st.one_of(st.integers(1, 5), st.sampled_from(["crop", "reorder"])), max_size=12)


def states(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.randn(1, 2, count, 4), torch.randn(1, 2, count, 4)


@given(first=st.integers(0, 6), room=st.integers(0, 4), steps=STEPS)
def test_growing_in_place_equals_copying(first: int, room: int, steps: list[int | str]) -> None:
    size, caches.ROOM = caches.ROOM, room
    try:
        start = states(first)
        before = [each.clone() for each in start]
        layer, other = (CountingLayer(*start, seen=first + 10) for _ in range(2))
        expected = start
        for step in steps:
            if isinstance(step, int):
                more = states(step)
                expected = tuple(
                    torch.cat(pair, dim=-2) for pair in zip(expected, more, strict=True)
                )  # what transformers' own layer does
                returned = layer.update(*more)
                other.update(*states(step))
            else:
                kept = slice(None, -1) if step == "crop" else slice(None)
                layer.keys, layer.values = (each[:, :, kept] for each in (layer.keys, layer.values))
                if step == "reorder":
                    layer.keys, layer.values = layer.keys[:, [1, 0]], layer.values[:, [1, 0]]
                expected = tuple(each[:, :, kept] for each in expected)
                expected = tuple(each[:, [1, 0]] for each in expected) if step == "reorder" else expected
                returned = layer.keys, layer.values
            for held, found, wanted in zip((layer.keys, layer.values), returned, expected, strict=True):
                assert torch.equal(held, wanted)
                assert torch.equal(found, wanted)
        assert all(torch.equal(a, b) for a, b in zip(start, before, strict=True))
        assert layer.get_seq_length() == expected[0].shape[-2] + 10
    finally:
        caches.ROOM = size
