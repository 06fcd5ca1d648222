"""Every family under every method against masks, and the faults that this must catch."""

import pytest
import torch
from transformers import DynamicCache

from amarathon.compression import METHODS, compressor, eviction, hooks
from amarathon.compression.layer_plan import LayerPlan
from amarathon.compression.methods.frame import Frame
from amarathon.compression.places import AudioPlaces
from amarathon.doctor.recording import noise
from amarathon.errors import CheckError
from amarathon.models.families import BY_MODEL_TYPE
from amarathon.sweep import Outcome, sweep
from tests.compression.tiny import QUESTIONS
from tests.models.families.checks import check
from tests.models.families.tiny import ALL_TINY, LAYERS, TINY, tiny

CASES = ("vanilla", *(f"{name}@{2 if METHODS[name].amount_kind == 'factor' else 0.6}" for name in METHODS))
COMPOSED = (
    "frame@0.9:layer=1",
    "fastv@0.5:layer=3",
    "frame@0.6+snapkv@0.5:window=8,kernel=3",
    "fastv@0.3+knorm@0.4:scope=audio",
    "pool@2+frame@0.3+tova@0.5",
)
PLAIN = ("vanilla", "frame@0.6", "fastv@0.6", "knorm@0.5", "frame@0.6+snapkv@0.5:window=8,kernel=3")
families = pytest.mark.parametrize("family", TINY)


@families
@pytest.mark.parametrize("attention", ["sdpa", "eager"])
@pytest.mark.parametrize("method", CASES + COMPOSED)
def test_steps_equal_the_oracle(family, method, attention):
    check(family, "steps", method, attention)


@families
@pytest.mark.parametrize("attention", ["sdpa", "eager"])
@pytest.mark.parametrize("method", PLAIN)
def test_plain_generate_equals_the_oracle(family, method, attention):
    check(family, "plain_generate", method, attention)


@families
@pytest.mark.parametrize("method", PLAIN)
def test_own_loop_equals_the_oracle(family, method):
    check(family, "own_loop", method)


@families
@pytest.mark.parametrize("question", [0, 1])
@pytest.mark.parametrize("method", ["fastv@0.6", "frame@0.6+snapkv@0.5:window=8,kernel=3"])
def test_other_prompts_and_lengths(family, method, question):
    check(family, "steps", method, seconds=TINY[family].seconds[1], question=question)


@families
@pytest.mark.parametrize("attention", ["sdpa", "eager"])
def test_ratio_0_is_bit_equal_to_vanilla(family, attention):
    for name, method in METHODS.items():
        if method.amount_kind == "ratio":
            check(family, "nothing_removed", f"{name}@0", attention, TINY[family].seconds[1], question=1)


@families
@pytest.mark.parametrize(
    "method", ["vanilla", "frame@0.6:layer=1", "fastv@0.6", "knorm@0.5", "pool@2+frame@0.3+tova@0.5"]
)
def test_a_shared_prefill_is_continued_like_ones_own(family, method):
    check(family, "shared_run", method, seconds=TINY[family].seconds[1], question=1)


@families
def test_kept_spans_are_the_seconds_of_the_kept_tokens(family):
    lm, seconds = tiny(family), TINY[family].seconds[0]
    (outcome,) = [
        event
        for event in sweep(lm, noise(seconds), QUESTIONS[0][0].free_messages("", []), ["frame@0.5"])
        if isinstance(event, Outcome)
    ]
    rate = lm.family.tokens_per_second
    starts, ends = zip(*outcome.kept_spans, strict=True)
    assert list(starts) == sorted(starts)
    assert starts[0] == 0.0
    assert seconds - 3 / rate < ends[-1] <= seconds + 1 / rate
    # Every other token, so half of every stretch of time, whatever the pieces.
    assert sum(ends) - sum(starts) == pytest.approx(seconds / 2, abs=2 / rate)
    assert all(end - start <= 2.01 / rate for start, end in outcome.kept_spans)


# Planted faults: each must be caught by the checks above, in every family.


def decodes_at_wrong_positions(family, monkeypatch):
    adapter = type(tiny(family))
    real = adapter.position_ids

    def wrong(self, start, count):
        return real(self, start - 3 if start else 0, count)

    monkeypatch.setattr(adapter, "position_ids", wrong)


def counts_kept_tokens(_family, monkeypatch):
    def fewest(self, *_args, **_more):
        return min((layer.keys.shape[-2] for layer in self.layers if layer.keys is not None), default=0)

    monkeypatch.setattr(DynamicCache, "get_seq_length", fewest)


def leaves_rotary_positions_of_the_first_tokens(_family, monkeypatch):
    real = hooks.shorten_shared
    monkeypatch.setattr(hooks, "shorten_shared", lambda kwargs, index: real(kwargs, torch.arange(len(index))))


def keeps_one_too_few(_family, monkeypatch):
    real = compressor.budget
    monkeypatch.setattr(compressor, "budget", lambda count, ratio: real(count, ratio) - 1)


def evicts_one_too_many(_family, monkeypatch):
    real = eviction.budget
    monkeypatch.setattr(eviction, "budget", lambda count, ratio: real(count, ratio) - 1)


def keeps_the_neighbours(_family, monkeypatch):
    real = Frame.select

    def wrong(self, context):
        return (real(self, context) + 1).clamp(max=len(context.audio_positions) - 1)

    monkeypatch.setattr(Frame, "select", wrong)


def forgets_the_last_chunk(_family, monkeypatch):
    real = AudioPlaces.plain.__func__

    def wrong(cls, positions, *more):
        return real(cls, positions[: len(positions) * 2 // 3], *more)

    monkeypatch.setattr(AudioPlaces, "plain", classmethod(wrong))


MUTANTS = [
    (decodes_at_wrong_positions, "steps", "frame@0.3"),
    (decodes_at_wrong_positions, "steps", "knorm@0.5"),
    (counts_kept_tokens, "own_loop", "knorm@0.5"),
    (leaves_rotary_positions_of_the_first_tokens, "steps", "frame@0.3"),
    (keeps_one_too_few, "steps", "frame@0.3"),
    (keeps_one_too_few, "plain_generate", "fastv@0.6"),
    (evicts_one_too_many, "steps", "knorm@0.5"),
    (keeps_the_neighbours, "steps", "frame@0.3"),
    (forgets_the_last_chunk, "steps", "frame@0.3"),
    (forgets_the_last_chunk, "plain_generate", "fastv@0.6"),
    (forgets_the_last_chunk, "steps", "knorm@0.5:scope=audio"),
]


@families
@pytest.mark.parametrize("seconds", [0, 1])
@pytest.mark.parametrize(("fault", "run", "method"), MUTANTS)
def test_planted_faults_are_caught(family, fault, run, method, seconds, monkeypatch):
    fault(family, monkeypatch)
    with pytest.raises((CheckError, RuntimeError)):
        check(family, run, method, seconds=TINY[family].seconds[seconds], question=seconds)


def counts_windows_in_kept_tokens(monkeypatch):
    monkeypatch.setattr(
        compressor.Compressor,
        "_places_of",
        lambda self, count, _pruned: list(range(self._length - count, self._length)),
    )


WINDOWED = [name for name in TINY if any(LayerPlan.of(tiny(name).model.config).windows)]


@pytest.mark.parametrize("method", ["frame@0.6", "fastv@0.6:layer=3", "frame@0.3:layer=1+tova@0.5"])
def test_windows_are_counted_in_the_prompts_own_positions(method, monkeypatch):
    for family in WINDOWED:
        for seconds in TINY[family].seconds:
            check(family, "steps", method, seconds=seconds)
            with monkeypatch.context() as fault:
                counts_windows_in_kept_tokens(fault)
                with pytest.raises(CheckError, match="logits differ"):
                    check(family, "steps", method, seconds=seconds)


def test_every_family_is_tested():
    assert {family.name for family in BY_MODEL_TYPE.values()} == set(ALL_TINY)
    assert LAYERS >= 4
