"""Where pruning and eviction are defined, from real configurations alone."""

import pytest
from transformers import (
    Gemma3nConfig,
    Gemma3nVisionConfig,
    Phi4MultimodalConfig,
    Qwen2_5OmniThinkerConfig,
    VoxtralConfig,
)

from amarathon.compression import Configuration
from amarathon.compression.layer_plan import LayerPlan
from amarathon.errors import ConfigurationError

# As published: a full layer after four with windows of 512, the last 15 of 35 without keys of their own.
GEMMA = LayerPlan.of(Gemma3nConfig(vision_config=Gemma3nVisionConfig()))


@pytest.mark.parametrize(
    "config",
    [
        Qwen2_5OmniThinkerConfig(),
        VoxtralConfig(text_config={"model_type": "llama", "num_hidden_layers": 3}),
        # Its window is twice as long as its longest prompt.
        Phi4MultimodalConfig(sliding_window=262_144),
    ],
)
def test_most_models_have_one_kind_of_layer(config):
    plan = LayerPlan.of(config)
    count = config.get_text_config(decoder=True).num_hidden_layers
    assert plan.windows == (None,) * count
    assert plan.sources == tuple(range(count))
    assert plan.latest_pruning == count - 1
    assert all(plan.evicts(number) for number in range(count))


def test_gemma_3ns_windows_and_lent_keys():
    assert [number for number, window in enumerate(GEMMA.windows) if window is None] == [
        4,
        9,
        14,
        19,
        24,
        29,
        34,
    ]
    assert set(GEMMA.windows) == {512, None}
    assert GEMMA.sources[:20] == tuple(range(20))
    assert set(GEMMA.sources[20:]) == {18, 19}
    assert GEMMA.sources[24] == 19
    assert [number for number in range(35) if GEMMA.evicts(number)] == [4, 9, 14, 19]


@pytest.mark.parametrize(
    "name", ["frame@0.6", "random@0.3:layer=18", "dart@0.6", "atome@0.3", "fastv@0.6:layer=5"]
)
def test_pruning_that_gemma_3n_defines(name):
    GEMMA.check(Configuration.parse(name))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("frame@0.6:layer=19", "later layers read the keys of layer 18, so .* before layer 18 at the latest"),
        ("frame@0.6:layer=35", "the model has 35 decoder layers"),
        ("fastv@0.6", "sees the last 512 tokens only; .* come before layer=5, layer=10, layer=15"),
        ("headrouter@0.6:layer=7", "decides by the attention of layer 6"),
        ("segmentwise@0.6+tova@0.5", "decides by the attention of layer 1"),
    ],
)
def test_pruning_that_it_does_not(name, says):
    with pytest.raises(ConfigurationError, match=says):
        GEMMA.check(Configuration.parse(name))
