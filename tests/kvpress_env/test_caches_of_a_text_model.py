"""Which cache entries stay in a text model: `compress` on ours against kvpress's own press.

The text models are the language models inside two audio families; kvpress presses them by themselves,
and both read the same embeddings.
"""

import kvpress
import pytest
import torch
from transformers.cache_utils import DynamicCache

from amarathon.compression import compress
from tests.models.families.tiny import tiny

FAMILIES = ("voxtral", "qwen2_audio")  # a Llama and a Qwen2
# A window of 64 fits into every budget: below, kvpress chooses among ties. And no budget of a pyramid ends
# in one half: kvpress rounds it as floats have it.
LENGTHS = (230, 333)
PRESSES = {
    "streaming": lambda ratio: kvpress.StreamingLLMPress(ratio),
    "streaming:n_sink=9": lambda ratio: kvpress.StreamingLLMPress(ratio, n_sink=9),
    "keydiff": lambda ratio: kvpress.KeyDiffPress(ratio),
    "expected": lambda ratio: kvpress.ExpectedAttentionPress(ratio),
    "expected:n_future_positions=20,n_sink=2": lambda ratio: kvpress.ExpectedAttentionPress(
        ratio, n_future_positions=20, n_sink=2
    ),
    "expected:use_covariance=false": lambda ratio: kvpress.ExpectedAttentionPress(
        ratio, use_covariance=False
    ),
    "expected:use_vnorm=false": lambda ratio: kvpress.ExpectedAttentionPress(ratio, use_vnorm=False),
    "expected:epsilon=0.02": lambda ratio: kvpress.ExpectedAttentionPress(ratio, epsilon=0.02),
    "pyramid": lambda ratio: kvpress.PyramidKVPress(ratio),
    "pyramid:window_size=8,kernel_size=3,beta=4": lambda ratio: kvpress.PyramidKVPress(
        ratio, window_size=8, kernel_size=3, beta=4
    ),
    "pyramid:window_size=4": lambda ratio: kvpress.PyramidKVPress(ratio, window_size=4),
    "snapkv:window=16": lambda ratio: kvpress.SnapKVPress(ratio, window_size=16),
    "tova": lambda ratio: kvpress.TOVAPress(ratio),
}


def prompt(lm, length):
    generator = torch.Generator().manual_seed(length)
    hidden = lm.model.config.get_text_config(decoder=True).hidden_size
    return torch.randn(1, length, hidden, generator=generator)


def cache_of(model, embeddings):
    """Keys and values of each layer, (kv_heads, n, 2 head_dim)."""
    cache = DynamicCache()
    with torch.no_grad():
        model(inputs_embeds=embeddings, past_key_values=cache, use_cache=True)
    return [torch.cat([layer.keys[0], layer.values[0]], dim=-1) for layer in cache.layers]


def positions_in(kept, whole):
    """Which of a layer's tokens stayed in each KV head."""
    found = []
    for own, all_of_them in zip(kept, whole, strict=True):
        distance = torch.cdist(own, all_of_them, compute_mode="donot_use_mm_for_euclid_dist")
        assert distance.amin(dim=1).max() < 1e-4
        found.append(sorted(distance.argmin(dim=1).tolist()))
    return found


SHARED = {
    "snapkv": lambda ratio: kvpress.SnapKVPress(ratio),
    "expected": lambda ratio: kvpress.ExpectedAttentionPress(ratio),
    "keydiff": lambda ratio: kvpress.KeyDiffPress(ratio),
}


@pytest.mark.parametrize("alpha", ["0.2", "0", "0.85"])
@pytest.mark.parametrize("ratio", ["0.3", "0.6"])
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("scores", SHARED)
def test_heads_share_a_budget_alike(scores, family, ratio, alpha):
    lm, length = tiny(family), LENGTHS[0]
    embeddings, text = prompt(lm, length), lm.model.language_model
    whole = cache_of(text, embeddings)
    with kvpress.AdaKVPress(SHARED[scores](float(ratio)), float(alpha))(text):
        cache_of(text, embeddings)
        # kvpress keeps all tokens, and notes which it hides.
        hidden = [layer.self_attn.masked_key_indices for layer in text.model.layers]
    cache, name = DynamicCache(), f"adakv@{ratio}:scores={scores},alpha_safeguard={alpha}"
    with torch.no_grad(), compress(lm.model, name, audio_positions=torch.arange(10, length - 20)):
        lm.model(inputs_embeds=embeddings, past_key_values=cache, use_cache=True)
    for layer, (_, heads, gone) in enumerate(hidden):
        held = cache.layers[layer].heads
        ours = [torch.cat([head.keys[0, 0], head.values[0, 0]], dim=-1) for head in held]
        expected = [
            sorted(set(range(length)) - set(gone[heads == head].tolist())) for head in range(len(held))
        ]
        assert positions_in(ours, whole[layer]) == expected, f"layer {layer}"


@pytest.mark.parametrize("ratio", ["0.3", "0.5", "0.7"])
@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("name", PRESSES)
def test_the_same_entries_stay(name, family, length, ratio):
    lm = tiny(family)
    embeddings, text = prompt(lm, length), lm.model.language_model
    whole = cache_of(text, embeddings)
    with PRESSES[name](float(ratio))(text):
        theirs = cache_of(text, embeddings)
    method, _, parameters = name.partition(":")
    configuration = f"{method}@{ratio}" + (f":{parameters}" if parameters else "")
    with compress(lm.model, configuration, audio_positions=torch.arange(10, length - 20)):
        ours = cache_of(lm.model, embeddings)
    for layer, everything in enumerate(whole):
        assert positions_in(ours[layer], everything) == positions_in(theirs[layer], everything), (
            f"layer {layer}"
        )
