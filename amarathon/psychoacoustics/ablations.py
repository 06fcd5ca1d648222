"""What is taken away from stimuli, to see which cue an encoder lives on."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
from scipy.signal import butter, istft, sosfilt, sosfiltfilt, stft
from transformers.audio_utils import mel_filter_bank

from amarathon.errors import ConfigurationError
from amarathon.psychoacoustics.stimuli import Trial
from amarathon.psychoacoustics.types import SAMPLE_RATE, Complex, Floats

CUTOFF_HZ, CUTOFF_ORDER = 2000.0, 8
FRAME, HOP, BANDS = 512, 256, 40
CHANNELS, LOWEST_HZ, HIGHEST_HZ, ENVELOPE_HZ = 16, 80.0, 7600.0, 50.0


@dataclass(frozen=True)
class Ablation:
    """Something done to all three sounds of a trial alike.

    Attributes
    ----------
    name : str
    about : str
        What it takes away, and how.
    apply : callable
        ``apply(trial, seed)``.
    """

    name: str
    about: str
    apply: Callable[[Trial, int], Trial]


def _raw(trial: Trial, seed: int) -> Trial:
    return trial


def _highpass(trial: Trial, seed: int) -> Trial:
    sections = butter(CUTOFF_ORDER, CUTOFF_HZ, "highpass", fs=SAMPLE_RATE, output="sos")
    return _each(trial, lambda sound: sosfiltfilt(sections, sound, axis=-1))


def _energy(trial: Trial, seed: int) -> Trial:
    """Each band's energy of each frame and ear brought to that of the noise alone; phases stay."""
    wanted = _band_energies(_frames(trial.noise))

    def equalised(sound: Floats) -> Floats:
        spectrum = _frames(sound)
        ratio = wanted / np.maximum(_band_energies(spectrum), 1e-12)
        # Each bin by its bands' ratios, weighed as it counts in them.
        gains = np.sqrt(np.einsum("bk,ckt->cbt", _shares(), ratio))
        _, back = istft(spectrum * gains, SAMPLE_RATE, nperseg=FRAME, noverlap=FRAME - HOP)
        cut: Floats = back[:, : sound.shape[-1]]
        return cut

    return replace(trial, same=equalised(trial.same), opposite=equalised(trial.opposite))


def _vocoder(trial: Trial, seed: int) -> Trial:
    """Envelopes of bands on noise: the ears' carriers are independent, the three sounds' the same."""
    count = trial.noise.shape[-1]
    carriers = np.random.default_rng([seed, 2]).standard_normal((2, count))
    edges = np.geomspace(LOWEST_HZ, HIGHEST_HZ, CHANNELS + 1)
    smooth = butter(2, ENVELOPE_HZ, fs=SAMPLE_RATE, output="sos")
    bands = [butter(3, pair, "bandpass", fs=SAMPLE_RATE, output="sos") for pair in pairwise(edges)]
    carried = [sosfilt(band, carriers, axis=-1) for band in bands]

    def vocoded(sound: Floats) -> Floats:
        whole = np.zeros_like(sound)
        for band, carrier in zip(bands, carried, strict=True):
            envelope = sosfiltfilt(smooth, np.abs(sosfilt(band, sound, axis=-1)), axis=-1)
            whole += np.maximum(envelope, 0) * carrier
        return whole

    return _each(trial, vocoded)


ABLATIONS: dict[str, Ablation] = {
    ablation.name: ablation
    for ablation in (
        Ablation("raw", "Nothing.", _raw),
        Ablation(
            "highpass",
            f"All below {CUTOFF_HZ:g} Hz, by a Butterworth filter of order {CUTOFF_ORDER} forwards and "
            "backwards: fine structure that an auditory nerve follows.",
            _highpass,
        ),
        Ablation(
            "energy",
            f"Energy: in {BANDS} mel bands of frames of 32 ms each ear gets the energy of the noise alone. "
            "What is left of the signal is phase.",
            _energy,
        ),
        Ablation(
            "vocoder",
            f"Fine structure: envelopes below {ENVELOPE_HZ:g} Hz of {CHANNELS} bands, {LOWEST_HZ:g} to "
            f"{HIGHEST_HZ:g} Hz, on noise carriers that are independent between the ears.",
            _vocoder,
        ),
    )
}


def ablated(trial: Trial, name: str, seed: int) -> Trial:
    """Apply an ablation by its name; `seed` decides what is random in it.

    Raises
    ------
    ConfigurationError
        If there is none of that name.
    """
    if name not in ABLATIONS:
        raise ConfigurationError(f"There is no ablation {name!r}; there are {', '.join(ABLATIONS)}.")
    return ABLATIONS[name].apply(trial, seed)


def _each(trial: Trial, change: Callable[[Floats], Floats]) -> Trial:
    return Trial(change(trial.noise), change(trial.same), change(trial.opposite))


def _frames(sound: Floats) -> Complex:
    spectrum: Complex
    _, _, spectrum = stft(sound, SAMPLE_RATE, nperseg=FRAME, noverlap=FRAME - HOP)
    return spectrum


def _band_energies(spectrum: "np.ndarray") -> Floats:
    energies: Floats = np.einsum("bk,cbt->ckt", _filters(), np.abs(spectrum) ** 2)
    return energies


@lru_cache(maxsize=1)
def _filters() -> Floats:
    """Weights of each bin in each band, shape (bins, bands)."""
    bank: Floats = mel_filter_bank(FRAME // 2 + 1, BANDS, 0.0, SAMPLE_RATE / 2, SAMPLE_RATE, mel_scale="htk")
    return bank


@lru_cache(maxsize=1)
def _shares() -> Floats:
    """How much of each bin belongs to each band; bins that are in none belong to the nearest."""
    bank = _filters().copy()
    centres = (bank * np.arange(len(bank))[:, None]).sum(axis=0) / bank.sum(axis=0)
    for row in np.flatnonzero(bank.sum(axis=1) == 0):
        bank[row, np.abs(centres - row).argmin()] = 1.0
    shares: Floats = bank / bank.sum(axis=1, keepdims=True)
    return shares
