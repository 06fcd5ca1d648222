"""How loud audio is before it is resampled: silence, numbers that are none, what lies over full scale."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from amarathon.audio.limits import HIGHEST_PEAK_DBFS, SILENCE_DBFS, refusal
from amarathon.audio.types import SAMPLE_RATE

# Resampling a constant rings where it begins and ends.
_EDGE = SAMPLE_RATE // 50
# Under a tenth of a decibel a change of level is nobody's business.
_WORTH_A_WORD = 10 ** (0.1 / 20)


@dataclass
class Levels:
    """The extremes of a mono signal, block by block."""

    lowest: float = np.inf
    highest: float = -np.inf

    def add(self, mono: NDArray[np.float32]) -> None:
        """Look at one block."""
        if len(mono):
            self.lowest = min(self.lowest, float(mono.min()))
            self.highest = max(self.highest, float(mono.max()))

    @property
    def peak(self) -> float:
        """The largest magnitude."""
        return max(self.highest, -self.lowest, 0.0)

    def is_silent(self, samples: NDArray[np.float32]) -> bool:
        """Whether there is nothing to hear, before or after resampling; a constant is nothing.

        Parameters
        ----------
        samples : ndarray of float32, shape (n,)
            Resampled: what lies over 8 kHz is not in it.
        """
        inner = samples[_EDGE:-_EDGE] if len(samples) > 4 * _EDGE else samples
        # Half the span, not the largest magnitude: a constant offset is silence too.
        spans = (self.highest - self.lowest, float(inner.max() - inner.min()))
        return min(spans) / 2 < 10 ** (SILENCE_DBFS / 20)

    def scale(self, samples: NDArray[np.float32], is_float: bool) -> list[str]:
        """Bring samples into full scale, in place.

        Floating-point and lossy codings go over it, and are turned down as a whole. Integers
        cannot, and keep their level: what resampling adds to a clipped one is cut.

        Returns
        -------
        list of str
            What to say about it.
        """
        over = is_float and self.peak > 1
        if over:
            samples *= np.float32(1 / self.peak)
        np.clip(samples, -1.0, 1.0, out=samples)
        if not over or self.peak < _WORTH_A_WORD:
            return []
        decibels = 20 * np.log10(self.peak)
        return [f"reaches {decibels:+.1f} dBFS: it is turned down by as much, so that nothing is clipped"]


def check_values(path: Path, block: NDArray[np.float32], start_s: float) -> None:
    """Refuse what is no sound.

    Raises
    ------
    AudioError
    """
    # maximum() keeps a NaN, which Python's max() loses.
    peak = float(np.maximum(block.max(), -block.min()))
    if not np.isfinite(peak):
        raise refusal(path, f"holds NaN or infinite values, from about {start_s:.1f} s on")
    if peak > 10 ** (HIGHEST_PEAK_DBFS / 20):
        scale = f"reaches {peak:,.4g} where full scale is 1"
        raise refusal(path, f"{scale}: floating-point audio has to be scaled to full scale first")
