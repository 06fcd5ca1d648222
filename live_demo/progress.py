"""How far a comparison is and how long it still computes, by what was expected and what it did so far."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from amarathon.generation.outcome import Outcome, Progress
from live_demo.estimate import ConfigurationCost, Expectation


@dataclass(frozen=True)
class ComparisonProgress:
    """What stands beside the progress bar.

    Attributes
    ----------
    configuration, stage : str
        What is being done.
    share : float
        How much of the stage is done, 0 to 1.
    done, total : int
        Configurations, each as often as it is timed.
    elapsed_s : float
    left_s : float or None
        `None` until there is something to estimate it from.
    text : str
        The reply so far.
    """

    configuration: str
    stage: str
    share: float
    done: int
    total: int
    elapsed_s: float
    left_s: float | None
    text: str = ""


class Stopwatch:
    """Follows a comparison's events, and says how long it still computes.

    Parameters
    ----------
    expectation : Expectation
    repeats : int
    clock : callable
        Seconds.
    """

    def __init__(
        self, expectation: Expectation, repeats: int = 1, clock: Callable[[], float] = time.monotonic
    ):
        self._expectation, self._clock, self._start = expectation, clock, clock()
        self.total = len(expectation.each) * repeats
        self._passes_left = repeats - 1
        self._encoder_share = 0.0
        self._left = dict(expectation.each)
        self._doing: Progress | None = None
        self.done = 0
        # How much slower than expected it goes, and how much longer its replies are.
        self._spent, self._expected = 0.0, 0.0
        self._tokens: list[int] = []

    def record(self, event: Progress | Outcome) -> None:
        """Take the next event."""
        if isinstance(event, Progress):
            self._doing = event
            self._encoder_share = event.share if event.stage == "encoder" else 1.0
            return
        self._encoder_share = 1.0
        expected = self._left.pop(event.configuration, None)
        self.done, self._doing = self.done + 1, None
        if expected is None or event.error is not None:
            return
        seconds = (event.timings.prefill_s or 0.0) + (event.timings.decode_s or 0.0)
        self._spent += seconds
        self._expected += replace(expected, tokens=float(max(event.new_tokens, 1))).whole.value
        self._tokens.append(event.new_tokens)

    def next_pass(self) -> None:
        """The same again: another repeat begins."""
        self._passes_left -= 1
        self._left, self._encoder_share, self._doing = dict(self._expectation.each), 0.0, None

    def progress(self, left_s: float | None) -> ComparisonProgress:
        """How far it is; `left_s` is until its end, others' turns counted."""
        doing = self._doing or Progress(next(iter(self._left), ""), "prefill", self.done, self.total)
        elapsed = self._clock() - self._start
        return ComparisonProgress(
            doing.configuration, doing.stage, doing.share, self.done, self.total, elapsed, left_s, doing.text
        )

    def left_s(self) -> float:
        """Seconds of computing that are likely to be left."""
        pace = self._spent / self._expected if self._expected else 1.0
        one = sum(self._of(name).whole.value for name in self._expectation.each) * pace
        encoder = self._expectation.encoder.value
        left = encoder * (1 - self._encoder_share)
        for name in self._left:
            left += self._rest(name) * pace
        return left + self._passes_left * (encoder + one)

    def _of(self, name: str) -> ConfigurationCost:
        """With the length that this comparison's own replies have had."""
        each = self._expectation.each[name]
        return replace(each, tokens=sum(self._tokens) / len(self._tokens)) if self._tokens else each

    def _rest(self, name: str) -> float:
        each, doing = self._of(name), self._doing
        if doing is None or doing.configuration != name or doing.stage != "decode":
            return each.whole.value
        # Longer than expected already: it may as well go on for a quarter of what is there.
        more = max(each.tokens - doing.tokens, doing.tokens / 4)
        limit = doing.tokens / doing.share if doing.share else more
        return each.token.value * min(more, max(limit - doing.tokens, 0.0))
