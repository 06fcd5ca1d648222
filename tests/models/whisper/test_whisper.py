"""Whisper's windows: what is kept is what the decoder sees, wherever a method acts."""

import pytest
import torch

from amarathon.compression import METHODS, Configuration, compress, window_work
from amarathon.compression.cross_attention import CrossCompressor
from amarathon.compression.grids import grid_names
from amarathon.compression.methods.budget import budget
from amarathon.compression.seeding import name_of, recording_seed
from amarathon.compression.window_work import rows_of_sound
from amarathon.doctor import cross_checks
from amarathon.doctor.checks import Case
from amarathon.doctor.examination import examine
from amarathon.doctor.recording import noise
from amarathon.errors import ConfigurationError, ModelError
from amarathon.generation.outcome import Outcome
from amarathon.generation.sweep import sweep
from amarathon.models.whisper import Whisper
from amarathon.tasks import TASKS, free_question
from tests.models.whisper.tiny import NO_TIMESTAMPS, ROWS, START, tiny_whisper

# 0.83 s are in 85 frames of 10 ms, whose windows reach 12.5 ms to both sides, and two of them make a row.
SOUND = 43
PROMPT = torch.tensor([[START, NO_TIMESTAMPS]])
QUESTION = TASKS["ASR"].free_messages("", [])
AMOUNTS = {"ratio": ("0.3", "0.6", "0.9"), "factor": ("2", "3")}
# Evictions of a prompt that attends to itself.
REFUSED_BY_NAME = ("expected", "adakv")
EVERY = [
    f"{name}@{amount}"
    for name, method in METHODS.items()
    for amount in AMOUNTS[method.amount_kind]
    if name not in REFUSED_BY_NAME
] + [
    "frame@0.6+snapkv@0.5",
    "fastv@0.6+knorm@0.5",
    "pool@2+frame@0.3",
]


@pytest.fixture(scope="module")
def whispers() -> dict[str, Whisper]:
    return {attention: tiny_whisper(attention) for attention in ("sdpa", "eager")}


@pytest.fixture
def whisper(whispers: dict[str, Whisper]) -> Whisper:
    return whispers["sdpa"]


def features(lm: Whisper, seconds: float) -> torch.Tensor:
    made = lm.feature_extractor(noise(seconds).samples, sampling_rate=16000, return_tensors="pt")
    return made["input_features"]


PRUNING_OR_EVICTING = [
    name for name in EVERY if name.partition("@")[0] not in ("pool", "downsample", "boundaries", "atome")
]


# A window with padding for every amount; a whole one, and the other attention, for one of each method.
CASES = [(name, "sdpa", 0.83) for name in PRUNING_OR_EVICTING] + [
    (name, *case)
    for name in PRUNING_OR_EVICTING
    if "@0.6" in name
    for case in (("sdpa", 2.0), ("eager", 0.83))
]


@pytest.mark.parametrize(("name", "attention", "seconds"), CASES)
def test_logits_are_those_of_the_whole_model_under_masks(
    whispers: dict[str, Whisper], name: str, attention: str, seconds: float
) -> None:
    case = Case(noise(seconds), QUESTION, Configuration.parse(name))
    found = cross_checks.steps(whispers[attention], case).within()
    assert found.audio_tokens == (SOUND if seconds < 1 else ROWS)


@pytest.mark.parametrize("name", EVERY)
def test_budgets_are_exact_and_padding_never_counts(whisper: Whisper, name: str) -> None:
    configuration = Configuration.parse(name)
    compressor = CrossCompressor(whisper.model, configuration)
    audio_features = features(whisper, 0.83)
    with compressor.attached() as report, torch.inference_mode():
        output = whisper.model(input_features=audio_features, decoder_input_ids=PROMPT, use_cache=True)
    (window,) = compressor.windows.values()
    assert window.audio_positions.encoder_tokens == SOUND
    assert window.padding == ROWS - SOUND
    left = SOUND if configuration.pooling is None else len(window.audio_positions.positions)
    if configuration.pruning is not None:
        left = budget(left, configuration.pruning.amount)
    assert report.kept_tokens == left == len(window.chosen)
    assert report.audio_tokens == SOUND
    last = output.past_key_values.cross_attention_cache.layers[-1].keys.shape[2]
    evicted = left if configuration.eviction is None else budget(left, configuration.eviction.amount)
    assert last == evicted + window.padding
    assert all(0 <= start < end <= 0.86 for start, end in report.kept_spans)


@pytest.mark.parametrize(
    ("name", "seconds"),
    [(name, 2.7) for name in ("vanilla", "frame@0.6", "random@0.6", "fastv@0.6", "snapkv@0.5", "pool@2")]
    + [("fastv@0.6+knorm@0.5", 1.4)],
)
def test_plain_generate_in_a_block_is_the_products_own_path(name: str, seconds: float) -> None:
    lm, audio = tiny_whisper(), noise(seconds)
    (outcome,) = [
        event for event in sweep(lm, audio, QUESTION, [name], max_new_tokens=40) if is_outcome(event)
    ]
    assert outcome.error is None
    prompt = lm.prompt(audio, QUESTION)
    with (
        compress(lm.model, name, recording=name_of(audio, None)) as report,
        torch.random.fork_rng(),
        torch.inference_mode(),
    ):
        # Second attempts at a window sample, from the recording's seed.
        torch.manual_seed(recording_seed(0, name_of(audio, None)))
        written = lm.model.generate(**lm.forward_inputs(prompt))
    assert lm.text(written[0].tolist()) == outcome.reply
    assert report.kept_tokens == outcome.kept_tokens
    # A caller's generate does not say where in its last row the recording ends.
    spans = [(start, min(end, seconds)) for start, end in report.kept_spans if start < seconds]
    assert tuple(spans) == outcome.kept_spans
    assert report.audio_tokens == outcome.audio_tokens >= 50 * seconds - 2


def is_outcome(event: object) -> bool:
    return isinstance(event, Outcome)


def test_the_whole_grid_shared_against_alone() -> None:
    lm, audio, names = tiny_whisper(layers=3), noise(0.7), grid_names("paper")

    def outcomes(names: list[str], *, shared: bool) -> dict[str, tuple]:
        events = sweep(lm, audio, QUESTION, names, max_new_tokens=500, shared=shared)
        return {
            event.configuration: (event.reply, event.kept_spans, event.kept_map, event.error)
            for event in events
            if isinstance(event, Outcome)
        }

    together = outcomes(names, shared=True)
    assert len(together) == 33
    assert [found[3] for found in together.values()] == [None] * 33
    # Of each method one; that the others come to the same windows is seen by their errors.
    for name in {name.partition("@")[0]: name for name in names}.values():
        assert outcomes([name], shared=False)[name] == together[name]


def test_nothing_removed_is_vanilla() -> None:
    lm, audio = tiny_whisper(), noise(1.4)
    names = ["vanilla", "frame@0", "fastv@0", "snapkv@0", "pool@1"]
    events = [e for e in sweep(lm, audio, QUESTION, names, max_new_tokens=40) if is_outcome(e)]
    assert len({event.reply for event in events}) == 1


def test_a_reply_is_cut_at_its_limit_and_can_be_left() -> None:
    lm, audio = tiny_whisper(), noise(2.7)
    (outcome,) = [e for e in sweep(lm, audio, QUESTION, ["vanilla"], max_new_tokens=3) if is_outcome(e)]
    assert outcome.new_tokens <= 3
    events = sweep(lm, audio, QUESTION, ["vanilla"], max_new_tokens=40)
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
        ("expected@0.6", "reads audio by cross-attention"),
        ("adakv@0.6", "reads audio by cross-attention"),
        ("frame@0.6:span=released", "leave out span=released"),
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


@pytest.mark.parametrize("arguments", REFUSED.values(), ids=REFUSED)
def test_ways_to_generate_that_are_refused(arguments: dict) -> None:
    lm = tiny_whisper()
    with compress(lm.model, "fastv@0.6+knorm@0.5"), pytest.raises(ModelError):
        lm.model.generate(features(lm, 1.0), **arguments)


def test_batches_are_refused() -> None:
    lm = tiny_whisper()
    two = features(lm, 1.0).repeat(2, 1, 1)
    with (
        compress(lm.model, "frame@0.6"),
        pytest.raises(ModelError, match="one recording and one reply at a time"),
    ):
        lm.model.generate(two, return_timestamps=True)


def test_blocks_do_not_nest_and_leave_nothing_behind() -> None:
    lm, audio_features = tiny_whisper(), None
    audio_features = features(lm, 1.0)
    before = lm.model.generate(audio_features)
    with compress(lm.model, "frame@0.6"):
        with pytest.raises(ModelError, match="inside a block"), compress(lm.model, "knorm@0.5"):
            pass
        lm.model.generate(audio_features)
    assert torch.equal(lm.model.generate(audio_features), before)
    assert "generate" not in vars(lm.model)


@pytest.mark.parametrize(("frames", "padding", "rows"), [(100, 0, 50), (99, 0, 50), (60, 40, 30), (1, 99, 1)])
def test_rows_of_sound(frames: int, padding: int, rows: int) -> None:
    made = torch.cat([torch.randn(1, 8, frames), torch.full((1, 8, padding), -0.7)], dim=-1)
    assert rows_of_sound(made, None) == rows
    assert rows_of_sound(made, 20) == min(10, rows)


def test_the_doctor_passes_it_and_finds_a_fault(whisper: Whisper, monkeypatch) -> None:
    findings = list(examine(whisper, 0.5))
    assert {finding.check for finding in findings} == {"steps", "ratio 0"}
    assert {finding.attention for finding in findings} == {"sdpa", "eager"}
    refused = {
        finding.configuration.partition("@")[0] for finding in findings if finding.verdict == "undefined"
    }
    assert refused == set(REFUSED_BY_NAME)
    assert {finding.verdict for finding in findings} == {"passed", "undefined"}
    # Padding that is pruned with the sound is a fault of the kind that transcripts hide.
    monkeypatch.setattr(window_work.WindowWork, "encoded", lambda self, rows: rows[:, :-7])
    found = [finding for finding in examine(whisper, 0.5) if finding.configuration == "frame@0.6"]
    assert any(finding.verdict == "failed" for finding in found)


def test_words_times_need_every_row(whisper: Whisper) -> None:
    with compress(whisper.model, "frame@0.6"), pytest.raises(ModelError, match="return_token_timestamps"):
        whisper.model.generate(features(whisper, 1.0), return_token_timestamps=True)
