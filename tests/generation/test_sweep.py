"""A shared sweep: every cell equals the same configuration run alone."""

from functools import cache
from unittest.mock import patch

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from amarathon.compression import METHODS, Configuration
from amarathon.compression.methods import EvictionMethod, PruningMethod
from amarathon.generation.decoding import GreedyDecoder
from amarathon.generation.embedded_prompt import embed
from amarathon.generation.outcome import Outcome
from amarathon.generation.sweep import sweep
from amarathon.tasks import TASKS
from tests.compression.tiny import noise, tiny_thinker

PRUNINGS = [name for name, method in METHODS.items() if issubclass(method, PruningMethod)]
EVICTIONS = [name for name, method in METHODS.items() if issubclass(method, EvictionMethod)]
GRID = (
    ["vanilla"]
    + [f"{name}@{ratio}" for name in PRUNINGS for ratio in ("0", "0.3", "0.9")]
    + [f"{name}@{ratio}" for name in EVICTIONS for ratio in ("0", "0.5", "0.9")]
    + [f"{name}@0.4:layer={layer}" for name in PRUNINGS for layer in (1, 4)]
    + [f"{prune}@0.6+{evict}@0.5" for prune in PRUNINGS for evict in EVICTIONS]
    + [f"{name}@0.7:scope=audio" for name in EVICTIONS]
)


def logits_of(lm, configuration, prefix, embedded):
    """Every step's logits, and the outcome."""
    seen = []
    hook = lm.model.lm_head.register_forward_hook(lambda _m, _a, out: seen.append(out[0, -1]))
    try:
        *_, outcome = GreedyDecoder(lm, embedded, max_new_tokens=5, seed=7).generate(configuration, prefix)
    finally:
        hook.remove()
    return torch.stack(seen), outcome


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
def test_every_cell_equals_the_configuration_run_alone(attention):
    lm = tiny_thinker(attention)
    prompt = lm.prompt(noise(3.0), TASKS["SCR"].free_messages("Why?", ["a", "b"]))
    encoded = torch.cat([part for _, part in lm.encode_parts(prompt)])
    embedded = embed(lm, prompt, encoded)
    grid = [Configuration.parse(name) for name in GRID]
    prefix = GreedyDecoder(lm, embedded).shared_prefix(grid)
    before = [layer.keys.clone() for layer in prefix.cache.layers]
    for configuration in grid:
        alone, expected = logits_of(lm, configuration, None, embedded)
        branch, got = logits_of(lm, configuration, prefix, embedded)
        assert torch.equal(branch, alone), configuration.name
        for part in ("reply", "kept_tokens", "kept_spans", "kept_map", "cache_bytes"):
            assert getattr(got, part) == getattr(expected, part), (configuration.name, part)
    assert all(torch.equal(a, layer.keys) for a, layer in zip(before, prefix.cache.layers, strict=True))


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
@given(
    names=st.lists(st.sampled_from(GRID), min_size=1, max_size=9, unique=True),
    slots=st.integers(1, 5),
    stop=st.integers(0, 400),
)
@settings(max_examples=15, deadline=None)
def test_replies_written_together_equal_those_written_alone(attention, names, slots, stop):
    lm = tiny_thinker(attention)
    embedded, prefix = _prompt_and_prefix(attention)
    grid = [Configuration.parse(name) for name in names]
    decoder = GreedyDecoder(lm, embedded, max_new_tokens=12, seed=7)
    # Some replies end early: at a token that random weights happen to write.
    with patch.object(type(lm), "stop_token_ids", frozenset(range(stop, stop + 40))):
        replies = [list(decoder.generate(configuration, prefix))[-1] for configuration in grid]
        waiting = [decoder.begin(configuration, prefix) for configuration in grid]
        writing, ended = [], []
        while waiting or writing:
            # Slots are filled again as replies end, so lengths differ.
            writing += [waiting.pop() for _ in range(min(len(waiting), slots - len(writing)))]
            list(decoder.write_together(writing))
            ended += [branch.outcome(lm) for branch in writing if decoder.is_over(branch)]
            writing = [branch for branch in writing if not decoder.is_over(branch)]
    assert sorted(outcome.configuration for outcome in ended) == sorted(names)
    for outcome in ended:
        expected = replies[names.index(outcome.configuration)]
        for part in ("reply", "new_tokens", "kept_indices", "kept_map", "cache_bytes"):
            assert getattr(outcome, part) == getattr(expected, part), (outcome.configuration, part)


@cache
def _prompt_and_prefix(attention):
    lm = tiny_thinker(attention)
    prompt = lm.prompt(noise(2.0), TASKS["SCR"].free_messages("Why?", ["a", "b"]))
    encoded = torch.cat([part for _, part in lm.encode_parts(prompt)])
    embedded = embed(lm, prompt, encoded)
    return embedded, GreedyDecoder(lm, embedded).shared_prefix([Configuration.parse(name) for name in GRID])


def test_a_shared_sweep_marks_its_times_and_leaves_peak_memory_out():
    lm = tiny_thinker()
    messages = TASKS["SGR"].free_messages("", [])
    names = ["vanilla", "fastv@0.6", "snapkv@0.5"]
    alone, shared = (
        [event for event in sweep(lm, noise(2.0), messages, names, shared=flag) if isinstance(event, Outcome)]
        for flag in (False, True)
    )
    assert [outcome.reply for outcome in alone] == [outcome.reply for outcome in shared]
    assert all(outcome.timings.shared and outcome.peak_bytes is None for outcome in shared)
    assert all(not outcome.timings.shared and outcome.peak_bytes for outcome in alone)


def test_the_decoder_runs_its_common_layers_once():
    lm = tiny_thinker()
    layers, calls = lm.model.model.language_model.layers, []
    hooks = [
        layer.mlp.register_forward_hook(lambda *_a, i=i: calls.append(i)) for i, layer in enumerate(layers)
    ]
    names = ["vanilla", "frame@0.3", "frame@0.6:layer=3", "tova@0.5", "knorm@0.9"]
    try:
        list(sweep(lm, noise(1.0), TASKS["SGR"].free_messages("", []), names, shared=True, max_new_tokens=1))
    finally:
        for hook in hooks:
            hook.remove()
    # Once through all five; then layers 2-4 and 3-4 for the two prunings.
    assert calls == [0, 1, 2, 3, 4, 2, 3, 4, 3, 4]


def test_amounts_of_one_eviction_share_its_scores_and_nothing_else_does():
    lm = tiny_thinker(layers=3)
    prompt = lm.prompt(noise(3.0), TASKS["SCR"].free_messages("Why?", ["a", "b"]))
    embedded = embed(lm, prompt, torch.cat([part for _, part in lm.encode_parts(prompt)]))
    names = (
        "snapkv@0.3",
        "snapkv@0.6",
        "snapkv@0.6:scope=audio",
        "snapkv@0.6:window=8",
        "frame@0.5+snapkv@0.6",
    )
    grid = [Configuration.parse(name) for name in names]
    decoder = GreedyDecoder(lm, embedded)
    prefix = decoder.shared_prefix(grid)
    asked = []
    real = METHODS["snapkv"].score
    with patch.object(
        METHODS["snapkv"], "score", lambda self, context: asked.append(self) or real(self, context)
    ):
        for configuration in grid:
            asked.clear()
            decoder.begin(configuration, prefix)
            # Of the pruned prompt the layers behind the pruning alone are the branch's own.
            own = {"snapkv@0.6": 0, "frame@0.5+snapkv@0.6": 1}.get(configuration.name, 3)
            assert len(asked) == own, configuration.name


def test_pooling_comes_before_pruning_and_pruning_before_eviction():
    lm = tiny_thinker()
    messages = TASKS["SGR"].free_messages("", [])
    names = [
        "vanilla",
        "frame@0.5",
        "pool@4",
        "pool@4+frame@0.5",
        "pool@4+frame@0.5+tova@0.5",
        "downsample@2",
    ]
    for shared in (False, True):
        events = sweep(lm, noise(4.0), messages, names, shared=shared)
        outcomes = {event.configuration: event for event in events if isinstance(event, Outcome)}
        assert {name: outcome.error for name, outcome in outcomes.items()} == dict.fromkeys(names)
        kept = [outcomes[name].kept_tokens for name in names]
        assert kept == [100, 50, 25, 12, 12, 50]
        assert all(outcome.audio_tokens == 100 for outcome in outcomes.values())
        # A pooled token stands for its four; all of the time is there until pruning takes half.
        assert outcomes["pool@4"].kept_spans == ((0.0, 4.0),)
        assert sum(e - s for s, e in outcomes["pool@4+frame@0.5"].kept_spans) == pytest.approx(12 * 4 / 25)
        assert outcomes["pool@4+frame@0.5+tova@0.5"].cache_bytes < outcomes["pool@4+frame@0.5"].cache_bytes


def test_a_layer_beyond_the_model_fails_alone_in_a_shared_sweep():
    names = ["vanilla", "frame@0.6:layer=9", "frame@0.6"]
    events = sweep(tiny_thinker(), noise(1.0), TASKS["SGR"].free_messages("", []), names, shared=True)
    outcomes = {event.configuration: event for event in events if isinstance(event, Outcome)}
    assert [outcomes[name].error is None for name in names] == [True, False, True]
