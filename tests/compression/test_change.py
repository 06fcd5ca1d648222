"""Change: equal steps of what happens, against a slow reference in exact arithmetic."""

from fractions import Fraction

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from amarathon.compression import METHODS, Configuration
from amarathon.compression.methods.change import Change, averaged, paced
from amarathon.compression.methods.contexts import SelectionContext


def slowly_paced(steps: list[int], count: int) -> list[int]:
    """Each target in turn takes the first free token that reaches it; at the end, the last free."""
    way = [sum(steps[:index]) for index in range(len(steps) + 1)]
    if way[-1] == 0:
        way = list(range(len(way)))
    kept: list[int] = []
    for order in range(count):
        target = Fraction(2 * order + 1, 2 * count) * way[-1]
        reached = next(index for index, passed in enumerate(way) if passed >= target)
        kept.append(max(reached, kept[-1] + 1 if kept else 0))
    return [min(index, len(way) - count + order) for order, index in enumerate(kept)]


@settings(deadline=None, max_examples=300)
@given(steps=st.lists(st.integers(0, 1000), max_size=60), share=st.integers(1, 100))
def test_paced_is_the_definition(steps, share):
    count = max(1, (len(steps) + 1) * share // 100)
    # Powers of two at the totals keep floats exact, so that no target is met by a hair's breadth.
    total = sum(steps)
    if total:
        steps = [*steps, (1 << 20) * count - total % ((1 << 20) * count)]
    got = paced(torch.tensor(steps, dtype=torch.double), count).tolist()
    assert got == slowly_paced(steps, count)
    assert len(set(got)) == count


def context(states: torch.Tensor, budget: int) -> SelectionContext:
    return SelectionContext(states, torch.arange(len(states)), budget, torch.Generator())


def test_steady_sound_has_few_tokens_and_what_changes_has_many():
    generator = torch.Generator().manual_seed(0)
    steady = torch.ones(400, 8) + 0.001 * torch.randn(400, 8, generator=generator)
    lively = torch.randn(100, 8, generator=generator)
    kept = Change(Fraction("0.8")).select(context(torch.cat([steady, lively]), 100))
    assert (kept >= 400).sum() > 90
    assert len(kept) == 100


@pytest.mark.parametrize("states", [torch.ones(50, 4), torch.zeros(50, 4)], ids=["steady", "silent"])
def test_where_nothing_changes_it_is_steps_of_time(states):
    kept = Change(Fraction("0.8")).select(context(states, 10))
    assert set((kept[1:] - kept[:-1]).tolist()) <= {4, 5, 6}


def test_exponent_zero_is_steps_of_time():
    states = torch.randn(60, 4, generator=torch.Generator().manual_seed(1))
    kept = Change(Fraction("0.8"), exponent=Fraction(0)).select(context(states, 12))
    assert set((kept[1:] - kept[:-1]).tolist()) <= {4, 5, 6}


@given(st.lists(st.floats(0, 10), min_size=1, max_size=30), st.integers(2, 12))
def test_averaged_is_a_moving_mean(values, width):
    got = averaged(torch.tensor(values, dtype=torch.double), width)
    for index, mean in enumerate(got.tolist()):
        around = values[max(0, index - width // 2) : index + (width + 1) // 2]
        assert mean == pytest.approx(sum(around) / len(around), abs=1e-9)


def test_it_is_known_by_name_with_its_parameters():
    (method,) = Configuration.parse("change@0.85:exponent=0.5,smooth=9").steps
    assert method == METHODS["change"](Fraction("0.85"), exponent=Fraction(1, 2), smooth=9)
    assert Configuration.parse("change@0.85:exponent=1,smooth=1").name == "change@0.85"
