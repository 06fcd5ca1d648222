"""``span=released``: the counts and, where they are defined, the tokens of the paper's released code."""

from fractions import Fraction

import pytest
import torch
from transformers.cache_utils import DynamicCache

from amarathon.compression import METHODS, Configuration, compress
from amarathon.compression.grids import grid_names
from amarathon.compression.methods import budget
from amarathon.compression.methods.released import released_budget
from amarathon.doctor.mask_oracle import MaskOracle
from amarathon.errors import ConfigurationError
from amarathon.generation.embedded_prompt import embed
from amarathon.models.families import BY_MODEL_TYPE, FAMILIES
from tests.compression.tiny import QUESTIONS, noise
from tests.models.families.tiny import TINY, tiny

MARKERS = {"qwen2_5_omni": 1, "phi4_multimodal": 0}
PAPER = ("random", "fastv", "dart", "frame", "knorm", "randomkv", "snapkv", "tova")


def released_frame(length, ratio):
    """Places within the span, by the released code's arithmetic."""
    keep = max(1, int(length * (1 - ratio)))
    step = length / keep
    return [int(number * step) for number in range(keep)]


def released_fastv(row, ratio):
    keep = int(len(row) * (1 - ratio))
    return row.topk(keep).indices.sort().values.tolist()


def prepared(family, seconds=4.0):
    """A model, its prompt and the positions of the released span."""
    lm = tiny(family)
    prompt = lm.prompt(noise(seconds), QUESTIONS[0][0].free_messages("", []))
    first, last = int(prompt.audio_positions[0]), int(prompt.audio_positions[-1])
    return lm, prompt, torch.arange(first - MARKERS[family], last + MARKERS[family] + 1)


def pressed(lm, prompt, name):
    """The report of one prefill, its cache and the logits behind it."""
    cache = DynamicCache(config=lm.model.config.get_text_config(decoder=True))
    with torch.no_grad(), compress(lm.model, name) as report:
        out = lm.model(**lm.forward_inputs(prompt), past_key_values=cache, use_cache=True)
    return report, cache, out.logits[0, -1]


def attention_row(lm, prompt, layer):
    """The last token's attention in one layer, averaged over heads, from weights that the model makes."""
    before = lm.model.config._attn_implementation
    lm.model.set_attn_implementation("eager")
    with torch.no_grad():
        weights = lm.model(**lm.forward_inputs(prompt), output_attentions=True).attentions[layer]
    lm.model.set_attn_implementation(before)
    return weights[0].mean(dim=0)[-1]


@pytest.mark.parametrize("family", MARKERS)
@pytest.mark.parametrize("ratio", ["0.3", "0.6", "0.9"])
@pytest.mark.parametrize("method", ["frame", "fastv"])
def test_the_released_codes_own_tokens_stay(method, ratio, family):
    lm, prompt, span = prepared(family)
    report, cache, logits = pressed(lm, prompt, f"{method}@{ratio}:span=released")
    row = attention_row(lm, prompt, layer=1)[span]
    indices = (
        released_frame(len(span), float(ratio)) if method == "frame" else released_fastv(row, float(ratio))
    )
    audio = prompt.audio_positions.tolist()
    assert report.kept_indices == [
        audio.index(int(span[index])) for index in indices if int(span[index]) in audio
    ]
    length = prompt.input_ids.shape[1]
    assert cache.layers[2].keys.shape[-2] == length - len(span) + len(indices)
    # And they are what later layers see: masks over the span, markers included, say the same.
    encoded = torch.cat([part for _, part in lm.encode_parts(prompt)])
    embedded = embed(lm, prompt, encoded)
    oracle = MaskOracle(
        lm.model, {"inputs_embeds": embedded.embeddings, **embedded.extra_inputs}, span, length
    )
    # A method that the oracle takes the choice of, with an exact budget of as many.
    as_many = METHODS["random"](amount=1 - Fraction(2 * len(indices) + 1, 2 * len(span)))
    expected = oracle.logits(Configuration((as_many,)), indices)[-1]
    assert (logits - expected).abs().max() < 1e-3 * expected.std()


@pytest.mark.parametrize("family", MARKERS)
@pytest.mark.parametrize("method", ["random", "dart"])
def test_others_keep_the_released_count(method, family):
    lm, prompt, span = prepared(family)
    more = ",kept_total=released" if method == "dart" else ""
    _, cache, _ = pressed(lm, prompt, f"{method}@0.6:span=released{more}")
    keep = int(len(span) * (1 - 0.6))
    if method == "dart":
        keep = 4 + 8 * int(len(span) * (1 - 0.6) / 8)
    assert cache.layers[-1].keys.shape[-2] == prompt.input_ids.shape[1] - len(span) + keep


@pytest.mark.parametrize("method", ["knorm", "randomkv", "snapkv", "tova"])
def test_an_eviction_counts_as_the_released_code(method):
    eviction = METHODS[method](amount=Fraction("0.9"), span="released")
    assert budget(7500, eviction.share_removed(7500, 0, 36)) == 749 == int(7500 * (1 - 0.9))
    assert budget(7500, METHODS[method](amount=Fraction("0.9")).share_removed(7500, 0, 36)) == 750
    assert eviction.share_removed(7576, 3, 36) == 1 - Fraction(757, 7576)
    with pytest.raises(ConfigurationError, match="leave out scope=audio"):
        Configuration.parse(f"{method}@0.5:scope=audio,span=released")


@pytest.mark.parametrize("family", TINY)
def test_a_family_that_the_released_code_does_not_prune_is_refused_by_name(family):
    lm = tiny(family)
    if family in MARKERS:
        with compress(lm.model, "random@0.6:span=released"):
            return
    # A model in memory is known by its class: Aero-1-Audio's is Qwen2-Audio's.
    title = BY_MODEL_TYPE[lm.model.config.model_type].title
    with (
        pytest.raises(ConfigurationError, match=f"does not prune {title}; leave out span=released"),
        compress(lm.model, "random@0.6:span=released"),
    ):
        pass


def test_audio_in_pieces_or_without_its_markers_is_refused():
    method = METHODS["frame"](amount=Fraction("0.5"), span="released")
    with pytest.raises(ConfigurationError, match="one piece of audio between its markers"):
        method.released_span(torch.tensor([4, 5, 8, 9]), 20, 1)
    with pytest.raises(ConfigurationError, match="one piece"):
        method.released_span(torch.arange(6), 20, 1)
    assert method.released_span(torch.arange(3, 6), 7, 1).tolist() == [2, 3, 4, 5, 6]


def test_the_docstring_of_frame_says_how_far_the_two_ways_are_apart():
    exact = {index * 7500 // 5250 for index in range(5250)}
    released = {index - 1 for index in released_frame(7502, 0.3)}
    assert len(released) == 5251 == released_budget(7502, Fraction("0.3"))
    assert round(len(exact & released), -3) == 3000


def test_the_papers_grid_has_a_released_twin():
    exact, released = (
        [Configuration.parse(name) for name in grid_names(grid)] for grid in ("paper", "paper-released")
    )
    assert len(exact) == len(released) == 33
    for one, other in zip(exact[1:], released[1:], strict=True):
        assert (one.steps[0].name, one.steps[0].amount) == (other.steps[0].name, other.steps[0].amount)
        assert other.steps[0].span == "released"
        assert one.steps[0].name in PAPER
    assert {family.name for family in FAMILIES if family.released_markers is not None} == set(MARKERS)
