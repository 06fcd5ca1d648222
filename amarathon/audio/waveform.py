"""A recording's outline, small enough to draw."""

import numpy as np
from numpy.typing import NDArray


def waveform_peaks(samples: NDArray[np.float32], bins: int) -> NDArray[np.float32]:
    """Find the lowest and the highest sample of each of `bins` equal spans.

    Parameters
    ----------
    samples : ndarray of float32, shape (n,)
    bins : int
        At least 1. With more bins than samples, neighbouring bins show the same sample.

    Returns
    -------
    ndarray of float32, shape (bins, 2)
        Minimum and maximum; zeros where there are no samples.
    """
    if not len(samples):
        return np.zeros((bins, 2), np.float32)
    starts = np.arange(bins) * len(samples) // bins
    lowest = np.minimum.reduceat(samples, starts)
    highest = np.maximum.reduceat(samples, starts)
    return np.stack([lowest, highest], axis=1).astype(np.float32, copy=False)
