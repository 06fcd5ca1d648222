"""Equalisation and cancellation (Durlach 1963): what an ideal listener with internal noise gains by two ears.

The two ears are equalised and subtracted. Each ear's gain and time are jittered, so that the masker does not
cancel wholly; an antiphasic signal adds up.
"""

import numpy as np

from amarathon.errors import ConfigurationError
from amarathon.psychoacoustics.stimuli import Trial
from amarathon.psychoacoustics.types import SAMPLE_RATE, Complex, Floats

# Standard deviations of the jitter of each ear (Durlach 1963).
AMPLITUDE_JITTER = 0.25
TIME_JITTER_S = 105e-6
# Of the band about a tone's frequency that the simulation looks at, as a share of it.
BANDWIDTH = 0.1


def masking_level_difference(
    frequency_hz: float,
    *,
    signal_phase: float = np.pi,
    noise_phase: float = 0.0,
    correlation: float = 1.0,
) -> float:
    """The binaural masking level difference in closed form, in dB.

    10 log10[(k - cos(phi_s - phi_n)) / (k - rho)] with k = (1 + s_e^2) exp(w^2 s_d^2), as Durlach (1963) and
    Culling, Hawley & Litovsky (2005) have it.

    Parameters
    ----------
    frequency_hz : float
        Of the tone.
    signal_phase, noise_phase : float
        Interaural phases, radians.
    correlation : float
        Interaural correlation of the noise after its phase is equalised, 0 to 1.

    Examples
    --------
    >>> round(masking_level_difference(500), 2)
    10.73
    """
    if not 0 <= correlation <= 1:
        raise ConfigurationError(
            f"A noise's interaural correlation lies between 0 and 1; {correlation:g} does not."
        )
    if not frequency_hz >= 0:
        raise ConfigurationError(f"A frequency cannot be {frequency_hz:g} Hz.")
    exponent = (2 * np.pi * frequency_hz * TIME_JITTER_S) ** 2
    # Divided by exp(w^2 s_d^2), which overflows where nothing is left of the jittered phases.
    kept = np.exp(-exponent)
    gain = 1 + AMPLITUDE_JITTER**2
    return float(
        10 * np.log10((gain - kept * np.cos(signal_phase - noise_phase)) / (gain - kept * correlation))
    )


def jittered_decibels(
    frequency_hz: float, draws: int, seed: int = 0, *, ears: int = 2, average: str = "ratio_of_means"
) -> float:
    """The same by drawing the jitter, for a tone and noise in a narrow band about it.

    The average over draws decides by 2 to 3 dB: `ratio_of_means` is the closed form, `mean_of_db` is not.

    Parameters
    ----------
    frequency_hz : float
    draws : int
    seed : int
    ears : {1, 2}
        How many of the ears are jittered.
    average : {"ratio_of_means", "mean_of_db"}
    """
    generator = np.random.default_rng(seed)
    left = _jitter(generator, draws, frequency_hz)
    right = _jitter(generator, draws, frequency_hz) if ears == 2 else np.ones(draws, complex)
    signal, noise = np.abs(left + right) ** 2, np.abs(left - right) ** 2
    if average == "mean_of_db":
        return float(np.mean(10 * np.log10(signal / noise)))
    return float(10 * np.log10(signal.mean() / noise.mean()))


def simulated_decibels(
    trials: list[tuple[Trial, float]], *, draws: int = 100, seed: int = 0, bandwidth: float = BANDWIDTH
) -> float:
    """The same from waveforms: what cancellation leaves of the signal against what it leaves of the noise.

    Parameters
    ----------
    trials : list of (Trial, float)
        Stimuli and the frequency of their tone, Hz, which is the same for all.
    draws : int
        Of the jitter, for each trial.
    seed : int
    bandwidth : float
        Of the band about the tone that is looked at, as a share of its frequency.

    Returns
    -------
    float
        dB; powers are averaged before their ratio is taken.
    """
    generator = np.random.default_rng(seed)
    powers = np.zeros(4)  # signal left and signal sent, noise left and noise sent
    for trial, frequency in trials:
        count = trial.noise.shape[-1]
        hertz = np.fft.rfftfreq(count, 1 / SAMPLE_RATE)
        band = np.abs(hertz - frequency) <= max(bandwidth * frequency / 2, 2 * SAMPLE_RATE / count)
        noise = np.fft.rfft(trial.noise)[:, band]
        signal = np.fft.rfft(trial.opposite - trial.noise)[:, band]
        gains = 1 + AMPLITUDE_JITTER * generator.standard_normal((draws, 2, 1))
        delays = TIME_JITTER_S * generator.standard_normal((draws, 2, 1))
        ears = gains * np.exp(-2j * np.pi * hertz[band] * delays)
        for place, spectrum in ((0, signal), (2, noise)):
            residual = ears[:, 0] * spectrum[0] - ears[:, 1] * spectrum[1]
            powers[place] += np.sum(np.abs(residual) ** 2) / draws
            powers[place + 1] += np.sum(np.abs(spectrum) ** 2)
    return float(10 * np.log10(powers[0] / powers[1] / (powers[2] / powers[3])))


def _jitter(generator: np.random.Generator, draws: int, frequency_hz: float) -> Complex:
    gains = 1 + AMPLITUDE_JITTER * generator.standard_normal(draws)
    delays: Floats = TIME_JITTER_S * generator.standard_normal(draws)
    ear: Complex = gains * np.exp(-2j * np.pi * frequency_hz * delays)
    return ear
