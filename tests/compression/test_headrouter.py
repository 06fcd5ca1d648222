"""HeadRouter: what it must reduce to, what must not change it, and how it is calibrated."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest
import torch

from amarathon.compression import METHODS
from amarathon.compression.attention import AttentionInputs
from amarathon.compression.methods import headrouter
from amarathon.compression.profiles import HeadProfile, HeadWeights, load_profile
from amarathon.errors import ConfigurationError, DatasetError
from amarathon.generation.outcome import Outcome
from amarathon.generation.sweep import sweep
from amarathon.tasks import TASKS
from amarathon.tasks.sample import Option, Sample, SampleAudio
from amarathon.training.calibration import fit_profile, gather_evidence
from tests.compression.contexts import selection
from tests.compression.tiny import noise, tiny_thinker

RATIO = Fraction("0.7")


def rotated(inputs, shift=0):
    """The same queries and keys, rotated as if the prompt began at position `shift`."""
    length, width = inputs.key.shape[1:]
    angle = (torch.arange(length).double() + shift)[:, None] * 0.5 ** torch.arange(width // 2).double()
    angle = torch.cat([angle, angle], dim=1)
    cos, sin = angle.cos().float(), angle.sin().float()

    def rotate(states):
        first, second = states.chunk(2, dim=-1)
        return states * cos + torch.cat((-second, first), dim=-1) * sin

    return AttentionInputs(rotate(inputs.query), rotate(inputs.key), inputs.value, inputs.scaling, (cos, sin))


def test_uniform_weights_on_the_last_row_with_rotary_are_fastv():
    context = selection(90, RATIO)
    attended = headrouter.head_attention(context.inputs, context.audio_positions, probes=1)
    chosen = headrouter.heaviest(torch.full((len(attended),), 0.25) @ attended, context.budget)
    assert torch.equal(chosen, METHODS["fastv"](amount=RATIO).select(context))


@pytest.mark.parametrize("head", range(4))
def test_a_one_hot_weight_is_that_heads_top_n(head):
    context = selection(90, RATIO)
    context.attention = rotated(context.inputs)
    plain = context.attention.without_rotary().window(headrouter.PROBES)[head].mean(dim=0)
    expected = plain[context.audio_positions].topk(context.budget).indices.sort().values
    single = headrouter.SingleHead(amount=RATIO, head=head)
    assert torch.equal(single.select(context), expected)


def test_a_shift_of_positions_changes_nothing():
    context = selection(90, RATIO)
    plain = context.inputs
    chosen = []
    for shift in (0, 5, 4321):
        context.attention = rotated(plain, shift)
        chosen.append(METHODS["headrouter"](amount=RATIO).select(context).tolist())
    assert chosen[0] == chosen[1] == chosen[2]


def test_rotating_back_gives_what_was_there():
    plain = selection(40, RATIO).inputs
    for scale in (1.0, 1.19):
        turned = rotated(plain, 100)
        cos, sin = turned.rotary
        scaled = replace(
            turned, query=turned.query * scale, key=turned.key * scale, rotary=(cos * scale, sin * scale)
        )
        back = scaled.without_rotary()
        torch.testing.assert_close(back.key, plain.key, atol=5e-6, rtol=0)
        torch.testing.assert_close(back.query, plain.query, atol=5e-6, rtol=0)


def test_selectivity_runs_from_spread_out_to_one_token():
    spread = torch.full((1, 50), 0.02)
    single = torch.zeros(1, 50).index_fill(1, torch.tensor([7]), 0.4)
    assert headrouter.head_selectivity(spread).item() == pytest.approx(0, abs=1e-6)
    assert headrouter.head_selectivity(single).item() == pytest.approx(1)


def profile_of(sigma):
    return HeadProfile(
        model="tiny",
        revision="none",
        layer=2,
        sigma=sigma,
        semantic=HeadWeights(selectivity=(0.9, 0.9), weights=(1.0, 0.0)),
        acoustic=HeadWeights(selectivity=(0.1, 0.1), weights=(0.0, 1.0)),
        recordings=(),
    )


def test_the_router_takes_the_nearer_kind_and_mixes_in_between():
    near = headrouter.routed_weights(torch.tensor([0.88, 0.9]), profile_of(0.05))
    torch.testing.assert_close(near, torch.tensor([1.0, 0.0]))
    between = headrouter.routed_weights(torch.tensor([0.5, 0.5]), profile_of(0.3))
    torch.testing.assert_close(between, torch.tensor([0.5, 0.5]))
    # As far off as it gets, the gates still sum to one.
    assert headrouter.routed_weights(torch.tensor([50.0, 50.0]), profile_of(0.001)).sum() == pytest.approx(1)


def labelled(task, number):
    return Sample(
        id=f"{task}-{number}",
        task=task,
        audio=SampleAudio(path=None, name="noise", sources=("noise",)),
        question="Why?",
        options=(Option("rain", "rain"), Option("sun", "sun")),
        answer=number % 2,
    )


@pytest.fixture
def data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("AMARATHON_DATA", str(tmp_path))
    (tmp_path / "profiles").mkdir()
    return tmp_path


def test_a_calibrated_profile_prunes_and_is_named_in_the_configuration(data_folder):
    lm = tiny_thinker()
    audio = [replace(noise(1.0, seed), pcm_sha256=f"pcm-{seed}") for seed in range(4)]
    tasks = ("SCR", "SCR", "MC", "MC")
    evidence = [
        gather_evidence(lm, one, labelled(task, n))
        for n, (one, task) in enumerate(zip(audio, tasks, strict=True))
    ]
    profile = fit_profile(lm, evidence)
    assert profile.recordings == ("pcm-0", "pcm-1", "pcm-2", "pcm-3")
    assert sum(profile.semantic.weights) == pytest.approx(1)
    path = data_folder / "profiles" / "tiny-1.json"
    path.write_text(profile.model_dump_json())
    assert load_profile("tiny-1") == profile
    names = ["headrouter@0.5", "headrouter@0.5:profile=tiny-1"]
    messages = TASKS["SCR"].messages(labelled("SCR", 9))
    outcomes = [e for e in sweep(lm, noise(2.0, 9), messages, names) if isinstance(e, Outcome)]
    assert [outcome.configuration for outcome in outcomes] == names
    assert all(outcome.error is None and outcome.kept_tokens == 25 for outcome in outcomes)


def test_a_recording_it_was_calibrated_on_is_not_answered_with_it(data_folder):
    audio = replace(noise(1.0), pcm_sha256="seen")
    profile = profile_of(0.1).model_copy(update={"recordings": ("seen",)})
    (data_folder / "profiles" / "mine.json").write_text(profile.model_dump_json())
    names = ["vanilla", "headrouter@0.5:profile=mine"]
    events = sweep(tiny_thinker(), audio, TASKS["SGR"].free_messages("", []), names)
    vanilla, routed = [event for event in events if isinstance(event, Outcome)]
    assert vanilla.error is None
    assert routed.error == "The profile 'mine' was calibrated on this recording, so it is not scored with it."


def test_one_kind_of_question_is_not_enough():
    lm = tiny_thinker()
    evidence = [gather_evidence(lm, noise(1.0), labelled("MC", 0))]
    with pytest.raises(DatasetError, match="needs semantic samples"):
        fit_profile(lm, evidence)


def test_profiles_that_are_missing_damaged_or_of_another_model(data_folder):
    def error_of(name):
        messages = TASKS["SGR"].free_messages("", [])
        events = sweep(tiny_thinker(), noise(1.0), messages, [f"headrouter@0.5:profile={name}"])
        return next(event for event in events if isinstance(event, Outcome)).error

    assert "There is no HeadRouter profile 'gone'" in error_of("gone")
    (data_folder / "profiles" / "torn.json").write_text("{")
    assert error_of("torn") == "The HeadRouter profile 'torn' is damaged."
    other = json.loads(profile_of(0.1).model_dump_json())
    (data_folder / "profiles" / "other.json").write_text(json.dumps(other))
    assert "with 2 heads; here are 4 heads" in error_of("other")


@pytest.mark.parametrize("name", ["../secrets", "a/b", "UPPER", ""])
def test_a_profiles_name_is_no_path(name):
    with pytest.raises(ConfigurationError):
        load_profile(name)
