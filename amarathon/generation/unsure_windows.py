"""Which windows of a transcript fail the checkpoint's own checks even at its last attempt.

Whisper measures each window's text: how well it can be compressed, for a loop can be well, and how probable
its tokens were (Radford et al., arXiv 2212.04356, section 4.5). Text that fails is written again at a higher
temperature; what fails at the highest one stays all the same. Speech of another language, music and noise
end there: what is written then may have been said by nobody.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

from amarathon.compression.target import replaced
from amarathon.models.whisper import Whisper


@contextmanager
def checked_windows(model: Any, window_start: Callable[[], int]) -> Iterator[dict[int, bool]]:
    """Note of each window, by the feature frame that it begins at, whether its last text failed.

    Parameters
    ----------
    model : WhisperForConditionalGeneration
    window_start : callable
        The frame that the window at work begins at.
    """
    found: dict[int, bool] = {}
    check = model._need_fallback

    def checked(*args: Any, **kwargs: Any) -> Any:
        failed, is_skipped = check(*args, **kwargs)
        found[window_start()] = bool(failed)
        return failed, is_skipped

    with replaced(model, "_need_fallback", checked):
        yield found


def unsure_spans(
    failed: dict[int, bool], model: Whisper, duration_s: float
) -> tuple[tuple[float, float], ...]:
    """The seconds whose text comes from a window that failed: up to the next window, or the end.

    Parameters
    ----------
    failed : dict of int to bool
        See `checked_windows`.
    model : Whisper
    duration_s : float
        Of the recording.

    Returns
    -------
    tuple of (float, float)
        Sorted; neighbours are one span.
    """
    spans: list[tuple[float, float]] = []
    for frame, next_frame in pairwise([*sorted(failed), math.inf]):
        start_s, next_s = frame / model.frames_per_second, next_frame / model.frames_per_second
        end_s = min(next_s, start_s + model.piece_s, duration_s)
        if not failed[int(frame)] or end_s <= start_s:
            continue
        if spans and spans[-1][1] == start_s:
            spans[-1] = (spans[-1][0], end_s)
        else:
            spans.append((start_s, end_s))
    return tuple(spans)
