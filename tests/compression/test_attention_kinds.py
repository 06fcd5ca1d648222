"""Every attention that transformers knows: right by the decoder by hand, or one sentence."""

from types import SimpleNamespace

import pytest
import torch
from transformers import DynamicCache, modeling_flash_attention_utils

from amarathon.compression import METHODS, compress
from amarathon.compression.methods import EvictionMethod
from amarathon.errors import ModelError
from tests.compression.replies import NAME, check_generated, check_reply, generated, prepared_prompt

NAMES = [f"{name}@0.5" for name, method in METHODS.items() if method.stage != "before"]
FLASH = "flash_attention_2"


def kernel(query, key, value, *, dropout_p=0.0, softmax_scale=None, causal=False):
    """What flash attention's kernel computes, (batch, T, heads, head_dim), causal from the last key."""
    groups = query.shape[2] // key.shape[2]
    q, k, v = (part.transpose(1, 2).float() for part in (query, key, value))
    k, v = (part.repeat_interleave(groups, dim=1) for part in (k, v))
    scores = q @ k.transpose(-1, -2) * (softmax_scale or q.shape[-1] ** -0.5)
    if causal:
        rows, columns = scores.shape[-2:]
        hidden = torch.ones(rows, columns, dtype=torch.bool).triu(columns - rows + 1)
        scores = scores.masked_fill(hidden, float("-inf"))
    return (scores.softmax(-1) @ v).transpose(1, 2).to(query.dtype)


@pytest.fixture
def flash(monkeypatch):
    """The tiny thinker under transformers' own flash attention, whose kernel is a few lines here."""
    seen = []
    # A fifth function came with later versions.
    functions = [kernel] * (5 if hasattr(modeling_flash_attention_utils, "_flash_with_kvcache_fn") else 4)

    def lazy_imports(implementation, *_args, **_more):
        seen.append(implementation)
        return functions

    monkeypatch.setattr(modeling_flash_attention_utils, "_lazy_imports", lazy_imports)
    monkeypatch.setattr(modeling_flash_attention_utils, "_loaded_implementation", None)
    lm, *_ = prepared_prompt()
    config = lm.model.config.text_config
    monkeypatch.setattr(config, "_attn_implementation_internal", FLASH)
    yield SimpleNamespace(lm=lm, seen=seen)
    assert set(seen) == {FLASH}


@pytest.mark.parametrize("name", NAMES)
def test_flash_attention_gives_what_sdpa_gives(name, flash):
    lm, _, inputs, _ = prepared_prompt()
    with compress(lm.model, name) as report:
        tokens, made = generated(lm.model, inputs)
    kept = report.kept_indices, report.kept_map
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lm.model.config.text_config, "_attn_implementation_internal", "sdpa")
        with compress(lm.model, name) as report:
            expected, logits = generated(lm.model, inputs)
    assert torch.equal(tokens, expected)
    torch.testing.assert_close(made, logits, rtol=1e-3, atol=1e-3)
    assert (report.kept_indices, report.kept_map) == kept


def test_flash_attention_equals_the_oracle(flash):
    lm, _, inputs, _ = prepared_prompt()
    cache = DynamicCache()
    with compress(lm.model, NAME), torch.no_grad():
        check_generated(lm.model, inputs)
        lm.model(**inputs, past_key_values=cache, use_cache=True)
        more = lm.model(input_ids=torch.tensor([[5, 6, 7]]), past_key_values=cache).logits[0]
    check_reply(torch.tensor([5, 6, 7]), more)


@pytest.mark.parametrize("name", ["flex_attention", "paged|sdpa"])
def test_attention_whose_masks_cannot_be_cut_is_refused(name, monkeypatch):
    lm, _, inputs, _ = prepared_prompt()
    config = lm.model.config.text_config
    with compress(lm.model, NAME):
        monkeypatch.setattr(config, "_attn_implementation_internal", name)
        with pytest.raises(ModelError, match=r"attention 'flex_attention'|attention 'paged\|sdpa'"):
            lm.model(**inputs)
    with pytest.raises(ModelError, match="set_attn_implementation"), compress(lm.model, NAME):
        pass


def test_attention_may_be_changed_inside_a_block():
    lm, _, inputs, _ = prepared_prompt()
    try:
        with compress(lm.model, NAME):
            for kind in ("eager", "sdpa"):
                lm.model.set_attn_implementation(kind)
                check_generated(lm.model, inputs)
    finally:
        lm.model.set_attn_implementation("sdpa")


def test_evictions_are_among_them():
    assert any(issubclass(METHODS[name.partition("@")[0]], EvictionMethod) for name in NAMES)
