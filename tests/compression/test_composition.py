"""Pooling, then pruning, then eviction in one configuration: what each step gets from the one before."""

import math
from fractions import Fraction
from itertools import permutations

import pytest

from amarathon.compression import Configuration
from amarathon.compression.methods import budget
from amarathon.efficiency.measuring import MeasurementRequest, answer_once
from amarathon.errors import ConfigurationError
from amarathon.tasks import TASKS
from tests.compression.tiny import noise, tiny_thinker

MESSAGES = TASKS["SGR"].free_messages("", [])
STEPS = ("pool@3", "frame@0.5:layer=3", "knorm@0.4")


@pytest.mark.parametrize("order", list(permutations(STEPS)))
def test_steps_act_in_one_order_however_they_are_written(order):
    assert Configuration.parse("+".join(order)).name == "+".join(STEPS)


@pytest.mark.parametrize("seconds", [1.0, 2.36])
def test_each_step_takes_its_share_of_what_the_one_before_left(seconds):
    """Tokens of 5 layers: three see the pooled prompt, two the pruned one; each cache loses 40%."""
    lm = tiny_thinker()
    request = MeasurementRequest(noise(seconds), MESSAGES, "+".join(STEPS), max_new_tokens=3)
    answered = answer_once(lm, request)
    prompt = lm.prompt(request.audio, MESSAGES)
    audio, text = len(prompt.audio_positions), prompt.input_ids.shape[1] - len(prompt.audio_positions)
    pooled = math.ceil(audio / 3)
    pruned = budget(pooled, Fraction("0.5"))
    whole, short = (budget(text + count, Fraction("0.4")) for count in (pooled, pruned))
    config = lm.model.config.text_config
    token = 2 * config.num_key_value_heads * (config.hidden_size // config.num_attention_heads) * 4
    assert answered.cache_bytes == [token * count for count in (whole, whole, whole, short, short)]
    assert (answered.outcome.audio_tokens, answered.outcome.kept_tokens) == (audio, pruned)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("pool@0", "whole number from 1"),
        ("pool@2.5", "whole number from 1"),
        ("pool@0.6", "whole number from 1"),
        ("pool@3+downsample@2", "same place"),
        ("pool@3+boundaries@2", "same place"),
        ("pool@3+pool@3", "same place"),
        ("pool@3+frame@0.5+fastv@0.5", "same place"),
        ("pool@3+vanilla", "is not a method"),
        ("pool@3+", "is not a method"),
        ("pool@3:lora=../x", "must be a name"),
        ("pool@3:layer=2", "no parameter 'layer'"),
        ("knorm@0.4:lora=x", "no parameter 'lora'"),
    ],
)
def test_nonsense_is_refused(name, says):
    with pytest.raises(ConfigurationError, match=says):
        Configuration.parse(name)
