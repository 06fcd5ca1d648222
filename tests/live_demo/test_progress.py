"""Time left while a comparison runs, and what it teaches about the next."""

import pytest

from amarathon.efficiency.flops import DecoderShape, LayerShape
from amarathon.generation.outcome import Outcome, Progress, Timings
from live_demo.costs import Costs, Measurement
from live_demo.estimate import BESIDE, FREE_TOKENS, Expectation, ModelFacts, measured
from live_demo.progress import Stopwatch
from live_demo.question import Ask

LAYER = LayerShape(64, 32, 2 * 64 * (64 + 32) + 3 * 64 * 128)
FACTS = ModelFacts(DecoderShape(64, (LAYER,) * 4), 25.0, 4_000_000, 4, "cpu", in_windows=False)
AUDIO_S, TOKENS = 100.0, 2500


def asking(limit=50, **fields):
    fixed = {"recording": "x", "task": "ASR", "configurations": ["frame@0.5"], "max_new_tokens": limit}
    return Ask.read(fixed | fields)


@pytest.fixture
def costs(tmp_path):
    """A machine that takes 2 s for the encoder of 100 s, 1 s for vanilla's prefill and 0.1 s a token."""
    found = Costs(tmp_path, "model")
    plain = Expectation(asking(), AUDIO_S, FACTS, found)
    outcome = Outcome(
        "vanilla", new_tokens=41, prompt_tokens=TOKENS + 100, audio_tokens=TOKENS, kept_tokens=TOKENS
    )
    timings = Timings(2.0, 1.0, 3.0, 4.0)
    found.add(measured(plain, asking(), AUDIO_S, [Outcome(**{**vars(outcome), "timings": timings})]))
    return found


def test_the_estimate_is_what_was_measured(costs):
    estimate = Expectation(asking(configurations=[]), AUDIO_S, FACTS, costs).estimate()
    assert estimate.seconds.value == pytest.approx(2 + 1 + 40 * 0.1, rel=0.15)
    assert estimate.first_row.value == pytest.approx(estimate.seconds.value)
    shorter = Expectation(asking(limit=5, configurations=[]), AUDIO_S, FACTS, costs).estimate()
    assert shorter.seconds.value == pytest.approx(2 + 1 + 4 * 0.1, rel=0.15)
    again = Expectation(asking(configurations=[], repeats=3), AUDIO_S, FACTS, costs).estimate()
    assert again.seconds.value == pytest.approx(3 * (estimate.seconds.value - BESIDE.value) + BESIDE.value)
    half = Expectation(asking(configurations=[]), AUDIO_S / 2, FACTS, costs).estimate()
    assert 0.3 < half.seconds.value / estimate.seconds.value < 0.6  # a transcript grows with its recording


def test_without_measurements_there_is_arithmetic(tmp_path):
    estimate = Expectation(asking(), AUDIO_S, FACTS, Costs(tmp_path, "model")).estimate()
    assert not estimate.described()["measured"]
    assert 0 < estimate.seconds.low < estimate.seconds.value < estimate.seconds.high
    assert estimate.seconds.value < estimate.longest_s
    assert estimate.memory.value > FACTS.weights_bytes


def test_time_left_follows_what_is_done(costs):
    ask = asking()
    expectation = Expectation(ask, AUDIO_S, FACTS, costs)
    watch = Stopwatch(expectation)
    whole = expectation.estimate().seconds.value - BESIDE.value
    assert watch.left_s() == pytest.approx(whole)
    watch.record(Progress("vanilla", "encoder", 0, 2, 0.5))
    assert watch.left_s() == pytest.approx(whole - 1.0)
    watch.record(Progress("vanilla", "prefill", 0, 2))
    watch.record(Progress("vanilla", "decode", 0, 2, 20 / 50, "some words", 20))
    assert watch.progress(3.0).text == "some words"
    other = expectation.each["frame@0.5"].whole.value
    assert watch.left_s() == pytest.approx(2.1 + other, abs=0.3)
    # It goes half as fast as expected, so the other is expected to as well.
    watch.record(Outcome("vanilla", new_tokens=41, timings=Timings(2.0, 2.0, 4.0, 8.0)))
    assert watch.left_s() == pytest.approx(2 * other, rel=0.1)
    watch.record(Outcome("frame@0.5", new_tokens=41, timings=Timings(2.0, 2.0, 4.0, 8.0)))
    assert watch.left_s() == 0
    assert watch.progress(0.0).done == 2


def test_replies_of_a_length_of_their_own_are_expected_again(costs):
    expectation = Expectation(asking(), AUDIO_S, FACTS, costs)
    watch = Stopwatch(expectation)
    watch.record(Outcome("vanilla", new_tokens=2, timings=Timings(2.0, 1.0, 3.0, 0.1)))
    prefill = expectation.each["frame@0.5"].prefill.value
    assert watch.left_s() == pytest.approx(prefill + 0.1, rel=0.1)


def test_a_reply_longer_than_expected_still_ends_at_its_limit(costs):
    watch = Stopwatch(Expectation(asking(configurations=[]), AUDIO_S, FACTS, costs))
    watch.record(Progress("vanilla", "decode", 0, 1, 48 / 50, "", 48))
    assert 0 < watch.left_s() <= 0.3


def test_repeats_are_counted(costs):
    ask = asking(configurations=[], repeats=3)
    expectation = Expectation(ask, AUDIO_S, FACTS, costs)
    watch = Stopwatch(expectation, 3)
    one = expectation.estimate().seconds.value / 3
    watch.record(Progress("vanilla", "prefill", 0, 1))
    watch.record(Outcome("vanilla", new_tokens=41, timings=Timings(2.0, 1.0, 3.0, 4.0)))
    assert watch.left_s() == pytest.approx(2 * one, rel=0.1)
    watch.next_pass()
    assert watch.left_s() == pytest.approx(2 * one, rel=0.1)
    progress = watch.progress(None)
    assert (progress.done, progress.total) == (1, 3)


def test_a_method_that_makes_each_token_dearer_counts_alone(tmp_path):
    costs = Costs(tmp_path, "model")
    ask = asking(configurations=["snapkv@0.5"])
    counts = {"new_tokens": 41, "prompt_tokens": TOKENS + 100, "audio_tokens": TOKENS, "kept_tokens": TOKENS}
    outcomes = [
        Outcome("vanilla", timings=Timings(2.0, 1.0, 3.0, 4.0), **counts),
        Outcome("snapkv@0.5", timings=Timings(2.0, 3.0, 5.0, 40.0), **counts),
    ]
    costs.add(measured(Expectation(ask, AUDIO_S, FACTS, costs), ask, AUDIO_S, outcomes))
    expected = Expectation(asking(configurations=["tova@0.5", "frame@0.5"]), AUDIO_S, FACTS, costs).each
    assert expected["vanilla"].token.value == pytest.approx(0.1)
    assert expected["tova@0.5"].token.value == pytest.approx(1.0)
    # A kind that was never measured is taken to cost what vanilla does.
    assert expected["frame@0.5"].token.value == pytest.approx(0.1)


def test_measurements_are_kept_and_the_latest_count_most(tmp_path):
    costs = Costs(tmp_path, "model")
    for value in [*[1.0] * 80, *[3.0] * 40]:
        costs.add([Measurement(kind="encoder", size=10.0, value=value)])
    again = Costs(tmp_path, "model").of("encoder", 10.0)
    assert again is not None
    assert (again.value, again.count) == (3.0, 60)
    assert again.low < 3.0
    assert Costs(tmp_path, "other").of("encoder", 10.0) is None


def test_sizes_of_about_the_same_count_most(tmp_path):
    costs = Costs(tmp_path, "model")
    costs.add(
        [Measurement(kind="prefill", size=1e9, value=1.0), Measurement(kind="prefill", size=1e12, value=5.0)]
    )
    assert costs.of("prefill", 2e9).value == 1.0
    assert costs.of("prefill", 9e11).value == 5.0


def test_damaged_measurements_are_taken_afresh(tmp_path):
    costs = Costs(tmp_path, "model")
    costs.add([Measurement(kind="load", size=1.0, value=2.0)])
    (file,) = tmp_path.iterdir()
    file.write_text("{")
    assert Costs(tmp_path, "model").of("load", 1.0) is None


def test_an_answer_of_unknown_length_is_taken_to_be_short(costs):
    asked = asking(limit=2000, task="free", question="What is said?")
    assert Expectation(asked, AUDIO_S, FACTS, costs).tokens == FREE_TOKENS
    assert Expectation(asking(limit=20, task="free", question="Who?"), AUDIO_S, FACTS, costs).tokens == 10
