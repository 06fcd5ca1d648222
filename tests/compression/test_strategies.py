"""Every way to ask for a reply: right by the decoder by hand, or one sentence that names it."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from transformers import (
    DynamicCache,
    EncoderDecoderCache,
    GenerationConfig,
    GenerationMixin,
    LogitsProcessorList,
    StaticCache,
)
from transformers.generation import GenerationMode

from amarathon.compression import compress
from amarathon.compression.strategies import STRATEGIES, strategy_table
from amarathon.errors import ModelError
from docs import registries
from tests.compression.replies import NAME, check_generated, check_reply, generated, prepared_prompt


def own_greedy(model, input_ids, logits_processor, stopping_criteria, generation_config, **more):
    """A caller's own decoding loop: transformers' greedy one, called by another name."""
    return model._sample(input_ids, logits_processor, stopping_criteria, generation_config, **more)


# Each strategy of the registry with arguments that ask for it. A new one is one line here and one there.
ARGUMENTS = {
    "greedy decoding": {"do_sample": False},
    "multinomial sampling": {"do_sample": True, "temperature": 2.0, "top_k": 0},
    "a decoding loop of your own": {"custom_generate": own_greedy},
    "beam search": {"num_beams": 3},
    "beam sampling": {"num_beams": 3, "do_sample": True},
    "group beam search": {"num_beams": 4, "num_beam_groups": 2, "diversity_penalty": 1.0},
    "constrained beam search": {"num_beams": 2, "force_words_ids": [[1]]},
    "several replies": {"do_sample": True, "num_return_sequences": 2},
    "assisted generation": {"assistant_model": "itself"},
    "prompt lookup": {"prompt_lookup_num_tokens": 3},
    "early exit": {"assistant_early_exit": 2},
    "multi-token prediction": {"use_mtp": True},
    "contrastive search": {"penalty_alpha": 0.6, "top_k": 4},
    "DoLa": {"dola_layers": "low"},
    "a repository's generation": {"custom_generate": "owner/name"},
    "chunked prefill": {"prefill_chunk_size": 16},
    "continuous batching": {"cache_implementation": "paged"},
    "classifier-free guidance": {"guidance_scale": 1.5},
    "token healing": {"token_healing": True},
    "static cache": {"cache_implementation": "static"},
    "quantised cache": {"cache_implementation": "quantized"},
    "offloaded cache": {"cache_implementation": "offloaded"},
    "generation without a cache": {"use_cache": False},
    "hidden states, and a talker that speaks from them": {"output_hidden_states": True},
}
# Older versions of transformers do not know these words.
NEWER = {"use_mtp"}
KNOWN = {
    name: arguments
    for name, arguments in ARGUMENTS.items()
    if not NEWER & set(arguments) or all(hasattr(GenerationConfig(), word) for word in arguments)
}


def arguments_of(name, model):
    arguments = ARGUMENTS[name]
    return {"assistant_model": model} if arguments.get("assistant_model") == "itself" else arguments


def test_every_strategy_of_the_registry_is_tried():
    assert {strategy.name for strategy in STRATEGIES} == set(ARGUMENTS)


@pytest.mark.parametrize("name", [strategy.name for strategy in STRATEGIES if strategy.supported])
def test_supported_strategies_equal_the_oracle(name):
    lm, _, inputs, _ = prepared_prompt()
    torch.manual_seed(4)
    with compress(lm.model, NAME) as report:
        check_generated(lm.model, inputs, **arguments_of(name, lm.model))
    assert report.kept_tokens == 20


@pytest.mark.parametrize(
    "name", [strategy.name for strategy in STRATEGIES if not strategy.supported and strategy.name in KNOWN]
)
def test_what_is_not_supported_is_refused_by_name_before_any_work(name):
    lm, _, inputs, _ = prepared_prompt()
    with compress(lm.model, NAME) as report:
        with pytest.raises(ModelError) as refused:
            lm.model.generate(**inputs, max_new_tokens=6, **arguments_of(name, lm.model))
        assert report.prompt_tokens == 0
        # The model is as before, and the block goes on.
        check_generated(lm.model, inputs)
    assert name in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_no_mode_of_the_installed_transformers_is_forgotten(mode):
    config = SimpleNamespace(**dict.fromkeys(("cache_implementation", "use_cache")))
    from amarathon.compression.strategies import GenerateCall

    assert any(strategy.matches(GenerateCall(config, mode.value, {})) for strategy in STRATEGIES)


# What changes a reply and not how the prompt is read.
HARMLESS = {
    "a streamer": {"streamer": SimpleNamespace(put=lambda _ids: None, end=lambda: None)},
    "a processor": {"logits_processor": LogitsProcessorList([lambda _ids, scores: scores])},
    "a penalty": {"repetition_penalty": 1.3},
    "bad words": {"bad_words_ids": [[5], [6]]},
    "allowed tokens": {"prefix_allowed_tokens_fn": lambda _batch, _ids: list(range(40))},
    "a configuration": {"generation_config": GenerationConfig(do_sample=False, max_new_tokens=6)},
    "a time limit": {"max_time": 60.0},
    "a dynamic cache": {"cache_implementation": "dynamic"},
    "an empty cache": {"past_key_values": DynamicCache},
    "attention weights": {"output_attentions": True},
}


@pytest.mark.parametrize("name", HARMLESS)
def test_other_arguments_are_taken(name):
    lm, _, inputs, _ = prepared_prompt("eager" if name == "attention weights" else "sdpa")
    arguments = {key: value() if value is DynamicCache else value for key, value in HARMLESS[name].items()}
    with compress(lm.model, NAME):
        check_generated(lm.model, inputs, **arguments)


def test_a_class_call_of_generate_is_looked_at_by_its_forwards():
    """Who goes around the model's own `generate`: the whole table is in `test_class_calls`."""
    lm, _, inputs, _ = prepared_prompt()
    with compress(lm.model, NAME):
        with pytest.raises(ModelError, match="beam search"):
            GenerationMixin.generate(lm.model, **inputs, max_new_tokens=4, num_beams=2)
        made = GenerationMixin.generate(
            lm.model, **inputs, max_new_tokens=6, output_logits=True, return_dict_in_generate=True
        )
    check_reply(made.sequences[0, inputs["input_ids"].shape[1] : -1], torch.cat(made.logits))


def first_forward(model, input_ids, more):
    kept = ("past_key_values", "input_features", "feature_attention_mask", "use_cache")
    return model(input_ids=input_ids, **{name: more[name] for name in kept if name in more})


def with_candidates(model, input_ids, *_args, **more):
    """A caller's own speculative loop, whose first forward carries guesses."""
    return first_forward(model, torch.cat([input_ids, torch.tensor([[5, 6]])], dim=1), more)


def in_pieces(model, input_ids, *_args, **more):
    """A caller's own loop that reads the prompt piece by piece."""
    return first_forward(model, input_ids[:, :40], more)


@pytest.mark.parametrize(
    ("loop", "says"), [(with_candidates, "2 tokens behind the prompt"), (in_pieces, "40 of the prompt's")]
)
def test_own_loops_are_held_to_the_prompt_that_they_were_given(loop, says):
    lm, _, inputs, _ = prepared_prompt()
    with compress(lm.model, NAME), pytest.raises(ModelError, match=says):
        lm.model.generate(**inputs, max_new_tokens=4, custom_generate=loop)


def text_config(lm):
    return lm.model.config.get_text_config(decoder=True)


class Remembering(DynamicCache):
    """A cache class that nobody here knows."""


CACHES = {
    "static": lambda lm: StaticCache(config=text_config(lm), max_cache_len=500),
    "offloaded": lambda lm: DynamicCache(config=text_config(lm), offloading=True),
    "encoder and decoder": lambda lm: EncoderDecoderCache(DynamicCache(), DynamicCache()),
    "someone's own": lambda lm: Remembering(),
    "a tuple": lambda lm: ((torch.zeros(1, 1, 3, 4), torch.zeros(1, 1, 3, 4)),),
}


@pytest.mark.parametrize("name", CACHES)
def test_caches_that_cannot_shrink_are_refused(name, monkeypatch):
    # Making one asks for a stream of CUDA's; nothing else of it is used.
    monkeypatch.setattr(torch, "Stream", lambda: None)
    lm, _, inputs, _ = prepared_prompt()
    with compress(lm.model, NAME), pytest.raises(ModelError, match="cache"):
        lm.model(**inputs, past_key_values=CACHES[name](lm), use_cache=True)


@pytest.mark.parametrize("config", [True, False])
def test_dynamic_caches_are_taken_with_and_without_a_configuration(config):
    lm, _, inputs, _ = prepared_prompt()
    cache = DynamicCache(config=text_config(lm)) if config else DynamicCache()
    with compress(lm.model, NAME):
        check_generated(lm.model, inputs, past_key_values=cache)


def test_logits_are_made_of_the_last_position_only():
    """The thinkers and Qwen2-Audio have no `logits_to_keep`: 2.3 GB of logits at 300 s."""
    lm, _, inputs, _ = prepared_prompt()
    rows = []
    hook = lm.model.lm_head.register_forward_hook(lambda _m, _a, out: rows.append(out.shape[1]))
    try:
        with compress(lm.model, NAME):
            generated(lm.model, inputs)
            assert set(rows) == {1}
            rows.clear()
            lm.model(**inputs)  # who asks for all of them, gets them
        assert rows == [inputs["input_ids"].shape[1] - 30]
    finally:
        hook.remove()


def test_the_documentation_has_the_table_of_strategies():
    page = (Path(__file__).parents[2] / "docs/how-to/library.md").read_text(encoding="utf-8")
    assert strategy_table() in registries.on_page_markdown(page)
