"""What a browser draws a recording from: its outline and its spectrogram, small arrays of bytes."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from amarathon.audio import SAMPLE_RATE, waveform_peaks

MOST_BINS = 4096
MEL_BANDS = 64
WINDOW = 512
# Spectra taken for each column: enough to see what a column of several seconds holds.
SPECTRA_PER_COLUMN = 4
RANGE_DB = 70.0


def outline(samples: NDArray[np.float32], bins: int) -> bytes:
    """Lowest and highest sample of equal spans.

    Parameters
    ----------
    samples : ndarray of float32, shape (n,)
    bins : int

    Returns
    -------
    bytes
        int8, bins x 2; 127 is full scale.
    """
    peaks = waveform_peaks(samples, bins)
    scaled: NDArray[np.int8] = np.rint(peaks.clip(-1, 1) * 127).astype(np.int8)
    return scaled.tobytes()


def spectrogram(samples: NDArray[np.float32], columns: int) -> bytes:
    """Mel spectrogram, in decibels under its own loudest point.

    Parameters
    ----------
    samples : ndarray of float32, shape (n,)
        16 kHz.
    columns : int

    Returns
    -------
    bytes
        uint8, columns x `MEL_BANDS`, lowest band first; 255 is the loudest, 0 is `RANGE_DB` below.
    """
    count = columns * SPECTRA_PER_COLUMN
    padded = np.pad(samples, WINDOW // 2)
    starts = np.arange(count) * len(samples) // count
    frames = padded[starts[:, None] + np.arange(WINDOW)] * np.hanning(WINDOW).astype(np.float32)
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2 @ _mel_filters()
    decibels = 10 * np.log10(power.reshape(columns, SPECTRA_PER_COLUMN, MEL_BANDS).mean(axis=1) + 1e-10)
    shares = (decibels - decibels.max()) / RANGE_DB + 1
    levels: NDArray[np.uint8] = np.rint(shares.clip(0, 1) * 255).astype(np.uint8)
    return levels.tobytes()


@cache
def _mel_filters() -> NDArray[np.float64]:
    """Triangular filters, shape (WINDOW // 2 + 1, MEL_BANDS)."""
    # Waits for a model that is being loaded to have it imported: see `live_demo.shared_model`.
    import transformers  # noqa: F401
    from transformers.audio_utils import mel_filter_bank

    filters: NDArray[np.float64] = mel_filter_bank(
        num_frequency_bins=WINDOW // 2 + 1,
        num_mel_filters=MEL_BANDS,
        min_frequency=40.0,
        max_frequency=SAMPLE_RATE / 2,
        sampling_rate=SAMPLE_RATE,
        norm="slaney",
        mel_scale="htk",
    )
    return filters
