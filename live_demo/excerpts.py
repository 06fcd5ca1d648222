"""What a method kept, to listen to."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from amarathon.audio import SAMPLE_RATE

FADE_S = 0.004


def join_spans(samples: NDArray[np.float32], spans: Sequence[tuple[float, float]]) -> NDArray[np.float32]:
    """Put spans of a recording one behind the other, with short cross-fades against clicks.

    Every span is lengthened by `FADE_S` at its start, where it fades in while the one before it
    fades out: the result is as long as the spans together.

    Parameters
    ----------
    samples : ndarray of float32, shape (n,)
        16 kHz.
    spans : sequence of (float, float)
        Seconds, sorted and disjoint.

    Returns
    -------
    ndarray of float32
    """
    fade = round(FADE_S * SAMPLE_RATE)
    rise = np.linspace(0, 1, fade, endpoint=False, dtype=np.float32)
    bounds = [
        (min(round(start * SAMPLE_RATE), len(samples)), min(round(end * SAMPLE_RATE), len(samples)))
        for start, end in spans
    ]
    joined = np.zeros(sum(end - start for start, end in bounds), np.float32)
    offset = 0
    for start, end in bounds:
        joined[offset : offset + end - start] = samples[start:end]
        lead = min(fade, offset, start)
        if lead:
            weights = rise[-lead:]
            before = joined[offset - lead : offset]
            before *= 1 - weights
            before += samples[start - lead : start] * weights
        offset += end - start
    return joined
