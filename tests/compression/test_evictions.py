"""Evictions by themselves: their properties, and slow references."""

from dataclasses import replace
from fractions import Fraction

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from amarathon.compression import METHODS
from amarathon.compression.eviction import surviving
from amarathon.compression.methods import EvictionMethod, budget
from amarathon.compression.methods.contexts import EvictionContext
from amarathon.compression.prefix import QueryNeeds, reduced
from tests.compression.contexts import attention, eviction, ratios

EVICTIONS = [method for method in METHODS.values() if issubclass(method, EvictionMethod)]


@pytest.mark.parametrize("method", EVICTIONS, ids=lambda method: method.name)
@settings(deadline=None, max_examples=40)
@given(length=st.integers(2, 150), ratio=ratios, audio_scope=st.booleans())
def test_an_eviction_is_exact_sorted_and_unique_in_every_head(method, length, ratio, audio_scope):
    chosen = method(amount=ratio)
    scores = chosen.score(eviction(chosen, length))
    audio = torch.arange(1, max(2, length // 2)) if audio_scope else None
    kept = surviving(scores, ratio, audio)
    keep = budget(length, ratio) if audio is None else length - len(audio) + budget(len(audio), ratio)
    assert kept.shape == (2, keep)
    for row in kept.tolist():
        assert row == sorted(set(row))
        if audio is not None:
            assert set(range(length)) - set(audio.tolist()) <= set(row)


def test_snapkv_keeps_its_window_and_with_less_room_the_latest():
    scores = METHODS["snapkv"](amount=Fraction(1, 2)).score(
        EvictionContext(attention(100), torch.Generator())
    )
    assert set(range(36, 100)) <= set(surviving(scores, Fraction("0.3"), None)[0].tolist())
    assert surviving(scores, Fraction("0.9"), None)[0].tolist() == list(range(90, 100))


def test_knorm_ranks_equal_keys_alike_whatever_rounding_makes_of_their_rotations():
    given_attention = attention(40)
    key = given_attention.key[:, :1].expand(-1, 40, -1)
    noise = 1 + 3e-7 * torch.randn(key.shape, generator=torch.Generator().manual_seed(5))
    scores = METHODS["knorm"](amount=Fraction(1, 2)).score(
        EvictionContext(replace(given_attention, key=key * noise), torch.Generator())
    )
    assert surviving(scores, Fraction("0.5"), None).tolist() == [list(range(20, 40))] * len(key)


@settings(deadline=None, max_examples=40)
@given(length=st.integers(1, 120), ratio=ratios, n_sink=st.integers(0, 6))
def test_streaming_keeps_the_first_and_the_latest(length, ratio, n_sink):
    method = METHODS["streaming"](amount=ratio, n_sink=n_sink)
    keep = budget(length, ratio)
    sinks = min(n_sink, keep, length)
    expected = [*range(sinks), *range(length - (keep - sinks), length)]
    assert surviving(method.score(eviction(method, length)), ratio, None).tolist() == [expected] * 2


def test_keydiff_evicts_the_keys_that_point_where_all_point():
    method = METHODS["keydiff"](amount=Fraction("0.5"))
    context = eviction(method, 40)
    key = context.keys / 100
    key[:, ::2] += 1  # lengths do not count, directions do
    key[:, 1::4] *= 50
    scores = method.score(replace(context, attention=replace(context.attention, key=key)))
    assert surviving(scores, Fraction("0.5"), None).tolist() == [list(range(1, 40, 2))] * 2


@pytest.mark.parametrize("n_sink", [0, 4])
def test_expected_attention_is_the_mean_over_drawn_queries(n_sink):
    """Its closed form against queries drawn from the prompt's own moments and turned one by one."""
    method = METHODS["expected"](amount=Fraction("0.5"), n_sink=n_sink, n_future_positions=1, use_vnorm=False)
    context = eviction(method, 30, heads=2)
    moments, turn = context.attention.moments[n_sink], context.rotation.mean(1, 8).double()
    sampled = torch.randn(400_000, 8, generator=torch.Generator().manual_seed(0), dtype=torch.double)
    scores = method.score(context)[:, n_sink:].double()
    for head, closed in enumerate(scores):
        spread = torch.linalg.cholesky(moments.covariance[head].double())
        queries = (moments.mean[head].double() + sampled @ spread.T) @ turn.T
        keys = context.keys[head, n_sink:].double()
        simulated = (queries @ keys.T * context.attention.scaling).exp().mean(dim=0)
        torch.testing.assert_close(closed, simulated / simulated.sum(), rtol=0.03, atol=0)


def test_expected_attention_keeps_its_sinks_and_takes_a_prompt_of_nothing_else():
    method = METHODS["expected"](amount=Fraction("0.5"), n_sink=6)
    assert set(range(6)) <= set(
        surviving(method.score(eviction(method, 30)), Fraction("0.5"), None)[0].tolist()
    )
    assert surviving(method.score(eviction(method, 5)), Fraction("0.5"), None).tolist() == [[0, 1]] * 2


def test_the_moments_are_of_the_queries_before_their_rotation():
    given_attention = attention(50)
    angles = torch.arange(50)[:, None] * torch.tensor([1.0, 0.3, 0.1])
    cos, sin = (torch.cat([part, part], dim=-1) for part in (angles.cos(), angles.sin()))
    turned, plain = given_attention.query[..., :6], given_attention.query
    half = torch.cat([-turned[..., 3:], turned[..., :3]], dim=-1)
    query = torch.cat([turned * cos + half * sin, plain[..., 6:]], dim=-1)
    kept = reduced(replace(given_attention, query=query, rotary=(cos, sin)), QueryNeeds(2, frozenset({3})))
    torch.testing.assert_close(kept.query, query[:, -2:])
    expected = plain[:, 3:].transpose(1, 2).double()
    covariances = torch.stack([head.cov(correction=0) for head in expected])
    found = kept.moments[3]
    torch.testing.assert_close(found.mean.double(), expected.mean(dim=2), rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(found.covariance.double(), covariances, rtol=1e-5, atol=1e-5)


@settings(deadline=None)
@given(
    count=st.integers(1, 9000),
    ratio=ratios,
    layers=st.integers(1, 40),
    window=st.integers(1, 80),
    beta=st.integers(1, 30),
)
def test_a_pyramid_narrows_and_keeps_its_mean(count, ratio, layers, window, beta):
    method = METHODS["pyramid"](amount=ratio, window_size=window, beta=beta)
    kept = [budget(count, method.share_removed(count, index, layers)) for index in range(layers)]
    assert kept == sorted(kept, reverse=True)
    assert 1 <= kept[-1] <= kept[0] <= count
    if layers > 1:
        # Each layer is rounded by itself, and none is emptied.
        assert abs(sum(kept) - layers * count * (1 - ratio)) <= layers * max(0.5, 1 - count * (1 - ratio))
