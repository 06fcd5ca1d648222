"""What a right implementation must give, of encoders whose answer is known beforehand."""

import numpy as np
import pytest

from amarathon.psychoacoustics.ablations import ABLATIONS, ablated
from amarathon.psychoacoustics.encoder import EncoderIdentity
from amarathon.psychoacoustics.listening import Listener
from amarathon.psychoacoustics.metric import effect, q_values, squared_distance, squared_spread, verdict
from amarathon.psychoacoustics.references import Difference, GccPhat, LogMel
from amarathon.psychoacoustics.targets import make_trial

FREQUENCIES = (125.0, 500.0, 4000.0)
SAMPLES, SEEDS = 8000, 8


def measured(listener, frequency, *, target="tone", ablation="raw", snr=-14.0, seeds=SEEDS, swap=False):
    opposite, same, noises = [], [], []
    for seed in range(seeds):
        trial = ablated(make_trial(target, seed, frequency, snr, SAMPLES), ablation, seed)
        sounds = [sound[::-1] if swap else sound for sound in (trial.noise, trial.same, trial.opposite)]
        noise, in_phase, in_antiphase = (listener.heard(sound) for sound in sounds)
        noises.append(noise)
        same.append(squared_distance(in_phase, noise))
        opposite.append(squared_distance(in_antiphase, noise))
    return effect(opposite, same, squared_spread(noises)), opposite, same


@pytest.mark.parametrize("ablation", ABLATIONS)
@pytest.mark.parametrize(("target", "frequency"), [("tone", 500.0), ("tone", 4000.0), ("speech", None)])
@pytest.mark.parametrize("normalisation", ["joint", "per-channel", "none"])
def test_the_left_ear_alone_is_exactly_0_bit_for_bit(ablation, target, frequency, normalisation):
    found, opposite, same = measured(
        Listener(LogMel(), "left", normalisation), frequency, target=target, ablation=ablation, seeds=3
    )
    assert opposite == same
    assert min(same) > 0
    assert (found.ratio_of_means_db, found.mean_of_db, found.p_value) == (0.0, 0.0, 1.0)


@pytest.mark.parametrize("frequency", FREQUENCIES)
def test_the_downmix_is_the_floor_and_no_zero_control(frequency):
    found, opposite, same = measured(Listener(LogMel(), "downmix"), frequency)
    assert opposite == [0.0] * SEEDS
    assert min(same) > 0
    assert (found.bound, found.ratio_of_means_db, found.mean_of_db) == ("floor", None, None)
    assert found.p_value == 2 / 2**SEEDS
    assert found.d_opposite == 0


@pytest.mark.parametrize("frequency", FREQUENCIES)
def test_left_minus_right_is_the_ceiling(frequency):
    found, opposite, same = measured(Listener(Difference()), frequency)
    assert same == [0.0] * SEEDS
    assert min(opposite) > 0
    assert found.bound == "ceiling"
    assert found.d_opposite == float("inf")
    assert verdict(found, found.p_value) == "unmasking"


@pytest.mark.parametrize("frequency", FREQUENCIES)
def test_dual_mono_is_about_0_but_not_exactly(frequency):
    found, opposite, same = measured(Listener(LogMel(), "dual"), frequency)
    assert opposite != same
    assert abs(found.ratio_of_means_db) < 1
    assert verdict(found, q_values([found])[0]) == "not significant"


@pytest.mark.parametrize("frequency", FREQUENCIES)
def test_mid_and_side_make_any_encoder_sensitive_at_every_frequency(frequency):
    found, _, _ = measured(Listener(LogMel(), "mid-side"), frequency)
    assert found.ratio_of_means_db > 15
    assert verdict(found, found.p_value) == "unmasking"


class Correlogram(GccPhat):
    """Symmetric: lags of one sign and the other are taken together, and there is no internal noise."""

    def __init__(self):
        super().__init__(internal_noise_db=-400)

    def embed(self, waveform, rate):
        lags = super().embed(waveform, rate)
        return lags + lags[::-1]


@pytest.mark.parametrize(
    "listener",
    [Listener(LogMel(), "dual"), Listener(LogMel(), "mid-side"), Listener(Difference())],
    ids=["dual", "mid-side", "difference"],
)
def test_swapping_the_ears_changes_nothing_for_symmetric_listeners(listener):
    straight, swapped = (measured(listener, 500.0, swap=swap)[0] for swap in (False, True))
    assert swapped.ratio_of_means_db == pytest.approx(straight.ratio_of_means_db)
    assert swapped.d_opposite == pytest.approx(straight.d_opposite)


def test_swapping_the_ears_changes_nothing_for_a_symmetric_correlogram():
    (_, straight, _), (_, swapped, _) = (measured(Listener(Correlogram()), 500.0, swap=s) for s in (0, 1))
    assert swapped == pytest.approx(straight, rel=1e-6)


@pytest.mark.parametrize("frequency", FREQUENCIES)
def test_gcc_phats_height_is_its_internal_noises(frequency):
    frozen, quieter, fresh, none = (
        measured(Listener(encoder), frequency)[0].ratio_of_means_db
        for encoder in (GccPhat(-30), GccPhat(-50), GccPhat(-30, fresh=True), GccPhat(-400))
    )
    assert frozen == pytest.approx(42, abs=8)
    assert quieter > frozen + 5
    assert fresh == pytest.approx(23, abs=3)
    # Without it, N0 and S0N0 have a phase of 0 exactly, up to rounding.
    assert none is None or none > 200


@pytest.mark.parametrize("frequency", FREQUENCIES)
def test_significance_without_a_floor_counts_what_nobody_could_hear(frequency):
    """A 500-Hz tone is gone behind the high-pass; the ratio does not know, d does."""
    found, _, _ = measured(Listener(LogMel(), "mid-side"), frequency, ablation="highpass")
    expected = "unmasking" if frequency > 2000 else "below the floor"
    assert verdict(found, found.p_value) == expected


class Scaled(LogMel):
    """The same embedding in another unit."""

    identity = EncoderIdentity("scaled", "1", None, "Apache-2.0", "log-mel", "mean", 0)

    def embed(self, waveform, rate):
        return 1e-7 * super().embed(waveform, rate)


def test_the_unit_of_an_embedding_changes_nothing():
    plain, scaled = (measured(Listener(encoder, "dual"), 500.0)[0] for encoder in (LogMel(), Scaled()))
    for field in ("ratio_of_means_db", "mean_of_db", "d_opposite", "d_same", "p_value"):
        assert getattr(scaled, field) == pytest.approx(getattr(plain, field), abs=1e-9)


def test_energy_equalisation_leaves_levels_and_takes_none_of_the_phase():
    trial = make_trial("tone", 0, 500.0, -6.0, 16_000)
    equalised = ablated(trial, "energy", 0)
    before, after = (
        np.abs(np.fft.rfft(one.opposite[0]))[480:521].max() / np.abs(np.fft.rfft(one.noise[0]))[480:521].max()
        for one in (trial, equalised)
    )
    assert after < 0.5 * before
    found, _, _ = measured(Listener(GccPhat()), 500.0, ablation="energy")
    assert found.ratio_of_means_db > 30


def test_the_vocoder_takes_the_phase():
    found, _, _ = measured(Listener(GccPhat(fresh=True)), 500.0, ablation="vocoder")
    assert abs(found.ratio_of_means_db) < 3
