"""Fake speech: real recordings whose voice source is replaced, everything else left as it was.

The spectral envelope, the loudness over time and the bandwidth stay those of the recording, so
that neither level nor codec tells the fake from the real; what is gone is the living voice. It is
replaced by a pulse train of one pitch (a robot) or by noise (a whisper), and a robot is told from
a person by ear within a second.
"""

import numpy as np
from scipy.signal import get_window, istft, stft

from amarathon.audio import SAMPLE_RATE
from amarathon.construction.merging import Samples, rms

_FRAME, _STEP = 512, 128
# Quefrencies under this many samples describe the mouth, those above the voice (2 ms, 500 Hz).
_MOUTH = 32
KINDS = ("robot", "whisper")


def faked(samples: Samples, kind: str, rng: np.random.Generator) -> Samples:
    """Replace the voice in a recording.

    Parameters
    ----------
    samples : ndarray of float32, shape (n,)
    kind : {"robot", "whisper"}
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of float32, shape (n,)
        At the same level.
    """
    if len(samples) < _FRAME:
        return samples
    spectrum = _transformed(samples)
    source = _transformed(_pulses(len(samples), rng) if kind == "robot" else _noise(len(samples), rng))
    voiced = _envelope(spectrum) * source / np.maximum(_envelope(source), 1e-9)
    _, sound = istft(voiced, SAMPLE_RATE, _window(), _FRAME, _FRAME - _STEP)
    result = np.zeros(len(samples), np.float32)
    length = min(len(samples), len(sound))
    result[:length] = sound[:length]
    level = rms(result)
    return result * np.float32(rms(samples) / level) if level > 0 else samples


def _window() -> np.typing.NDArray[np.float64]:
    window: np.typing.NDArray[np.float64] = get_window("hann", _FRAME)
    return window


def _transformed(samples: Samples) -> np.typing.NDArray[np.complex128]:
    result: np.typing.NDArray[np.complex128] = stft(samples, SAMPLE_RATE, _window(), _FRAME, _FRAME - _STEP)[
        2
    ]
    return result


def _envelope(spectrum: np.typing.NDArray[np.complex128]) -> np.typing.NDArray[np.float64]:
    """The mouth's part of a spectrum, by the cepstrum's low quefrencies."""
    cepstrum = np.fft.irfft(np.log(np.abs(spectrum) + 1e-7), axis=0)
    cepstrum[_MOUTH:-_MOUTH] = 0
    return np.asarray(np.exp(np.fft.rfft(cepstrum, axis=0).real))


def _pulses(length: int, rng: np.random.Generator) -> Samples:
    pulses = np.zeros(length, np.float32)
    pulses[:: round(SAMPLE_RATE / float(rng.uniform(80, 160)))] = 1.0
    return pulses


def _noise(length: int, rng: np.random.Generator) -> Samples:
    return rng.standard_normal(length, dtype=np.float32)
