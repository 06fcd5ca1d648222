"""Many channels to one."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

# Power of the mean against what unrelated channels would leave. Opposite-phase stereo (a swapped
# wire, some karaoke and surround material) leaves next to nothing; 20 dB under unrelated is that.
CANCELLED_POWER_RATIO = 0.01


@dataclass
class Downmix:
    """The mean of all channels, block by block, or one channel alone.

    Where channels are each other's opposite their mean is silence though every one of them is
    sound. `cancels` tells that once all blocks are through; the caller then decodes again with
    the `loudest` channel alone. It is never done for part of a file.

    Attributes
    ----------
    only : int or None
        The one channel to keep; None for the mean.
    """

    only: int | None = None
    _channel_power: NDArray[np.float64] = field(default_factory=lambda: np.zeros(1))
    _mean_power: float = 0.0

    def __call__(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        """Mix one block.

        Parameters
        ----------
        block : ndarray of float32, shape (channels, frames)

        Returns
        -------
        ndarray of float32, shape (frames,)
        """
        channels = len(block)
        if self.only is not None or channels == 1:
            return np.asarray(block[self.only or 0], order="C")
        mean: NDArray[np.float32] = block[0].copy()
        for channel in block[1:]:
            mean += channel
        mean *= np.float32(1 / channels)
        powers = np.array([np.dot(channel, channel) for channel in block], dtype=np.float64)
        self._channel_power = self._channel_power + powers
        self._mean_power += float(np.dot(mean, mean))
        return mean

    @property
    def cancels(self) -> bool:
        """Whether the channels so far cancel each other in the mean."""
        total = float(self._channel_power.sum())
        channels = len(self._channel_power)
        return channels > 1 and self._mean_power < CANCELLED_POWER_RATIO * total / channels**2

    @property
    def loudest(self) -> int:
        """The channel with the most power so far."""
        return int(self._channel_power.argmax())
