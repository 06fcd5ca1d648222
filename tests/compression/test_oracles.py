"""Every configuration against the decoder by hand, and the faults that this must catch."""

import pytest
import torch
from transformers.cache_utils import DynamicCache

from amarathon.compression import Configuration, caches, compress, eviction, hooks, prefill
from amarathon.compression.methods.frame import Frame
from amarathon.errors import ModelError
from amarathon.generation.decoding import GreedyDecoder
from amarathon.generation.embedded_prompt import embed
from amarathon.generation.outcome import Outcome
from amarathon.models.qwen2_5_omni import Qwen25Omni
from tests.compression.oracle import Removal, logits
from tests.compression.tiny import QUESTIONS, noise, tiny_thinker

CASES = {
    "vanilla": Removal(),
    "frame@0": Removal("frame", "0"),
    "frame@0.3": Removal("frame", "0.3"),
    "frame@0.9:layer=1": Removal("frame", "0.9", layer=1),
    "fastv@0.6": Removal("fastv", "0.6"),
    "fastv@0.5:layer=3": Removal("fastv", "0.5", layer=3),
    "knorm@0.5": Removal(evict="knorm", evict_ratio="0.5"),
    "knorm@0.7:scope=audio": Removal(evict="knorm", evict_ratio="0.7", scope="audio"),
    "tova@0.6": Removal(evict="tova", evict_ratio="0.6"),
    "snapkv@0.5:window=16": Removal(evict="snapkv", evict_ratio="0.5", window=16),
    "snapkv@0.9": Removal(evict="snapkv", evict_ratio="0.9"),
    "frame@0.6+snapkv@0.5:window=8,kernel=3": Removal(
        "frame", "0.6", evict="snapkv", evict_ratio="0.5", window=8, kernel=3
    ),
    "fastv@0.3+knorm@0.4:scope=audio": Removal(
        "fastv", "0.3", evict="knorm", evict_ratio="0.4", scope="audio"
    ),
}
NEW_TOKENS = 6
TOLERANCE = 2e-3


def prepared(lm, seconds, question):
    task, text, options = QUESTIONS[question]
    prompt = lm.prompt(noise(seconds), task.free_messages(text, options))
    encoded = torch.cat([part for _, part in lm.encode_parts(prompt)])
    return prompt, embed(lm, prompt, encoded)


def check_generation(name, attention="sdpa", seconds=2.0, question=0):
    """Our own steps: each step's logits against the oracle's, on the tokens that were chosen."""
    lm = tiny_thinker(attention)
    prompt, embedded = prepared(lm, seconds, question)
    seen = []
    head = lm.model.lm_head.register_forward_hook(lambda _m, _a, out: seen.append(out[0, -1].double()))
    try:
        list(GreedyDecoder(lm, embedded, NEW_TOKENS).generate(Configuration.parse(name)))
    finally:
        head.remove()
    compare(lm, prompt, embedded.embeddings, torch.stack(seen), CASES[name])


def check_plain_generate(name, attention="sdpa", seconds=2.0, question=0):
    """A library user's call: transformers' own generate inside ``compress``."""
    lm = tiny_thinker(attention)
    prompt, embedded = prepared(lm, seconds, question)
    with compress(lm.model, name):
        made = lm.model.generate(
            input_ids=prompt.input_ids,
            input_features=prompt.features[None],
            feature_attention_mask=torch.ones(1, prompt.features.shape[1], dtype=torch.long),
            max_new_tokens=NEW_TOKENS,
            do_sample=False,
            output_logits=True,
            return_dict_in_generate=True,
        )
    compare(lm, prompt, embedded.embeddings, torch.cat(made.logits).double(), CASES[name])


def check_own_loop(name, attention="sdpa", seconds=2.0, question=0):
    """A library user's own loop, in which the model derives positions from its cache."""
    lm = tiny_thinker(attention)
    prompt, embedded = prepared(lm, seconds, question)
    inputs = {
        "input_ids": prompt.input_ids,
        "input_features": prompt.features[None],
        "feature_attention_mask": torch.ones(1, prompt.features.shape[1], dtype=torch.long),
    }
    cache, seen = DynamicCache(config=lm.model.config.text_config), []
    with torch.no_grad(), compress(lm.model, name):
        for _ in range(NEW_TOKENS):
            seen.append(lm.model(**inputs, past_key_values=cache, use_cache=True).logits[0, -1].double())
            inputs = {"input_ids": seen[-1].argmax().view(1, 1)}
    compare(lm, prompt, embedded.embeddings, torch.stack(seen), CASES[name])


def compare(lm, prompt, embeddings, stepwise, removal):
    chosen = stepwise.argmax(-1)[:-1]
    following = lm.model.get_input_embeddings()(chosen)[None]
    whole = torch.cat([embeddings, following], dim=1)
    length = embeddings.shape[1]
    with torch.no_grad():
        expected = logits(lm.model, whole, prompt.audio_positions, length, removal)[length - 1 :]
    assert stepwise.shape == expected.shape == (NEW_TOKENS, lm.model.config.text_config.vocab_size)
    difference = (stepwise - expected).abs().max()
    assert difference < TOLERANCE, f"logits differ by {difference:.2g}"


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
@pytest.mark.parametrize("name", CASES)
def test_steps_equal_the_oracle(name, attention):
    check_generation(name, attention)


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
@pytest.mark.parametrize("name", CASES)
def test_plain_generate_equals_the_oracle(name, attention):
    check_plain_generate(name, attention)


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
@pytest.mark.parametrize("name", CASES)
def test_own_loop_equals_the_oracle(name, attention):
    check_own_loop(name, attention)


@pytest.mark.parametrize(("seconds", "question"), [(0.9, 1), (3.7, 0), (5.03, 1)])
@pytest.mark.parametrize("name", ["fastv@0.6", "frame@0.6+snapkv@0.5:window=8,kernel=3"])
def test_other_prompts_and_lengths(name, seconds, question):
    check_generation(name, "sdpa", seconds, question)


# Planted faults: each must be caught by the checks above.


def counts_kept_tokens(monkeypatch):
    monkeypatch.setattr(caches.CountingLayer, "get_seq_length", lambda self, *a: self.keys.shape[-2])


def decodes_at_wrong_positions(monkeypatch):
    real = Qwen25Omni.position_ids
    monkeypatch.setattr(
        Qwen25Omni,
        "position_ids",
        lambda self, start, count: real(self, start - 3 if start else 0, count),
    )


def keeps_one_too_few(monkeypatch):
    real = prefill.budget
    monkeypatch.setattr(prefill, "budget", lambda count, ratio: real(count, ratio) - 1)


def evicts_one_too_many(monkeypatch):
    real = eviction.budget
    monkeypatch.setattr(eviction, "budget", lambda count, ratio: real(count, ratio) - 1)


def keeps_the_neighbours(monkeypatch):
    real = Frame.select
    monkeypatch.setattr(
        Frame,
        "select",
        lambda self, context: (real(self, context) + 1).clamp(max=len(context.audio_positions) - 1),
    )


def leaves_rotary_positions_of_the_first_tokens(monkeypatch):
    real = hooks.shorten_shared

    def wrong(kwargs, index):
        return real(kwargs, torch.arange(len(index)))

    monkeypatch.setattr(hooks, "shorten_shared", wrong)


def evicts_in_the_wrong_place(monkeypatch):
    real = eviction._ranking
    monkeypatch.setattr(eviction, "_ranking", lambda scores: real(-scores))


def reads_attention_of_the_wrong_query(monkeypatch):
    from amarathon.compression.attention import AttentionInputs

    real = AttentionInputs.window
    monkeypatch.setattr(AttentionInputs, "window", lambda self, size: real(self, size + 1)[:, :-1])


MUTANTS = [
    (decodes_at_wrong_positions, check_generation, "frame@0.3", "sdpa"),
    (decodes_at_wrong_positions, check_generation, "knorm@0.5", "sdpa"),
    (counts_kept_tokens, check_own_loop, "knorm@0.5", "eager"),
    (keeps_one_too_few, check_generation, "frame@0.3", "sdpa"),
    (keeps_one_too_few, check_generation, "fastv@0.6", "eager"),
    (evicts_one_too_many, check_generation, "knorm@0.5", "sdpa"),
    (keeps_the_neighbours, check_generation, "frame@0.3", "sdpa"),
    (leaves_rotary_positions_of_the_first_tokens, check_generation, "frame@0.3", "sdpa"),
    (evicts_in_the_wrong_place, check_generation, "tova@0.6", "sdpa"),
    (reads_attention_of_the_wrong_query, check_generation, "fastv@0.6", "sdpa"),
    (reads_attention_of_the_wrong_query, check_plain_generate, "snapkv@0.5:window=16", "sdpa"),
]


@pytest.mark.parametrize(("fault", "check", "name", "attention"), MUTANTS)
def test_planted_faults_are_caught(fault, check, name, attention, monkeypatch):
    fault(monkeypatch)
    with pytest.raises((AssertionError, RuntimeError, ModelError)):
        check(name, attention)


def test_first_token_never_changes_under_eviction():
    lm = tiny_thinker()
    _, embedded = prepared(lm, 2.0, 1)
    first = {
        outcome.reply
        for name in ("vanilla", "knorm@0.9", "tova@0.9", "snapkv@0.9", "randomkv@0.9")
        for outcome in GreedyDecoder(lm, embedded).generate(Configuration.parse(name))
        if isinstance(outcome, Outcome)
    }
    assert len(first) == 1
