"""Waveform peaks equal the plain loop and miss no sample."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from amarathon.audio import waveform_peaks


def peaks_by_loop(samples: np.ndarray, bins: int) -> np.ndarray:
    rows = []
    for number in range(bins):
        start, end = number * len(samples) // bins, (number + 1) * len(samples) // bins
        part = samples[start : max(end, start + 1)]
        rows.append((part.min(), part.max()))
    return np.array(rows, np.float32)


@given(length=st.integers(1, 300), bins=st.integers(1, 400), seed=st.integers(0, 10))
def test_peaks_equal_the_loop(length: int, bins: int, seed: int) -> None:
    samples = np.random.default_rng(seed).uniform(-1, 1, length).astype(np.float32)
    peaks = waveform_peaks(samples, bins)
    assert peaks.dtype == np.float32
    np.testing.assert_array_equal(peaks, peaks_by_loop(samples, bins))
    assert peaks.min() == samples.min()
    assert peaks.max() == samples.max()


def test_no_samples_draw_a_flat_line() -> None:
    np.testing.assert_array_equal(waveform_peaks(np.empty(0, np.float32), 3), np.zeros((3, 2)))
