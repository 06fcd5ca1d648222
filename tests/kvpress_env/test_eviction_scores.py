"""Our eviction scores against kvpress's own, on the same queries and keys.

Runs in an environment of its own: kvpress pins transformers below 5.3 and re-registers every
attention function when it is imported.
"""

from fractions import Fraction
from types import SimpleNamespace

import kvpress
import pytest
import torch

from amarathon.compression import METHODS
from amarathon.compression.attention import AttentionInputs
from amarathon.compression.eviction import surviving
from amarathon.compression.methods.contexts import EvictionContext

HEADS, GROUPS, WIDTH = 6, 2, 16


def inputs(length, seed):
    generator = torch.Generator().manual_seed(seed)
    query = torch.randn(HEADS, length, WIDTH, generator=generator)
    key, value = torch.randn(2, GROUPS, length, WIDTH, generator=generator)
    return AttentionInputs(query, key, value, WIDTH**-0.5)


def press_score(press, layer_inputs):
    """A press's score, handed the exact causal attention of the whole prompt."""
    length = layer_inputs.key.shape[1]
    module = SimpleNamespace(config=SimpleNamespace(num_attention_heads=HEADS, num_key_value_heads=GROUPS))
    hidden = torch.zeros(1, length, HEADS * WIDTH)
    attentions = layer_inputs.window(length)[None]
    return press.score(module, hidden, layer_inputs.key[None], layer_inputs.value[None], attentions, {})[0]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("length", [65, 100, 333])
@pytest.mark.parametrize(
    ("name", "press"),
    [
        ("knorm", kvpress.KnormPress),
        ("tova", kvpress.TOVAPress),
        ("snapkv", kvpress.SnapKVPress),
    ],
)
def test_scores_rank_as_in_kvpress(name, press, length, seed):
    layer_inputs = inputs(length, seed)
    method = METHODS[name](amount=Fraction(1, 2))
    ours = method.score(EvictionContext(layer_inputs, torch.Generator()))
    theirs = press_score(press(), layer_inputs)
    finite = ours.isfinite()
    if name == "knorm":  # compared to 11 bits here, so that equal keys rank alike on every machine
        torch.testing.assert_close(ours, theirs, rtol=2**-11, atol=0)
        theirs = theirs.half().float()
    torch.testing.assert_close(ours[finite], theirs[finite])
    # Where ours is infinite, theirs is above everything else.
    if not finite.all():
        assert theirs[~finite].min() > theirs[finite].max()
    for ratio in ("0.3", "0.5", "0.6", "0.7"):
        keep = int(length * (1 - Fraction(ratio)))
        expected = theirs.topk(keep, dim=-1).values
        protected = int((~finite[0]).sum())
        if keep >= protected:  # below, kvpress chooses among ties
            kept = theirs.gather(1, surviving(ours, Fraction(ratio), None))
            assert torch.equal(kept.sort(dim=-1, descending=True).values, expected)


@pytest.mark.parametrize(("window", "kernel"), [(8, 3), (32, 7), (64, 5)])
def test_snapkv_parameters_mean_the_same(window, kernel):
    layer_inputs = inputs(150, 7)
    ours = METHODS["snapkv"](amount=Fraction(0), window=window, kernel=kernel)
    theirs = press_score(kvpress.SnapKVPress(window_size=window, kernel_size=kernel), layer_inputs)
    scores = ours.score(EvictionContext(layer_inputs, torch.Generator()))
    torch.testing.assert_close(scores[:, :-window], theirs[:, :-window])


def test_random_eviction_draws_the_same_numbers_from_the_same_seed():
    layer_inputs = inputs(200, 1)
    theirs = press_score(kvpress.RandomPress(seed=11), layer_inputs)
    context = EvictionContext(layer_inputs, torch.Generator().manual_seed(11))
    ours = METHODS["randomkv"](amount=Fraction(1, 2)).score(context)
    torch.testing.assert_close(ours, theirs)
