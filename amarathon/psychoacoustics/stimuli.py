"""Sounds for two ears: a masking noise alone, with a signal alike at both ears, with one in antiphase.

Samples lie on a grid of 2**-20, so that n + s, n - s and their sums and differences are exact in 32-bit
floats too: what cancels on paper cancels bit for bit.
"""

import hashlib
from dataclasses import dataclass

import numpy as np

from amarathon.errors import ConfigurationError
from amarathon.psychoacoustics.types import SAMPLE_RATE, Floats

RAMP_S = 0.02
GRID = 2.0**-20
# Beyond it, sums of two samples would no longer be exact in 24 bits.
LARGEST = 8.0
LOWEST_SNR_DB, HIGHEST_SNR_DB = -60.0, 10.0
# Two ramps, and as long a plateau.
SHORTEST_S = 3 * RAMP_S


@dataclass(frozen=True, eq=False)
class Trial:
    """The three sounds of one seed, each of shape (2, samples): left ear, right ear.

    Attributes
    ----------
    noise : array
        N0: the masker alone.
    same : array
        S0N0: the same masker bit for bit, the signal alike at both ears.
    opposite : array
        SpiN0: the same masker, the signal turned round at the right ear.
    """

    noise: Floats
    same: Floats
    opposite: Floats

    @property
    def sha256(self) -> str:
        """Of the samples of all three, in units of the grid, as little-endian 32-bit integers."""
        digest = hashlib.sha256()
        for sound in (self.noise, self.same, self.opposite):
            digest.update(np.rint(sound / GRID).astype("<i4").tobytes())
        return digest.hexdigest()


def on_grid(samples: Floats) -> Floats:
    """Round samples to multiples of `GRID`.

    Raises
    ------
    ConfigurationError
        If one is so large that sums would not be exact.
    """
    rounded: Floats = np.rint(samples / GRID) * GRID
    if np.abs(rounded).max(initial=0) > LARGEST:
        raise ConfigurationError(
            f"A stimulus reaches {np.abs(rounded).max():.1f} times the noise's RMS, where {LARGEST:g} can be "
            "represented exactly; choose a lower signal-to-noise ratio."
        )
    return rounded


def sample_count(duration_s: float) -> int:
    """How many samples a stimulus has.

    Raises
    ------
    ConfigurationError
        If there is no room for its ramps.
    """
    if not SHORTEST_S <= duration_s <= 60:
        raise ConfigurationError(
            f"A stimulus of {duration_s:g} s cannot be made: it needs {SHORTEST_S:g} s for its ramps "
            "and a plateau, and 60 s is the longest."
        )
    return round(duration_s * SAMPLE_RATE)


def gated(samples: Floats) -> Floats:
    """Fade in and out by raised cosines of `RAMP_S`; the last axis is time."""
    count = round(RAMP_S * SAMPLE_RATE)
    ramp = 0.5 - 0.5 * np.cos(np.pi * (np.arange(count) + 0.5) / count)
    envelope = np.ones(samples.shape[-1])
    envelope[:count], envelope[-count:] = ramp, ramp[::-1]
    return samples * envelope


def masking_noise(seed: int, samples: int, correlation: float = 1.0) -> Floats:
    """White Gaussian noise of RMS 1 for two ears, the same for a seed whatever the signal is.

    Parameters
    ----------
    seed : int
    samples : int
    correlation : float
        Between the ears, -1 to 1; 1 is the same samples, -1 their negatives.

    Returns
    -------
    array of shape (2, samples)
    """
    if not -1 <= correlation <= 1:
        raise ConfigurationError(f"A correlation lies between -1 and 1; {correlation:g} does not.")
    generator = np.random.default_rng([seed, 0])
    common, other = (of_rms_1(generator.standard_normal(samples)) for _ in range(2))
    right = common if correlation == 1 else correlation * common + np.sqrt(1 - correlation**2) * other
    return on_grid(gated(np.stack([common, right])))


def tone(seed: int, frequency_hz: float, samples: int) -> Floats:
    """A gated tone of RMS 1 before its ramps, with a phase drawn by the seed; shape (samples,).

    Raises
    ------
    ConfigurationError
        If the sampling rate cannot carry it.
    """
    if not 0 < frequency_hz < SAMPLE_RATE / 2:
        raise ConfigurationError(
            f"A tone of {frequency_hz:g} Hz cannot be sampled at {SAMPLE_RATE} Hz: it has to lie between "
            f"0 and {SAMPLE_RATE // 2} Hz."
        )
    phase = np.random.default_rng([seed, 1, round(frequency_hz * 1000)]).uniform(0, 2 * np.pi)
    time = np.arange(samples) / SAMPLE_RATE
    return gated(np.sqrt(2) * np.sin(2 * np.pi * frequency_hz * time + phase))


def mixed(noise: Floats, same: Floats, opposite: Floats, snr_db: float) -> Trial:
    """Add a signal to a masker.

    Parameters
    ----------
    noise : array of shape (2, samples)
        On the grid.
    same, opposite : array of shape (2, samples)
        The signal at both ears, of RMS 1 over both, in its two arrangements.
    snr_db : float
        Power of the signal over the noise's, over the whole band and before ramps.

    Raises
    ------
    ConfigurationError
        If the ratio leaves no signal, so that nothing could be asked about it, or is too high.
    """
    if not LOWEST_SNR_DB <= snr_db <= HIGHEST_SNR_DB:
        raise ConfigurationError(
            f"A signal-to-noise ratio of {snr_db:g} dB is not offered: it has to lie between "
            f"{LOWEST_SNR_DB:g} and {HIGHEST_SNR_DB:g} dB; without a signal the ratio of "
            "distances is undefined."
        )
    amplitude = 10 ** (snr_db / 20)
    signals = [on_grid(amplitude * signal) for signal in (same, opposite)]
    if any(not signal.any() for signal in signals):
        raise ConfigurationError("The signal is silent: without one the ratio of distances is undefined.")
    return Trial(noise, *(on_grid(noise + signal) for signal in signals))


def antiphase_trial(noise: Floats, signal: Floats, snr_db: float) -> Trial:
    """S0N0 and SpiN0 of a signal of shape (samples,) and RMS 1."""
    return mixed(noise, np.stack([signal, signal]), np.stack([signal, -signal]), snr_db)


def of_rms_1(samples: Floats) -> Floats:
    """Scale samples so that the mean of their squares, over all channels, is 1."""
    scaled: Floats = samples / np.sqrt(np.mean(samples**2))
    return scaled
