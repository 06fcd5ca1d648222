"""Selections and evictions by themselves: their properties, and slow references."""

import itertools
import math
import operator
from dataclasses import replace
from fractions import Fraction

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from amarathon.compression import METHODS
from amarathon.compression.attention import AttentionInputs
from amarathon.compression.audio_positions import AudioPositions
from amarathon.compression.eviction import surviving
from amarathon.compression.methods import EvictionMethod, PruningMethod, budget
from amarathon.compression.methods.contexts import EvictionContext, SelectionContext
from amarathon.compression.methods.frame import Frame
from amarathon.compression.moments import Rotation
from amarathon.compression.prefix import QueryNeeds, reduced
from amarathon.models.families import BY_MODEL_TYPE

PRUNINGS = [method for method in METHODS.values() if issubclass(method, PruningMethod)]
EVICTIONS = [method for method in METHODS.values() if issubclass(method, EvictionMethod)]
OMNI = BY_MODEL_TYPE["qwen2_5_omni"]
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
    expected = [math.floor(Fraction(index * count, keep)) for index in range(keep)]
    assert Frame(amount=ratio).select(context).tolist() == expected


def plain_fastv(context):
    """FastV by its definition, in Python's own numbers: one softmax a head, averaged, the largest n."""
    given_attention, count = context.attention, len(context.audio_positions)
    queries, keys = given_attention.query[:, -1].tolist(), given_attention.key.tolist()
    sums = [0.0] * count
    for head, query in enumerate(queries):
        group = keys[head * len(keys) // len(queries)]
        logits = [given_attention.scaling * math.fsum(map(operator.mul, query, key)) for key in group]
        largest = max(logits)
        weights = [math.exp(logit - largest) for logit in logits]
        for index, position in enumerate(context.audio_positions.tolist()):
            sums[index] += weights[position] / math.fsum(weights)
    return sorted(sorted(range(count), key=lambda index: -sums[index])[: context.budget])


@settings(deadline=None, max_examples=40)
@given(count=st.integers(1, 120), ratio=ratios, seed=st.integers(0, 5))
def test_fastv_equals_its_plain_definition(count, ratio, seed):
    chosen = METHODS["fastv"](amount=ratio).select(selection(count, ratio, seed))
    assert chosen.tolist() == plain_fastv(selection(count, ratio, seed))


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


def test_spans_merge_neighbours():
    audio = AudioPositions.plain(torch.arange(10) + 4)
    chosen = torch.tensor([0, 1, 2, 5, 7, 8])
    assert audio.spans(chosen, OMNI) == [(0.0, 0.12), (0.2, 0.24), (0.28, 0.36)]
    assert audio.spans(chosen[:0], OMNI) == []


@given(st.integers(1, 300), st.sets(st.integers(0, 299)))
def test_slice_means_are_over_each_slice_of_time(count, chosen):
    kept = torch.tensor(sorted(index for index in chosen if index < count), dtype=torch.long)
    shares = torch.rand(len(kept), generator=torch.Generator().manual_seed(count))
    means = AudioPositions.plain(torch.arange(count)).slice_means(kept, shares)
    left = dict(zip(kept.tolist(), shares.tolist(), strict=True))
    slices = min(64, count)
    for number, mean in enumerate(means):
        members = [index for index in range(count) if index * slices // count == number]
        assert mean == pytest.approx(sum(left.get(index, 0.0) for index in members) / len(members))


def test_a_pooled_token_stands_for_all_of_its_time():
    starts, ends = torch.tensor([0, 3, 6]), torch.tensor([3, 6, 8])
    audio = AudioPositions(torch.arange(3), starts, ends, 8)
    assert audio.spans(torch.tensor([0, 2]), replace(OMNI, tokens_per_second=1.0)) == [
        (0.0, 3.0),
        (6.0, 8.0),
    ]
    assert audio.slice_means(torch.tensor([0, 2]), torch.tensor([1.0, 0.5])) == [1, 1, 1, 0, 0, 0, 0.5, 0.5]


@settings(deadline=None, max_examples=40)
@given(count=st.integers(1, 90), factor=st.integers(1, 12))
def test_pooling_and_downsampling_make_a_token_of_every_stretch(count, factor):
    rows = torch.randn(count, 6, generator=torch.Generator().manual_seed(count))
    pool, down = (METHODS[name](amount=Fraction(factor)) for name in ("pool", "downsample"))
    starts = pool.starts(rows)
    assert len(starts) == math.ceil(count / factor)
    assert torch.equal(down.pool(rows, down.starts(rows)), rows[::factor])
    means = [rows[start : start + factor].mean(dim=0) for start in range(0, count, factor)]
    torch.testing.assert_close(pool.pool(rows, starts), torch.stack(means))


@pytest.mark.parametrize("least", [1, 5])
def test_segmentation_recovers_planted_boundaries(least):
    lengths = [7, 12, 5, 20, 9]
    centres = torch.randn(len(lengths), 32, generator=torch.Generator().manual_seed(0))
    rows = centres.repeat_interleave(torch.tensor(lengths), dim=0)
    method = METHODS["boundaries"](amount=Fraction(least))
    starts = method.starts(rows)
    assert starts.tolist() == [0, 7, 19, 24, 44]
    torch.testing.assert_close(method.pool(rows, starts), centres)
    # Noise adds peaks of its own, but hides none of those planted.
    noisy = rows + 0.05 * torch.randn(rows.shape, generator=torch.Generator().manual_seed(1))
    assert {0, 7, 19, 24, 44} <= set(method.starts(noisy).tolist())


def slow_dart(context, released=False):
    """By the definition, in plain Python."""
    positions = context.audio_positions.tolist()
    norms = [float(context.keys[:, index].abs().sum()) for index in range(len(context.hidden_states))]
    behind = range(positions[-1] + 1, len(context.hidden_states))
    by_norm = sorted(range(len(positions)), key=lambda index: (-norms[positions[index]], index))
    own = by_norm[: min(4, context.budget)]
    text = sorted(behind, key=lambda index: (-norms[index], index))[:4]
    pivots = [positions[index] for index in own] + text
    free = [index for index in range(len(positions)) if index not in own]
    whole, rest = divmod(context.budget - len(own), len(pivots))
    for order, pivot in enumerate(pivots):
        share = context.budget // len(pivots) if released else whole + (order < rest)
        reference = context.normed_states[pivot]
        likeness = {
            index: float(torch.cosine_similarity(context.normed_states[positions[index]], reference, dim=0))
            for index in free
        }
        for index in sorted(free, key=likeness.__getitem__)[:share]:
            free.remove(index)
    return [index for index in range(len(positions)) if index not in free]


@settings(deadline=None, max_examples=30)
@given(count=st.integers(1, 60), ratio=ratios, seed=st.integers(0, 5))
def test_dart_equals_its_plain_definition(count, ratio, seed):
    context = selection(count, ratio, seed)
    assert METHODS["dart"](amount=ratio).select(context).tolist() == slow_dart(context)


@pytest.mark.parametrize(("count", "ratio"), [(750, "0.3"), (750, "0.6"), (101, "0.9")])
def test_dart_can_keep_the_released_codes_count(count, ratio):
    context = selection(count, Fraction(ratio))
    kept = METHODS["dart"](amount=Fraction(ratio), kept_total="released").select(context).tolist()
    assert len(kept) == 4 + 8 * (budget(count, Fraction(ratio)) // 8)
    assert kept == slow_dart(context, released=True)


@settings(deadline=None, max_examples=40)
@given(count=st.integers(1, 120), ratio=ratios, segments=st.integers(1, 12))
def test_every_segment_keeps_its_share(count, ratio, segments):
    context = selection(count, ratio)
    chosen = METHODS["segmentwise"](amount=ratio, segments=segments).select(context).tolist()
    weights = context.attention_row[context.audio_positions].tolist()
    for number in range(segments):
        members = [index for index in range(count) if index * segments // count == number]
        kept = [index for index in members if index in chosen]
        assert len(kept) >= min(len(members), context.budget // segments)
        best = sorted(members, key=lambda index: (-weights[index], index))
        assert sorted(best[: len(kept)]) == kept


def test_one_segment_is_fastv():
    context = selection(90, Fraction("0.7"))
    one = METHODS["segmentwise"](amount=Fraction("0.7"), segments=1).select(context)
    assert torch.equal(one, METHODS["fastv"](amount=Fraction("0.7")).select(context))


def test_merging_takes_the_mean_of_the_most_alike_neighbours():
    context = selection(30, Fraction("0.5"))
    method = METHODS["atome"](amount=Fraction("0.5"))
    chosen = method.select(context)
    merged = method.merge(context, chosen)
    keys = context.keys[:, context.audio_positions]
    likeness = [
        float(torch.cosine_similarity(keys[:, index], keys[:, index + 1], dim=-1).mean())
        for index in range(29)
    ]
    gone = sorted(range(29), key=likeness.__getitem__)[14:]
    assert chosen.tolist() == [index for index in range(30) if index - 1 not in gone]
    groups = [*chosen.tolist(), 30]
    for number, (start, end) in enumerate(itertools.pairwise(groups)):
        expected = context.hidden_states[context.audio_positions[start:end]].mean(dim=0)
        torch.testing.assert_close(merged[number], expected)


def test_dart_does_not_wait_for_the_device_between_its_pivots():
    from torch.utils._python_dispatch import TorchDispatchMode

    class HostReads(TorchDispatchMode):
        count = 0

        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            self.count += "_local_scalar_dense" in str(function)
            return function(*args, **(kwargs or {}))

    context = selection(200, Fraction("0.6"))
    with HostReads() as reads:
        METHODS["dart"](amount=Fraction("0.6")).select(context)
    assert reads.count <= 1  # where the audio ends


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
