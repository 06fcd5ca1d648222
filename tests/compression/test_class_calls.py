"""Calls through a model's class go around what a block puts on the model; the same table holds for them."""

import pytest
import torch
from transformers import GenerationConfig, GenerationMixin

from amarathon.compression import compress
from amarathon.compression.strategies import STRATEGIES
from amarathon.doctor.recording import noise
from amarathon.errors import ModelError
from tests.compression.replies import NAME, check_generated, check_reply, prepared_prompt
from tests.compression.test_strategies import KNOWN, arguments_of
from tests.models.whisper.tiny import tiny_whisper

CALLS = {
    "the mixin": GenerationMixin.generate,
    "its own class": lambda model, **given: type(model).generate(model, **given),
}
OWN_LOOP = "a decoding loop of your own"
SUPPORTED = [each.name for each in STRATEGIES if each.supported and each.name != OWN_LOOP]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("name", SUPPORTED)
def test_supported_strategies_equal_the_oracle_by_their_class(name, call):
    lm, _, inputs, _ = prepared_prompt()
    torch.manual_seed(4)
    with compress(lm.model, NAME) as report:
        made = CALLS[call](
            lm.model,
            **inputs,
            max_new_tokens=6,
            output_logits=True,
            return_dict_in_generate=True,
            **arguments_of(name, lm.model),
        )
    assert report.kept_tokens == 20
    check_reply(made.sequences[0, inputs["input_ids"].shape[1] : -1], torch.cat(made.logits))


@pytest.mark.parametrize(
    "name", [each.name for each in STRATEGIES if not each.supported and each.name in KNOWN]
)
def test_what_is_not_supported_is_refused_by_name_by_their_class(name):
    lm, _, inputs, _ = prepared_prompt()
    with compress(lm.model, NAME) as report:
        with pytest.raises(ModelError) as refused:
            GenerationMixin.generate(lm.model, **inputs, max_new_tokens=6, **arguments_of(name, lm.model))
        assert report.prompt_tokens == 0
        check_generated(lm.model, inputs)
    assert name in str(refused.value)


def test_a_configuration_asks_for_a_strategy_as_words_do():
    lm, _, inputs, _ = prepared_prompt()
    config = GenerationConfig(prompt_lookup_num_tokens=3, max_new_tokens=6)
    with compress(lm.model, NAME), pytest.raises(ModelError, match="prompt lookup"):
        GenerationMixin.generate(lm.model, **inputs, generation_config=config)


def test_a_loop_of_ones_own_is_given_its_prompt_by_the_model_itself():
    lm, _, inputs, _ = prepared_prompt()

    def loop(*_args, **_more):
        raise AssertionError("called")

    with compress(lm.model, NAME), pytest.raises(ModelError, match="not of its class"):
        GenerationMixin.generate(lm.model, **inputs, custom_generate=loop)


def test_the_steps_of_preparation_are_as_before_behind_the_block():
    lm, *_ = prepared_prompt()
    before = dict(vars(lm.model))
    with compress(lm.model, NAME):
        assert vars(lm.model) != before
    assert vars(lm.model) == before


def test_a_model_that_transcribes_is_called_by_itself():
    lm = tiny_whisper()
    given = lm.feature_extractor(noise(1.0).samples, sampling_rate=16_000, return_tensors="pt").input_features
    plain = lm.model.generate(given)
    with compress(lm.model, "frame@0.6") as report:
        for more in ({}, {"num_beams": 2}, {"prompt_lookup_num_tokens": 3}):
            with pytest.raises(ModelError, match="generate of the model itself"):
                type(lm.model).generate(lm.model, given, **more)
        lm.model.generate(given)
        assert report.kept_tokens == 28
    assert torch.equal(type(lm.model).generate(lm.model, given), plain)
