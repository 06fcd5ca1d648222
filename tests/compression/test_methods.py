"""Selections by themselves: their properties, and slow references."""

import itertools
import math
import operator
from fractions import Fraction

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from amarathon.compression import METHODS
from amarathon.compression.methods import PruningMethod, budget
from amarathon.compression.methods.contexts import SelectionContext
from amarathon.compression.methods.frame import Frame
from tests.compression.contexts import attention, ratios, selection

PRUNINGS = [method for method in METHODS.values() if issubclass(method, PruningMethod)]


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
