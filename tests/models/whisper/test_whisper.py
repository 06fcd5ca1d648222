"""Whisper's windows: what is kept is what the decoder sees, wherever a method acts."""

import pytest
import torch
from transformers.cache_utils import EncoderDecoderCache

from amarathon.compression import METHODS, Configuration, compress
from amarathon.compression.cross_attention import CrossCompressor, rows_of_sound
from amarathon.compression.grids import grid_names
from amarathon.compression.methods.base import budget
from amarathon.doctor.recording import noise
from amarathon.errors import ConfigurationError, ModelError
from amarathon.generation.outcome import Outcome
from amarathon.generation.sweep import sweep
from amarathon.models.whisper import Whisper
from amarathon.tasks import TASKS, free_question
from tests.models.whisper.tiny import NO_TIMESTAMPS, ROWS, START, tiny_whisper

PROMPT = torch.tensor([[START, NO_TIMESTAMPS]])
REPLY = [5, 17, 40]
QUESTION = TASKS["ASR"].free_messages("", [])
AMOUNTS = {"ratio": ("0.3", "0.6", "0.9"), "factor": ("2", "3")}
EVERY = [f"{name}@{amount}" for name, method in METHODS.items() for amount in AMOUNTS[method.amount_kind]] + [
    "frame@0.6+snapkv@0.5",
    "fastv@0.6+knorm@0.5",
    "pool@2+frame@0.3",
]


@pytest.fixture(scope="module", params=["sdpa", "eager"])
def whisper(request) -> Whisper:
    return tiny_whisper(request.param)


def features(lm: Whisper, seconds: float) -> torch.Tensor:
    made = lm.feature_extractor(noise(seconds).samples, sampling_rate=16000, return_tensors="pt")
    return made["input_features"]


def step_logits(model, encoded, cache) -> list[torch.Tensor]:
    """Logits behind the prompt and behind each token of a reply."""
    found = []
    for tokens in (PROMPT, *(torch.tensor([[token]]) for token in REPLY)):
        output = model(
            encoder_outputs=encoded, decoder_input_ids=tokens, past_key_values=cache, use_cache=True
        )
        cache = output.past_key_values
        found.append(output.logits[0, -1])
    return found


def masked_logits(model, rows: torch.Tensor, masks: dict[int, torch.Tensor], later: dict[int, torch.Tensor]):
    """The whole model's logits where rows are hidden from layers: `masks` always, `later` behind the prompt."""
    handles, seen = [], {"prompt": True}

    def hide(number):
        def hook(_module, args, kwargs):
            shown = masks.get(number) if seen["prompt"] else later.get(number, masks.get(number))
            if shown is None:
                return None
            hidden = torch.zeros(shown.shape).masked_fill(~shown, float("-inf"))[None, :, None]
            return args, {**kwargs, "attention_mask": hidden.expand(1, 4, 1, -1)}

        return hook

    for number, layer in enumerate(model.get_decoder().layers):
        handles.append(layer.encoder_attn.register_forward_pre_hook(hide(number), with_kwargs=True))
    try:
        found, cache = [], None
        for tokens in (PROMPT, *(torch.tensor([[token]]) for token in REPLY)):
            output = model(
                encoder_outputs=(rows,), decoder_input_ids=tokens, past_key_values=cache, use_cache=True
            )
            cache, seen["prompt"] = output.past_key_values, False
            found.append(output.logits[0, -1])
        return found
    finally:
        for handle in handles:
            handle.remove()


PRUNING_OR_EVICTING = [
    name for name in EVERY if name.partition("@")[0] not in ("pool", "downsample", "boundaries", "atome")
]


@pytest.mark.parametrize("seconds", [2.0, 0.83])
@pytest.mark.parametrize("name", PRUNING_OR_EVICTING)
@torch.inference_mode()
def test_logits_are_those_of_the_whole_model_under_masks(whisper: Whisper, name: str, seconds: float) -> None:
    model, given = whisper.model, features(whisper, seconds)
    whole = model.get_encoder()(given).last_hidden_state
    full = model(encoder_outputs=(whole,), decoder_input_ids=PROMPT, use_cache=True).past_key_values
    compressor = CrossCompressor(model, Configuration.parse(name))
    with compressor.attached():
        encoded = model.get_encoder()(given)
        cache = EncoderDecoderCache(type(full.self_attention_cache)(), type(full.cross_attention_cache)())
        ours = step_logits(model, encoded, cache)
    masks, later = held(compressor, full, cache)
    theirs = masked_logits(model, whole, masks, later)
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, atol=1e-4, rtol=1e-4)


def held(compressor: CrossCompressor, full, cache) -> tuple[dict, dict]:
    """Which rows each layer reads with the prompt, and behind it, by head; read from the caches' own keys."""
    (window,) = compressor.windows.values()
    sound, padding = window.places.encoder_tokens, window.padding
    pruning = compressor.configuration.pruning
    masks, later = {}, {}
    for number in range(len(full.cross_attention_cache.layers)):
        reads_all = pruning is None or (pruning.queries is not None and number < pruning.layer)
        shown = torch.ones(4, sound + padding, dtype=torch.bool)
        if not reads_all:
            shown[:, :sound] = torch.isin(torch.arange(sound), window.chosen)
        masks[number] = shown
        all_keys = full.cross_attention_cache.layers[number].keys[0]
        keys = cache.cross_attention_cache.layers[number].keys[0]
        distance = torch.cdist(all_keys, keys, compute_mode="donot_use_mm_for_euclid_dist") < 1e-5
        # Padding rows are alike; they all stay.
        kept = distance.any(dim=-1)
        kept[:, sound:] = True
        later[number] = kept
    return masks, later


@pytest.mark.parametrize("name", EVERY)
def test_budgets_are_exact_and_padding_never_counts(whisper: Whisper, name: str) -> None:
    configuration = Configuration.parse(name)
    compressor = CrossCompressor(whisper.model, configuration)
    given = features(whisper, 0.83)
    with compressor.attached() as report, torch.inference_mode():
        output = whisper.model(input_features=given, decoder_input_ids=PROMPT, use_cache=True)
    (window,) = compressor.windows.values()
    assert window.places.encoder_tokens == 42
    assert window.padding == ROWS - 42
    left = 42 if configuration.shortening is None else len(window.places.positions)
    if configuration.pruning is not None:
        left = budget(left, configuration.pruning.amount)
    assert report.kept_tokens == left == len(window.chosen)
    assert report.audio_tokens == 42
    last = output.past_key_values.cross_attention_cache.layers[-1].keys.shape[2]
    evicted = left if configuration.eviction is None else budget(left, configuration.eviction.amount)
    assert last == evicted + window.padding
    assert all(0 <= start < end <= 0.84 for start, end in report.kept_spans)


@pytest.mark.parametrize("seconds", [1.4, 5.3])
@pytest.mark.parametrize("name", ["vanilla", "frame@0.6", "random@0.6", "fastv@0.6", "snapkv@0.5", "pool@2"])
def test_plain_generate_in_a_block_is_the_products_own_path(name: str, seconds: float) -> None:
    lm, audio = tiny_whisper(), noise(seconds)
    (outcome,) = [
        event for event in sweep(lm, audio, QUESTION, [name], max_new_tokens=500) if is_outcome(event)
    ]
    assert outcome.error is None
    prompt = lm.prompt(audio, QUESTION)
    with compress(lm.model, name) as report, torch.random.fork_rng(), torch.inference_mode():
        torch.manual_seed(0)
        written = lm.model.generate(**lm.forward_inputs(prompt))
    assert lm.text(written[0].tolist()) == outcome.reply
    assert report.kept_tokens == outcome.kept_tokens
    assert tuple(report.kept_spans) == outcome.kept_spans
    assert report.audio_tokens == outcome.audio_tokens >= 50 * seconds - 2


def is_outcome(event: object) -> bool:
    return isinstance(event, Outcome)


def test_the_whole_grid_shared_against_alone() -> None:
    lm, audio, names = tiny_whisper(), noise(3.1), grid_names("paper")

    def outcomes(asked: list[str], *, shared: bool) -> dict[str, tuple]:
        events = sweep(lm, audio, QUESTION, asked, max_new_tokens=500, shared=shared)
        return {
            event.configuration: (event.reply, event.kept_spans, event.kept_map, event.error)
            for event in events
            if isinstance(event, Outcome)
        }

    together = outcomes(names, shared=True)
    assert len(together) == 33
    assert [found[3] for found in together.values()] == [None] * 33
    for name in names:
        assert outcomes([name], shared=False)[name] == together[name]


def test_nothing_removed_is_vanilla() -> None:
    lm, audio = tiny_whisper(), noise(3.1)
    names = ["vanilla", "frame@0", "fastv@0", "snapkv@0", "pool@1"]
    events = [e for e in sweep(lm, audio, QUESTION, names, max_new_tokens=500) if is_outcome(e)]
    assert len({event.reply for event in events}) == 1


def test_a_reply_is_cut_at_its_limit_and_can_be_left() -> None:
    lm, audio = tiny_whisper(), noise(5.3)
    (outcome,) = [e for e in sweep(lm, audio, QUESTION, ["vanilla"], max_new_tokens=3) if is_outcome(e)]
    assert outcome.new_tokens <= 3
    events = sweep(lm, audio, QUESTION, ["vanilla"], max_new_tokens=500)
    next(events)
    events.close()
    # The model is free again.
    with compress(lm.model, "frame@0.6"):
        pass


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("frame@0.6:layer=1", "leave out layer="),
        ("fastv@0.6:layer=4", "at layer 3 at the latest"),
    ],
)
def test_configurations_that_do_not_fit(name: str, says: str) -> None:
    lm = tiny_whisper()
    with pytest.raises(ConfigurationError, match=says), compress(lm.model, name):
        pass
    (outcome,) = [e for e in sweep(lm, noise(1.0), QUESTION, [name]) if is_outcome(e)]
    assert says in outcome.error


def test_questions_are_refused() -> None:
    with pytest.raises(ModelError, match="answers no questions"):
        list(sweep(tiny_whisper(), noise(1.0), free_question("Who speaks?"), ["vanilla"]))


REFUSED = {
    "beams": {"num_beams": 2},
    "several replies": {"num_return_sequences": 2, "do_sample": True},
    "static cache": {"cache_implementation": "static"},
    "prompt lookup": {"prompt_lookup_num_tokens": 3},
    "encoder outputs": {"encoder_outputs": (torch.zeros(1, ROWS, 32),)},
}


@pytest.mark.parametrize("given", REFUSED.values(), ids=REFUSED)
def test_ways_to_generate_that_are_refused(given: dict) -> None:
    lm = tiny_whisper()
    with compress(lm.model, "fastv@0.6+knorm@0.5"), pytest.raises(ModelError):
        lm.model.generate(features(lm, 1.0), **given)


def test_batches_are_refused() -> None:
    lm = tiny_whisper()
    two = features(lm, 1.0).repeat(2, 1, 1)
    with compress(lm.model, "frame@0.6"), pytest.raises(ModelError, match="one recording at a time"):
        lm.model.generate(two, return_timestamps=True)


def test_blocks_do_not_nest_and_leave_nothing_behind() -> None:
    lm, given = tiny_whisper(), None
    given = features(lm, 1.0)
    before = lm.model.generate(given)
    with compress(lm.model, "frame@0.6"):
        with pytest.raises(ModelError, match="inside a block"), compress(lm.model, "knorm@0.5"):
            pass
        lm.model.generate(given)
    assert torch.equal(lm.model.generate(given), before)
    assert "generate" not in vars(lm.model)


@pytest.mark.parametrize(("frames", "padding", "rows"), [(100, 0, 50), (99, 0, 50), (60, 40, 30), (1, 99, 1)])
def test_rows_of_sound(frames: int, padding: int, rows: int) -> None:
    made = torch.cat([torch.randn(1, 8, frames), torch.full((1, 8, padding), -0.7)], dim=-1)
    assert rows_of_sound(made, None) == rows
    assert rows_of_sound(made, 20) == min(10, rows)
