"""Every family under every method against masks, and the faults that this must catch."""

from contextlib import nullcontext

import pytest
from transformers import DynamicCache

from amarathon.compression import METHODS
from amarathon.compression.layer_plan import LayerPlan
from amarathon.doctor import checks
from amarathon.doctor.recording import noise
from amarathon.errors import CheckError, ConfigurationError, ModelError
from amarathon.generation.outcome import Outcome
from amarathon.generation.sweep import sweep
from amarathon.models.families import BY_MODEL_TYPE
from tests.compression.tiny import QUESTIONS
from tests.models.families.checks import check
from tests.models.families.faults import FAULTS, counts_windows_in_kept_tokens, stays_in_its_window
from tests.models.families.tiny import ALL_TINY, LAYERS, TINY, tiny

CASES = ("vanilla", *(f"{name}@{2 if METHODS[name].amount_kind == 'factor' else 0.6}" for name in METHODS))
COMPOSED = (
    "frame@0.9:layer=1",
    "fastv@0.5:layer=3",
    "frame@0.6+snapkv@0.5:window=8,kernel=3",
    "fastv@0.3+knorm@0.4:scope=audio",
    "pool@2+frame@0.3+tova@0.5",
    # A pyramid that the short prompts of these tests can hold.
    "pyramid@0.5:window_size=8,beta=3",
    "fastv@0.3+pyramid@0.4:scope=audio,window_size=4",
    "frame@0.6+expected@0.5:n_future_positions=20,use_covariance=false",
    "frame@0.3+adakv@0.5:scope=audio,scores=expected",
)
# What a family cannot do, and says so.
REFUSED = {(name, "adakv"): "later layers read the keys of layer 4" for name in ("gemma3n", "gemma4")}
PLAIN = ("vanilla", "frame@0.6", "fastv@0.6", "knorm@0.5", "frame@0.6+snapkv@0.5:window=8,kernel=3")
families = pytest.mark.parametrize("family", TINY)


@families
@pytest.mark.parametrize("attention", ["sdpa", "eager"])
@pytest.mark.parametrize("method", CASES + COMPOSED)
def test_steps_equal_the_oracle(family, method, attention):
    refusal = next(
        (reason for (name, step), reason in REFUSED.items() if name == family and step in method), None
    )
    with nullcontext() if refusal is None else pytest.raises(ConfigurationError, match=refusal):
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
        if method.amount_kind == "ratio" and (family, name) not in REFUSED:
            check(family, "nothing_removed", f"{name}@0", attention, TINY[family].seconds[1], question=1)


@families
@pytest.mark.parametrize(
    "method",
    [
        "vanilla",
        "frame@0.6:layer=1",
        "fastv@0.6",
        "knorm@0.5",
        "pool@2+frame@0.3+tova@0.5",
        "frame@0.6+expected@0.5",
        "pyramid@0.5:window_size=8",
    ],
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


@families
@pytest.mark.parametrize("seconds", [0, 1])
@pytest.mark.parametrize(("fault", "run", "method"), FAULTS)
def test_planted_faults_are_caught(family, fault, run, method, seconds, monkeypatch):
    fault(family, monkeypatch)
    with pytest.raises((CheckError, ModelError, RuntimeError)):
        check(family, run, method, seconds=TINY[family].seconds[seconds], question=seconds)


WINDOWED = [name for name in TINY if any(LayerPlan.of(tiny(name).model.config).windows)]


@pytest.mark.parametrize("method", ["frame@0.6", "fastv@0.6:layer=3", "frame@0.3:layer=1+tova@0.5"])
def test_windows_are_counted_in_the_prompts_own_positions(method, monkeypatch):
    for family in WINDOWED:
        for seconds in TINY[family].seconds:
            check(family, "steps", method, seconds=seconds)
            with monkeypatch.context() as fault:
                counts_windows_in_kept_tokens(family, fault)
                with pytest.raises(CheckError, match="logits differ"):
                    check(family, "steps", method, seconds=seconds)


@pytest.mark.parametrize("method", ["vanilla", "frame@0.6"])
def test_long_replies_leave_the_prompt_behind_their_windows(method):
    for family in WINDOWED:
        check(family, "own_loop", method, seconds=TINY[family].seconds[1], new_tokens=90)


@pytest.mark.parametrize("method", ["vanilla", "frame@0.6", "knorm@0.5"])
def test_a_cache_that_was_made_without_a_configuration_learns_the_windows(method, monkeypatch):
    monkeypatch.setattr(checks, "DynamicCache", lambda config: DynamicCache())
    for family in TINY:
        check(family, "own_loop", method, seconds=TINY[family].seconds[1])


@families
@pytest.mark.parametrize("method", ["fastv@0.6", "knorm@0.5", "frame@0.6+snapkv@0.5:window=8,kernel=3"])
def test_a_second_turn_equals_the_oracle(family, method):
    if family in WINDOWED and "knorm" not in method:
        with pytest.raises(ModelError, match="one token at a time"):
            check(family, "second_turn", method, seconds=TINY[family].seconds[1])
    else:
        check(family, "second_turn", method, seconds=TINY[family].seconds[1])


def test_tokens_that_stay_in_a_window_too_long_are_noticed(monkeypatch):
    stays_in_its_window("", monkeypatch)
    for family in WINDOWED:
        with pytest.raises((CheckError, ModelError, RuntimeError)):
            check(family, "own_loop", "frame@0.6", seconds=TINY[family].seconds[1], new_tokens=90)


def test_every_family_is_tested():
    # Whisper, which reads by cross-attention, has tests/models/whisper.
    assert {family.name for family in BY_MODEL_TYPE.values()} == {*ALL_TINY, "whisper"}
    assert LAYERS >= 4
