"""Selections and evictions by themselves: their properties, and slow references."""

import math
from fractions import Fraction

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from amarathon.compression import METHODS
from amarathon.compression.eviction import kept_per_slice, surviving
from amarathon.compression.methods import EvictionMethod, PruningMethod, budget
from amarathon.compression.methods.base import AttentionInputs, EvictionContext, SelectionContext
from amarathon.compression.methods.frame import Frame
from amarathon.compression.report import time_spans

PRUNINGS = [method for method in METHODS.values() if issubclass(method, PruningMethod)]
EVICTIONS = [method for method in METHODS.values() if issubclass(method, EvictionMethod)]
ratios = st.fractions(min_value=0, max_value=Fraction(999, 1000), max_denominator=1000)


def attention(length, seed=0, heads=4, groups=2, width=8):
    generator = torch.Generator().manual_seed(seed)
    query = torch.randn(heads, length, width, generator=generator)
    key, value = torch.randn(2, groups, length, width, generator=generator)
    return AttentionInputs(query, key, value, width**-0.5)


def selection(count, ratio, seed=0):
    positions = torch.arange(count) + 3
    return SelectionContext(
        hidden_states=torch.randn(count + 9, 16, generator=torch.Generator().manual_seed(seed)),
        audio_positions=positions,
        budget=budget(count, ratio),
        generator=torch.Generator().manual_seed(seed),
        attention=attention(count + 9, seed),
    )


@pytest.mark.parametrize("method", PRUNINGS, ids=lambda method: method.name)
@settings(deadline=None, max_examples=40)
@given(count=st.integers(1, 200), ratio=ratios, seed=st.integers(0, 3))
def test_a_selection_is_exact_sorted_unique_in_range_and_repeatable(method, count, ratio, seed):
    chosen = method(amount=ratio).select(selection(count, ratio, seed))
    assert chosen.tolist() == sorted(set(chosen.tolist()))
    assert len(chosen) == budget(count, ratio)
    assert chosen.min() >= 0
    assert chosen.max() < count
    again = method(amount=ratio).select(selection(count, ratio, seed))
    assert torch.equal(chosen, again)


@given(count=st.integers(1, 20_000), ratio=ratios)
def test_frame_is_the_papers_equation_2(count, ratio):
    keep = budget(count, ratio)
    context = SelectionContext(torch.empty(0), torch.arange(count), keep, torch.Generator(), attention=None)
    expected = [math.floor(Fraction(place * count, keep)) for place in range(keep)]
    assert Frame(amount=ratio).select(context).tolist() == expected


def test_fastv_equals_materialised_weights():
    given_attention = attention(80, seed=4)
    heads, length, width = given_attention.query.shape
    key = given_attention.key.repeat_interleave(heads // len(given_attention.key), dim=0)
    logits = given_attention.query @ key.transpose(1, 2) * width**-0.5
    weights = logits.masked_fill(torch.ones(length, length).triu(1).bool(), -math.inf).softmax(-1)
    torch.testing.assert_close(given_attention.window(1)[:, 0], weights[:, -1])
    torch.testing.assert_close(given_attention.window(11), weights[:, -11:])


@pytest.mark.parametrize("method", EVICTIONS, ids=lambda method: method.name)
@settings(deadline=None, max_examples=40)
@given(length=st.integers(2, 150), ratio=ratios, audio_scope=st.booleans())
def test_an_eviction_is_exact_sorted_and_unique_in_every_head(method, length, ratio, audio_scope):
    scores = method(amount=ratio).score(EvictionContext(attention(length), torch.Generator().manual_seed(1)))
    audio = torch.arange(1, max(2, length // 2)) if audio_scope else None
    places = surviving(scores, ratio, audio)
    keep = budget(length, ratio) if audio is None else length - len(audio) + budget(len(audio), ratio)
    assert places.shape == (2, keep)
    for row in places.tolist():
        assert row == sorted(set(row))
        if audio is not None:
            assert set(range(length)) - set(audio.tolist()) <= set(row)


def test_snapkv_keeps_its_window_and_with_less_room_the_latest():
    scores = METHODS["snapkv"](amount=Fraction(1, 2)).score(
        EvictionContext(attention(100), torch.Generator())
    )
    assert set(range(36, 100)) <= set(surviving(scores, Fraction("0.3"), None)[0].tolist())
    assert surviving(scores, Fraction("0.9"), None)[0].tolist() == list(range(90, 100))


def test_spans_merge_neighbours():
    assert time_spans([0, 1, 2, 5, 7, 8], 25.0) == [(0.0, 0.12), (0.2, 0.24), (0.28, 0.36)]
    assert time_spans([], 25.0) == []


@given(st.integers(1, 300), st.sets(st.integers(0, 299)))
def test_kept_map_is_the_mean_over_each_slice(count, chosen):
    kept = sorted(place for place in chosen if place < count)
    places = torch.tensor([kept], dtype=torch.long)
    shares = kept_per_slice(places, torch.arange(count), count, torch.arange(count), count)
    slices = min(64, count)
    for number, share in enumerate(shares):
        members = [place for place in range(count) if place * slices // count == number]
        assert share == pytest.approx(sum(place in chosen for place in members) / len(members))
