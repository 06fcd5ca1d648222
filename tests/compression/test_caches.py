"""A layer that grows in place holds what a copied one would; heads may share a layer's budget."""

from fractions import Fraction
from unittest.mock import patch

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from amarathon.compression import caches
from amarathon.compression.caches import CountingLayer, RaggedLayer
from amarathon.compression.eviction import surviving_by_head
from amarathon.compression.methods import budget
from amarathon.errors import ModelError
from amarathon.generation.outcome import Outcome
from amarathon.generation.sweep import sweep
from tests.compression.tiny import QUESTIONS, noise
from tests.models.families.checks import check
from tests.models.families.tiny import tiny

# What a cache's owner may do to it between tokens.
CHANGES = {"crop": lambda held: held[:, :, :-1], "reorder": lambda held: held[:, [1, 0]]}
STEPS = st.lists(st.one_of(st.integers(1, 5), st.sampled_from(sorted(CHANGES))), max_size=12)


def states(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.randn(1, 2, count, 4), torch.randn(1, 2, count, 4)


@given(first=st.integers(0, 6), room=st.integers(0, 4), steps=STEPS)
def test_growing_in_place_equals_copying(first: int, room: int, steps: list[int | str]) -> None:
    start = states(first)
    before = [tensor.clone() for tensor in start]
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
                expected = tuple(CHANGES[step](tensor) for tensor in expected)
            for held, found, reference in zip((layer.keys, layer.values), returned, expected, strict=True):
                assert torch.equal(held, reference)
                assert torch.equal(found, reference)
    assert all(torch.equal(a, b) for a, b in zip(start, before, strict=True))
    assert layer.get_seq_length() == expected[0].shape[-2] + 10


@given(
    length=st.integers(1, 40),
    ratio=st.fractions(min_value=0, max_value=Fraction(99, 100), max_denominator=100),
    safeguard=st.fractions(min_value=0, max_value=1, max_denominator=20),
    audio_scope=st.booleans(),
    ties=st.booleans(),
)
def test_heads_share_their_budget(length, ratio, safeguard, audio_scope, ties):
    scores = torch.randn(3, length, generator=torch.Generator().manual_seed(length))
    scores = scores.mul(2).round() if ties else scores
    audio = torch.arange(1, max(2, length // 2)) if audio_scope and length > 1 else None
    stays = surviving_by_head(scores, ratio, audio, safeguard)
    competing = list(range(length)) if audio is None else audio.tolist()
    keep = budget(len(competing), ratio)
    assert int(stays[:, competing].sum()) == 3 * keep
    assert stays.sum() == 3 * (keep + length - len(competing))
    left, safe = [], max(1, int(keep * safeguard)) if safeguard else 0
    for head in range(3):
        ranked = sorted(competing, key=lambda token: (-float(scores[head, token]), -token))
        assert stays[head, ranked[:safe]].all()
        left += [(-float(scores[head, token]), -token, head) for token in ranked[safe:]]
    kept = [entry for entry in left if stays[entry[2], -entry[1]]]
    # Whoever stays beyond the safeguard is at least as good, and as late, as whoever goes.
    gone = [entry[:2] for entry in left if entry not in kept]
    assert not kept or not gone or max(entry[:2] for entry in kept) <= min(gone)


def test_a_ragged_layer_holds_what_each_head_keeps_and_grows_by_one():
    keys, values = states(6)
    stays = torch.tensor([[1, 0, 0, 1, 0, 1], [1, 1, 1, 1, 0, 1]]).bool()
    layer = RaggedLayer(keys, values, stays, seen=9)
    assert caches.nbytes(layer.keys, layer.values) == 2 * 8 * 4 * 4
    assert layer.get_seq_length() == 9
    new = states(1)
    layer.update(*new)
    assert layer.get_seq_length() == 10
    for head, own in enumerate(layer.heads):
        assert torch.equal(own.keys[0, 0], torch.cat([keys[0, head, stays[head]], new[0][0, head]]))
        assert torch.equal(own.values[0, 0], torch.cat([values[0, head, stays[head]], new[1][0, head]]))
    with pytest.raises(ModelError, match="one token at a time"):
        layer.update(*states(2))


@pytest.mark.parametrize("run", ["own_loop", "plain_generate", "shared_run"])
@pytest.mark.parametrize(
    "method", ["adakv@0.3", "adakv@0.7:scores=expected", "frame@0.5+adakv@0.5:scores=keydiff"]
)
def test_heads_of_their_own_length_answer_as_masks_do(method, run):
    check("qwen2_5_omni", run, method, attention="eager" if run == "own_loop" else "sdpa")


def test_heads_of_their_own_length_write_beside_others():
    names = ["vanilla", "adakv@0.6:scores=keydiff", "knorm@0.6", "adakv@0.6:scores=expected", "expected@0.6"]
    lm, question = tiny("qwen2_audio"), QUESTIONS[0][0].free_messages("", [])
    replies = [
        {
            event.configuration: (event.reply, event.cache_bytes, event.kept_map)
            for event in sweep(lm, noise(3.2), question, names, max_new_tokens=24, shared=shared)
            if isinstance(event, Outcome)
        }
        for shared in (False, True)
    ]
    assert replies[0] == replies[1]
    assert len({reply for reply, *_ in replies[0].values()}) > 3
    assert replies[0]["adakv@0.6:scores=keydiff"][1] == replies[0]["knorm@0.6"][1]
