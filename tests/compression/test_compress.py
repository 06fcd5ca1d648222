"""The library user's seam: ``with compress(model, name) as report``."""

import pytest
import torch
from transformers import Qwen2Config, Qwen2ForCausalLM, StaticCache

from amarathon.compression import compress
from amarathon.errors import ConfigurationError, ModelError
from tests.compression.tiny import QUESTIONS, noise, tiny_thinker


def inputs_of(lm, seconds=2.0):
    task, text, options = QUESTIONS[1]
    prompt = lm.prompt(noise(seconds), task.free_messages(text, options))
    frames = prompt.features.shape[1]
    return prompt, {
        "input_ids": prompt.input_ids,
        "attention_mask": torch.ones_like(prompt.input_ids),
        "input_features": prompt.features[None],
        "feature_attention_mask": torch.ones(1, frames, dtype=torch.long),
    }


def prefill_logits(lm, inputs, **more):
    with torch.no_grad():
        return lm.model(**inputs, **more).logits


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
@pytest.mark.parametrize(
    "name", ["frame@0", "random@0", "fastv@0", "knorm@0", "tova@0", "snapkv@0", "randomkv@0"]
)
def test_ratio_0_is_bit_equal_to_vanilla(name, attention):
    lm = tiny_thinker(attention)
    _, inputs = inputs_of(lm)
    plain = lm.model.generate(**inputs, max_new_tokens=5, output_logits=True, return_dict_in_generate=True)
    with compress(lm.model, name) as report:
        made = lm.model.generate(**inputs, max_new_tokens=5, output_logits=True, return_dict_in_generate=True)
    assert torch.equal(plain.sequences, made.sequences)
    assert all(torch.equal(a, b) for a, b in zip(plain.logits, made.logits, strict=True))
    assert report.kept_tokens == report.audio_tokens
    assert report.cache_bytes == report.full_cache_bytes


def test_report_of_a_pruned_and_evicted_prompt():
    lm = tiny_thinker()
    prompt, inputs = inputs_of(lm, seconds=4.0)
    with compress(lm.model, "frame@0.6+tova@0.5") as report:
        prefill_logits(lm, inputs)
    assert report.audio_tokens == len(prompt.audio_positions) == 100
    assert report.kept_tokens == 40
    assert report.requested_retention == pytest.approx(0.4)
    assert report.achieved_retention == pytest.approx(0.4)
    assert sum(end - start for start, end in report.kept_spans) == pytest.approx(40 / 25)
    assert len(report.kept_map) == 5
    assert max(map(max, report.kept_map[2:])) <= 1.0
    # Two layers hold half the prompt, three layers half of what pruning left.
    length = prompt.input_ids.shape[1]
    per_token = report.full_cache_bytes // 5 // length
    assert report.cache_bytes == per_token * (2 * (length // 2) + 3 * ((length - 60) // 2))


def test_the_model_is_untouched_afterwards():
    lm = tiny_thinker()
    _, inputs = inputs_of(lm)
    before = prefill_logits(lm, inputs)
    implementation = lm.model.config.text_config._attn_implementation
    with pytest.raises(KeyboardInterrupt), compress(lm.model, "fastv@0.6+snapkv@0.5"):
        raise KeyboardInterrupt
    with compress(lm.model, "fastv@0.6"):
        prefill_logits(lm, inputs)
    assert torch.equal(prefill_logits(lm, inputs), before)
    assert lm.model.config.text_config._attn_implementation == implementation
    assert not any(module._forward_pre_hooks or module._forward_hooks for module in lm.model.modules())


def test_each_prefill_starts_the_report_afresh():
    lm = tiny_thinker()
    with compress(lm.model, "random@0.5", seed=3) as report:
        prefill_logits(lm, inputs_of(lm, 2.0)[1])
        first = list(report.kept_indices)
        prefill_logits(lm, inputs_of(lm, 4.0)[1])
        assert report.audio_tokens == 100
        prefill_logits(lm, inputs_of(lm, 2.0)[1])
    assert report.kept_indices == first
    assert report.audio_tokens == 50


def test_batches_padding_and_unknown_caches_are_refused():
    lm = tiny_thinker()
    _, inputs = inputs_of(lm)
    with compress(lm.model, "frame@0.6"):
        with pytest.raises(ModelError, match="one recording at a time"):
            prefill_logits(lm, {"input_ids": inputs["input_ids"].repeat(2, 1)})
        padded = inputs | {
            "attention_mask": inputs["attention_mask"].clone().index_fill(1, torch.tensor([0]), 0)
        }
        with pytest.raises(ModelError, match="padded"):
            prefill_logits(lm, padded)
        with pytest.raises(ModelError, match="no audio tokens"):
            prefill_logits(lm, {"input_ids": inputs["input_ids"][:, :5]})
        with pytest.raises(ModelError, match="cache"):
            prefill_logits(lm, inputs, use_cache=False)
        static = StaticCache(config=lm.model.config.get_text_config(), max_cache_len=500)
        with pytest.raises(ModelError, match="dynamic cache"):
            prefill_logits(lm, inputs, past_key_values=static)
        with pytest.raises(ModelError, match="audio_positions"):
            prefill_logits(lm, {"inputs_embeds": torch.zeros(1, 5, 64)})


def test_a_layer_beyond_the_model_is_refused():
    with (
        pytest.raises(ConfigurationError, match="5 decoder layers"),
        compress(tiny_thinker().model, "frame@0.6:layer=5"),
    ):
        pass


def test_other_families_are_refused_by_name():
    text_model = Qwen2ForCausalLM(
        Qwen2Config(
            hidden_size=16,
            intermediate_size=16,
            num_hidden_layers=1,
            num_attention_heads=1,
            num_key_value_heads=1,
            vocab_size=20,
        )
    )
    with (
        pytest.raises(ModelError, match=r"'qwen2' are not supported; supported are: Qwen2.5-Omni"),
        compress(text_model, "frame@0.6"),
    ):
        pass
