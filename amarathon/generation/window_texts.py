"""A transcript as far as it is written, put together from the windows of its recording.

The finished one is transformers' own; this is what can be read meanwhile.
"""

from collections.abc import Callable, Sequence

from amarathon.models.whisper import Whisper

# A time stamp counts in steps of two feature frames, 0.02 s.
FRAMES_PER_STAMP = 2


class WindowTexts:
    """The tokens of each window so far.

    Parameters
    ----------
    model : Whisper
    window_start : callable
        The feature frame that the window at work begins at.
    """

    def __init__(self, model: Whisper, window_start: Callable[[], int]):
        self._model, self._window_start = model, window_start
        self._at: int | None = None
        self._window: Sequence[int] = ()
        self._before: list[int] = []

    def with_window(self, tokens: Sequence[int]) -> str:
        """The text with a window's `tokens` so far; a second attempt at a window replaces the first."""
        start = self._window_start()
        if self._at is not None and start != self._at:
            self._before += self._heard(start - self._at)
        self._at, self._window = start, tokens
        return self._model.text([*self._before, *tokens]).rstrip("\ufffd")

    def _heard(self, frames: int) -> list[int]:
        """What of the last window stays when the next begins `frames` later: the rest is heard again."""
        no_time = getattr(self._model.model.generation_config, "no_timestamps_token_id", None)
        tokens = list(self._window)
        if no_time is None:
            return tokens
        stamp = no_time + 1 + frames // FRAMES_PER_STAMP
        return tokens[: tokens.index(stamp)] if stamp in tokens else tokens
