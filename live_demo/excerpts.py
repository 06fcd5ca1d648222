"""What a method kept or removed, to listen to."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from amarathon.audio import SAMPLE_RATE

FADE_S = 0.004

Spans = Sequence[tuple[float, float]]
# What was kept, closed up or in its place with silence between; or what was removed, closed up.
Form = Literal["closed", "gaps", "removed"]


def excerpt(samples: NDArray[np.float32], spans: Spans, form: Form) -> NDArray[np.float32]:
    """Make what a listener hears of a recording whose `spans` a method kept.

    Parameters
    ----------
    samples : ndarray of float32, shape (n,)
        16 kHz.
    spans : sequence of (float, float)
        Seconds, sorted and disjoint.
    form : {"closed", "gaps", "removed"}

    Returns
    -------
    ndarray of float32
    """
    if form == "gaps":
        return with_gaps(samples, spans)
    return join_spans(
        samples, spans if form == "closed" else spans_between(spans, len(samples) / SAMPLE_RATE)
    )


def spans_between(spans: Spans, duration_s: float) -> list[tuple[float, float]]:
    """What lies between sorted spans, from a recording's start to its end."""
    starts = [0.0, *(end for _, end in spans)]
    ends = [*(start for start, _ in spans), duration_s]
    return [(start, end) for start, end in zip(starts, ends, strict=True) if end > start]


def with_gaps(samples: NDArray[np.float32], spans: Spans) -> NDArray[np.float32]:
    """Leave spans of a recording in their place and silence everything else.

    A span fades in and out within itself, except at the recording's own ends.
    """
    gain = np.zeros(len(samples), np.float32)
    for first, last in _bounds(samples, spans):
        gain[first:last] = 1
        length = min(round(FADE_S * SAMPLE_RATE), (last - first) // 2)
        rise = np.linspace(0, 1, length, endpoint=False, dtype=np.float32)
        if first:
            gain[first : first + length] = rise
        if length and last < len(samples):
            gain[last - length : last] = rise[::-1]
    result: NDArray[np.float32] = samples * gain
    return result


def join_spans(samples: NDArray[np.float32], spans: Spans) -> NDArray[np.float32]:
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
    bounds = _bounds(samples, spans)
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


def _bounds(samples: NDArray[np.float32], spans: Spans) -> list[tuple[int, int]]:
    """Spans in samples, none beyond the end."""
    return [
        (min(round(start * SAMPLE_RATE), len(samples)), min(round(end * SAMPLE_RATE), len(samples)))
        for start, end in spans
    ]
