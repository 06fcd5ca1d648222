"""The ideal listener: closed form, drawn jitter and waveforms agree, and with what others have printed."""

import numpy as np
import pytest

from amarathon.errors import ConfigurationError
from amarathon.psychoacoustics.equalisation import (
    AMPLITUDE_JITTER,
    TIME_JITTER_S,
    jittered_decibels,
    masking_level_difference,
    simulated_decibels,
)
from amarathon.psychoacoustics.stimuli import antiphase_trial, masking_noise, tone
from amarathon.psychoacoustics.targets import make_trial

CLOSED = {125: 14.72, 250: 13.58, 500: 10.73, 1000: 6.14, 2000: 1.45, 4000: 0.01, 0: 15.19}
MEAN_OF_DB = {125: 17.96, 250: 16.02, 500: 13.04, 1000: 8.61, 2000: 2.32, 4000: 0.01}
ONE_EAR = {125: 17.68, 250: 16.54, 500: 13.71, 1000: 9.08, 2000: 3.74, 4000: 0.26}


@pytest.mark.parametrize(("frequency", "decibels"), CLOSED.items())
def test_closed_form(frequency, decibels):
    assert masking_level_difference(frequency) == pytest.approx(decibels, abs=0.005)


@pytest.mark.parametrize("frequency", CLOSED)
def test_closed_form_is_culling_and_lavandiers(frequency):
    # `culling2005_bmld` of the Auditory Modeling Toolbox, in its own terms.
    k = (1 + 0.25**2) * np.exp((2 * np.pi * frequency) ** 2 * 0.000105**2)
    assert masking_level_difference(frequency) == pytest.approx(10 * np.log10((k - np.cos(np.pi)) / (k - 1)))
    kept = np.exp(-((2 * np.pi * frequency * TIME_JITTER_S) ** 2))
    other = 1 + 2 * kept / (1 + AMPLITUDE_JITTER**2 - kept)
    assert masking_level_difference(frequency) == pytest.approx(10 * np.log10(other))


@pytest.mark.parametrize("frequency", CLOSED)
def test_nothing_is_gained_where_signal_and_noise_have_one_phase(frequency):
    for phase in (0.0, 0.7, np.pi):
        same = masking_level_difference(frequency, signal_phase=phase, noise_phase=phase)
        assert same == pytest.approx(0, abs=1e-9)


def test_decorrelated_noise_lowers_it_by_the_formula():
    levels = [masking_level_difference(500, correlation=rho) for rho in (1.0, 0.9, 0.5, 0.0)]
    assert levels == sorted(levels, reverse=True)
    k = (1 + 0.25**2) * np.exp((2 * np.pi * 500 * 105e-6) ** 2)
    assert levels[1] == pytest.approx(10 * np.log10((k + 1) / (k - 0.9)))


def test_no_frequency_is_too_high():
    assert masking_level_difference(1e6) == pytest.approx(0)


@pytest.mark.parametrize("frequency", MEAN_OF_DB)
def test_the_mean_of_decibels_is_another_number_than_the_ratio_of_means(frequency):
    drawn = jittered_decibels(frequency, 200_000, average="mean_of_db")
    assert drawn == pytest.approx(MEAN_OF_DB[frequency], abs=0.06)
    assert jittered_decibels(frequency, 200_000) == pytest.approx(CLOSED[frequency], abs=0.06)
    assert jittered_decibels(frequency, 200_000, ears=1) == pytest.approx(ONE_EAR[frequency], abs=0.06)


@pytest.mark.parametrize("frequency", MEAN_OF_DB)
def test_waveforms_give_the_closed_form(frequency):
    trials = [(make_trial("tone", seed, frequency, -14, 16_000), frequency) for seed in range(10)]
    assert simulated_decibels(trials, draws=400) == pytest.approx(CLOSED[frequency], abs=0.35)


def test_waveforms_of_decorrelated_noise_give_the_closed_form():
    trials = [
        (antiphase_trial(masking_noise(seed, 16_000, 0.8), tone(seed, 500, 16_000), -14), 500.0)
        for seed in range(20)
    ]
    expected = masking_level_difference(500, correlation=0.8)
    assert simulated_decibels(trials, draws=200) == pytest.approx(expected, abs=0.5)


@pytest.mark.parametrize("wrong", [{"correlation": 1.1}, {"correlation": float("nan")}])
def test_what_is_no_correlation_is_refused(wrong):
    with pytest.raises(ConfigurationError, match="between 0 and 1"):
        masking_level_difference(500, **wrong)


def test_a_negative_frequency_is_refused():
    with pytest.raises(ConfigurationError, match="cannot be -1 Hz"):
        masking_level_difference(-1)
