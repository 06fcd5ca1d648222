"""How far a comparison is and how long it will still take, estimated from what it did so far."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from amarathon.generation.outcome import Outcome, Progress


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
        Configurations.
    elapsed_s : float
    left_s : float or None
        `None` until there is something to estimate it from.
    """

    configuration: str
    stage: str
    share: float
    done: int
    total: int
    elapsed_s: float
    left_s: float | None


class Stopwatch:
    """Follows a sweep's events.

    Parameters
    ----------
    total : int
        Configurations.
    expected_s : float, optional
        What one configuration took the last time, after the encoder, for about this much audio.
    clock : callable
        Seconds.
    """

    def __init__(
        self, total: int, expected_s: float | None = None, clock: Callable[[], float] = time.monotonic
    ):
        self._total, self._expected_s, self._clock = total, expected_s, clock
        self._start = clock()
        self._encoded: float | None = None
        self._done = 0
        self._last_done = 0.0
        self._doing = Progress("", "encoder", 0, total)

    def record(self, event: Progress | Outcome) -> None:
        """Take the next event of the sweep."""
        at = self._clock()
        if self._encoded is None and not (isinstance(event, Progress) and event.stage == "encoder"):
            self._encoded = self._last_done = at
        if isinstance(event, Outcome):
            self._done += 1
            self._last_done = at
        else:
            self._doing = event

    @property
    def seconds_per_configuration(self) -> float | None:
        """What a configuration takes after the encoder, on average."""
        if not self._done or self._encoded is None:
            return self._expected_s
        return (self._last_done - self._encoded) / self._done

    def progress(self) -> ComparisonProgress:
        """How far it is by now."""
        elapsed = self._clock() - self._start
        doing = self._doing
        return ComparisonProgress(
            doing.configuration,
            doing.stage,
            doing.share,
            self._done,
            self._total,
            elapsed,
            self._left(elapsed),
        )

    def _left(self, elapsed: float) -> float | None:
        configuration_s = self.seconds_per_configuration
        if configuration_s is None:
            return None
        if self._encoded is None:
            share = self._doing.share
            # Until the first part is encoded there is nothing to estimate the encoder's time from.
            return configuration_s * self._total + elapsed * (1 - share) / share if share else None
        since = self._clock() - self._last_done
        return max(configuration_s * (self._total - self._done) - since, 0.0)
