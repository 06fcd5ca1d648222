"""The count of a prompt's operations against torch's own, over all families and configurations."""

import re
from contextlib import contextmanager

import pytest
from torch.utils.flop_counter import FlopCounterMode

from amarathon.compression import Configuration
from amarathon.doctor.recording import questions
from amarathon.efficiency.flops import DecoderShape
from amarathon.generation.outcome import Outcome
from amarathon.generation.sweep import sweep
from amarathon.models.twins import twin
from tests.compression.tiny import noise
from tests.models.families.tiny import TINY, tiny

CONFIGURATIONS = ("frame@0.6", "pool@3")
LAYER = re.compile(r"\.layers\.(\d+)")
ELSEWHERE = re.compile("audio|tower|encoder|visual")
# Matrices outside the layers that a token passes on its way in and out.
ENDS = re.compile(r"\.(per_layer_model_projection|altup_projections\.\d+|altup_unembed_projections\.\d+)$")


@contextmanager
def countable(lm):
    """The model with what torch can count: products of matrices alone, of weights that are not trained."""
    made = twin(lm)
    if hasattr(made.model, "set_experts_implementation"):
        made.model.set_experts_implementation("eager")
    trained = [weight for weight in lm.model.parameters() if weight.requires_grad]
    for weight in trained:
        weight.requires_grad_(False)
    try:
        yield made
    finally:
        for weight in trained:
            weight.requires_grad_(True)


def counted(lm, configuration):
    """What torch counts in each of the decoder's layers, and outside them, of one prompt; and the outcome."""
    with countable(lm) as model, FlopCounterMode(display=False) as counter:
        (outcome,) = (
            event
            for event in sweep(model, noise(3.2), questions()[0], [configuration], max_new_tokens=1)
            if isinstance(event, Outcome)
        )
    assert outcome.error is None, outcome.error
    decoder = type(lm.model).__name__
    layers, ends = {}, 0
    for name, operations in counter.get_flop_counts().items():
        own = name.removeprefix(decoder)
        if own == name or ELSEWHERE.search(own):
            continue
        found = LAYER.search(name)
        if found is not None and found.end() == len(name):
            layers[int(found[1])] = sum(operations.values())
        elif found is None and ENDS.search(name):
            ends += sum(operations.values())
    return layers, ends, outcome


@pytest.mark.parametrize("configuration", CONFIGURATIONS)
@pytest.mark.parametrize("family", TINY)
def test_every_layer_takes_what_torch_counts(family, configuration):
    # Eager attention is two products of matrices, which torch counts; sdpa's on a CPU it does not.
    lm = tiny(family, "eager")
    layers, ends, outcome = counted(lm, configuration)
    shape, parsed = DecoderShape.of(lm.model.config), Configuration.parse(configuration)
    read = outcome.kept_tokens if parsed.pooling and not parsed.pruning else outcome.audio_tokens
    text = outcome.prompt_tokens - read
    tokens = shape.tokens_by_layer(parsed, text, outcome.audio_tokens, outcome.kept_tokens)
    expected = {
        number: layer.operations(count)
        for number, (layer, count) in enumerate(zip(shape.each, tokens, strict=True))
    }
    assert layers == expected
    assert ends == shape.prefill(tokens) - sum(expected.values())


@pytest.mark.parametrize("family", TINY)
def test_the_cache_takes_what_it_is_counted_to(family):
    lm = tiny(family, "eager")
    shape = DecoderShape.of(lm.model.config)
    text = lm.model.config.get_text_config(decoder=True)
    lent = int(getattr(text, "num_kv_shared_layers", 0) or 0)
    assert sum(layer.owns_keys for layer in shape.each) == text.num_hidden_layers - lent
