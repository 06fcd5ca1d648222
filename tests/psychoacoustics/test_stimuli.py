"""Stimuli are exact: shared noise, cancelling signals, levels and ramps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amarathon.errors import ConfigurationError
from amarathon.psychoacoustics.presentation import presented
from amarathon.psychoacoustics.stimuli import (
    antiphase_trial,
    gated,
    masking_noise,
    sample_count,
    tone,
)
from amarathon.psychoacoustics.targets import TARGETS, make_trial

SAMPLES = 4000


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([125.0, 500.0, 4000.0]), st.floats(-60, 2))
def test_sums_and_differences_are_exact_in_32_bits(seed, frequency, snr):
    trial = make_trial("tone", seed, frequency, snr, SAMPLES)
    noise, same, opposite = (sound.astype(np.float32) for sound in (trial.noise, trial.same, trial.opposite))
    assert (noise[0] == noise[1]).all()
    assert (same[0] == same[1]).all()
    assert (same[0] == opposite[0]).all()
    assert ((opposite[0] + opposite[1]) / 2 == noise[0]).all()
    assert ((opposite[0] - opposite[1]) / 2 == same[0] - noise[0]).all()


@pytest.mark.parametrize("snr", [-22, -14, -6, 2])
def test_the_ratio_is_what_was_asked_for(snr):
    trial = make_trial("tone", 3, 1000.0, snr, 16_000)
    plateau = slice(400, -400)
    signal, noise = (trial.same - trial.noise)[0, plateau], trial.noise[0, plateau]
    assert 10 * np.log10(np.mean(signal**2) / np.mean(noise**2)) == pytest.approx(snr, abs=0.3)


def test_the_noise_is_a_seeds_whatever_the_signal_is():
    trials = [make_trial("tone", 5, frequency, snr, SAMPLES) for frequency in (125, 4000) for snr in (-22, 2)]
    trials.append(make_trial("speech", 5, None, -6, SAMPLES))
    assert all((trial.noise == trials[0].noise).all() for trial in trials)
    assert not (make_trial("tone", 6, 125, -22, SAMPLES).noise == trials[0].noise).any()


def test_phases_differ_by_seed_and_stimuli_do_not_by_call():
    assert not np.allclose(tone(0, 500, SAMPLES), tone(1, 500, SAMPLES))
    hashes = {make_trial("tone", seed, 500, -6, SAMPLES).sha256 for seed in (0, 0, 1)}
    assert len(hashes) == 2


@pytest.mark.parametrize("correlation", [-1.0, 0.0, 0.5, 1.0])
def test_the_ears_noises_are_as_correlated_as_asked(correlation):
    left, right = masking_noise(0, 200_000, correlation)
    assert np.corrcoef(left, right)[0, 1] == pytest.approx(correlation, abs=0.01)


def test_ramps_are_raised_cosines_of_20_ms():
    envelope = gated(np.ones(16_000))
    assert envelope[320:-320].min() == 1
    assert envelope[160] == pytest.approx(0.5, abs=0.01)
    assert envelope[0] < 1e-4
    assert envelope[::-1] == pytest.approx(envelope)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: make_trial("tone", 0, 500, float("-inf"), SAMPLES), "without a signal"),
        (lambda: make_trial("tone", 0, 500, 20, SAMPLES), "not offered"),
        (lambda: make_trial("tone", 0, 8000, 0, SAMPLES), "between 0 and 8000"),
        (lambda: make_trial("tone", 0, None, 0, SAMPLES), "needs a frequency"),
        (lambda: make_trial("bell", 0, None, 0, SAMPLES), "tone, speech, kemar"),
        (lambda: make_trial("speech", 0, None, 0, 5_000_000), "ask for less"),
        (lambda: antiphase_trial(masking_noise(0, SAMPLES), np.zeros(SAMPLES), 0), "silent"),
        (lambda: antiphase_trial(masking_noise(0, SAMPLES), np.full(SAMPLES, 9.0), 0), "lower"),
        (lambda: masking_noise(0, SAMPLES, 1.5), "between -1 and 1"),
        (lambda: sample_count(0.05), "0.06 s for its ramps"),
        (lambda: sample_count(61), "60 s is the longest"),
        (lambda: presented(np.zeros((1, SAMPLES)), "native"), "has one channel"),
        (lambda: presented(np.zeros(SAMPLES), "left"), "has one channel"),
        (lambda: presented(np.zeros((6, SAMPLES)), "left"), "has 6 channels"),
        (lambda: presented(np.zeros((2, SAMPLES)), "both"), "native, left, dual, mid-side, downmix"),
    ],
)
def test_what_cannot_be_made_is_refused(make, why):
    with pytest.raises(ConfigurationError, match=why):
        make()


def test_every_target_has_a_name_of_its_own():
    assert all(name == target.name for name, target in TARGETS.items())


def test_levels_are_joint_or_by_channel():
    sound = make_trial("tone", 0, 500, 2, SAMPLES).opposite
    joint, apart = presented(sound, "native"), presented(sound, "native", "per-channel")
    assert joint.var(axis=1).mean() == pytest.approx(1)
    assert apart.var(axis=1) == pytest.approx([1, 1])
    # The level cue that per-channel levelling makes: the ears' gains differ.
    gains = apart.std(axis=1) / sound.std(axis=1)
    assert gains[0] != pytest.approx(gains[1], rel=1e-4)
    assert (presented(sound, "native", "none") == sound).all()
    silent = presented(np.zeros((2, SAMPLES)), "mid-side")
    assert not silent.any()
