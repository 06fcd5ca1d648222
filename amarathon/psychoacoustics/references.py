"""Encoders without weights, whose outcome is known: what others are read against."""

import hashlib
from functools import lru_cache
from typing import Literal

import numpy as np
from scipy.signal import stft
from transformers.audio_utils import mel_filter_bank

from amarathon.errors import ConfigurationError
from amarathon.psychoacoustics.encoder import EncoderIdentity
from amarathon.psychoacoustics.types import SAMPLE_RATE, Complex, Floats

FRAME, HOP, BANDS = 512, 256, 64
# Of a band's mean power, noise of RMS 1 having about .1.
SMALLEST_POWER = 1e-8
MOST_LAG_S = 1e-3
INTERNAL_NOISE_DB = -30.0


class LogMel:
    """Means over time of log-mel energies, one channel."""

    identity = EncoderIdentity("log-mel", "1", None, "Apache-2.0", "log-mel", "mean", 0)
    channels: Literal[1, 2] = 1
    shortest_s = FRAME / SAMPLE_RATE

    def embed(self, waveform: Floats, rate: int) -> Floats:
        """See `Encoder`."""
        levels: Floats = np.log(_mel_power(_checked(waveform, rate, 1))[0] + SMALLEST_POWER).mean(axis=-1)
        return levels


class Difference:
    """Mel powers of left minus right: cancellation without internal noise."""

    identity = EncoderIdentity("difference", "1", None, "Apache-2.0", "mel powers", "mean", 0)
    channels: Literal[1, 2] = 2
    shortest_s = FRAME / SAMPLE_RATE

    def embed(self, waveform: Floats, rate: int) -> Floats:
        """See `Encoder`."""
        ears = _checked(waveform, rate, 2)
        found: Floats = _mel_power(ears[:1] - ears[1:])[0].mean(axis=-1)
        return found


class GccPhat:
    """Generalised cross-correlation with phase transform (Knapp & Carter 1976), mean over frames.

    In N0 and S0N0 the ears are alike, so that without internal noise the phase is 0 exactly and the ratio
    infinite. Each ear therefore gets noise of its own, and its level and kind set the height of the outcome.

    Parameters
    ----------
    internal_noise_db : float
        Against the RMS of the sound.
    fresh : bool
        Drawn anew for each sound, by a digest of it, as in a listener; otherwise the same samples for all
        sounds, as the masker is the same for a trial's three.
    """

    channels: Literal[1, 2] = 2
    shortest_s = FRAME / SAMPLE_RATE

    def __init__(self, internal_noise_db: float = INTERNAL_NOISE_DB, fresh: bool = False):
        self._amplitude, self._fresh = 10 ** (internal_noise_db / 20), fresh
        kind = "fresh" if fresh else "frozen"
        self.identity = EncoderIdentity(
            "gcc-phat-fresh" if fresh else "gcc-phat",
            f"1, {kind} internal noise at {internal_noise_db:g} dB",
            None,
            "Apache-2.0",
            "lags within 1 ms",
            "mean",
            0,
        )

    def embed(self, waveform: Floats, rate: int) -> Floats:
        """See `Encoder`."""
        ears = _checked(waveform, rate, 2)
        digest = hashlib.sha256(np.ascontiguousarray(ears).tobytes() if self._fresh else b"").digest()
        generator = np.random.default_rng(int.from_bytes(digest[:8], "little"))
        level = np.sqrt(np.mean(ears**2))
        spectrum = _spectrum(ears + self._amplitude * level * generator.standard_normal(ears.shape))
        cross = spectrum[0] * spectrum[1].conj()
        whitened = cross / np.maximum(np.abs(cross), np.finfo(float).tiny)
        lags = np.fft.irfft(whitened.mean(axis=-1), n=FRAME)
        most = round(MOST_LAG_S * SAMPLE_RATE)
        found: Floats = np.concatenate([lags[-most:], lags[: most + 1]])
        return found


def _checked(waveform: Floats, rate: int, channels: int) -> Floats:
    if rate != SAMPLE_RATE:
        raise ConfigurationError(f"This encoder hears {SAMPLE_RATE} Hz; the sound has {rate} Hz.")
    if waveform.ndim != 2 or len(waveform) != channels:
        raise ConfigurationError(
            f"This encoder hears {channels} channel{'s' * (channels > 1)} at once; "
            f"the sound has shape {waveform.shape}."
        )
    return waveform.astype(np.float64, copy=False)


def _spectrum(sound: Floats) -> Complex:
    _, _, spectrum = stft(
        sound, SAMPLE_RATE, nperseg=FRAME, noverlap=FRAME - HOP, boundary=None, padded=False
    )
    scaled: Complex = spectrum * np.sqrt(FRAME)
    return scaled


def _mel_power(sound: Floats) -> Floats:
    """Shape (channels, bands, frames)."""
    powers: Floats = np.einsum("bk,cbt->ckt", _filters(), np.abs(_spectrum(sound)) ** 2)
    return powers


@lru_cache(maxsize=1)
def _filters() -> Floats:
    bank: Floats = mel_filter_bank(FRAME // 2 + 1, BANDS, 0.0, SAMPLE_RATE / 2, SAMPLE_RATE, mel_scale="htk")
    return bank
