"""What an encoder takes: one channel, long enough, and something to hear."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from amarathon.audio import SAMPLE_RATE
from amarathon.errors import AudioError

Samples = NDArray[np.float32]

# Peak below which nothing is heard; the limit of `amarathon.audio` too.
_SILENT = 10 ** (-80 / 20)


def checked(waveform: NDArray[Any], shortest_s: float) -> Samples:
    """Refuse what no embedding should be made of.

    Parameters
    ----------
    waveform : ndarray of shape (n,)
        16 kHz mono, full scale 1.
    shortest_s : float
        What the encoder needs.

    Raises
    ------
    AudioError
        It has more than one channel, is too short, silent, or holds numbers that are none.
    """
    if waveform.ndim != 1:
        raise AudioError(
            f"The clip has the shape {waveform.shape}: an encoder takes one channel, so mix it down first."
        )
    seconds = len(waveform) / SAMPLE_RATE
    if seconds < shortest_s:
        raise AudioError(
            f"The clip lasts {seconds:.3f} s; this encoder needs {shortest_s:g} s: take a longer one."
        )
    if not np.isfinite(waveform).all():
        raise AudioError("The clip holds NaN or infinite values.")
    if float(np.abs(waveform).max()) < _SILENT:
        raise AudioError("The clip is silent: there is nothing in it to embed.")
    return np.asarray(waveform, np.float32)
