"""Many channels to one, without losing what they have in opposite phase."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

# What is looked at at once: long enough for a few periods of any voice, short enough that rumble
# and drifting offsets are nearly constant in it and go with its mean.
WINDOW_S = 0.1
# Arrays of microphones have large matrices, and nobody swaps their wires: fewer, longer windows.
FEW_CHANNELS = 8
WINDOW_OF_MANY_S = 2.0
# A channel is lost where 10 dB less of it is left than of one that is unrelated to the others,
# and another one is its opposite. For two channels of equal power and correlation r both say
# r < -0.7.
LOST_LEVEL = 0.3
OPPOSITE_CORRELATION = -0.7
# Noise of amplifiers may cancel: what counts lies within 50 dB of the loudest window, over -80 dBFS.
AUDIBLE_SHARE = 10 ** (-50 / 20)
AUDIBLE_LEVEL = 1e-4
# Windows in a row before anything is done: one of them may cancel by chance.
FEWEST_WINDOWS = 2

Weights = NDArray[np.float32]


@dataclass(frozen=True)
class Choice:
    """How channels are better mixed than by their mean.

    Attributes
    ----------
    weights : mapping of int to ndarray of float32, shape (channels,)
        By the number of channels; their magnitudes add up to 1. Empty where the mean stays.
    remark : str
        What cancels and what is done, as the predicate of a sentence about the file.
    """

    weights: Mapping[int, Weights]
    remark: str


@dataclass
class Downmix:
    """The mean of all channels, or another weighting of them, block by block.

    Where channels are each other's opposite (a swapped wire, a faulty cable, karaoke and surround
    material), even for a moment and in one pair of many, their mean is silent though each of them
    is sound. While the mean is made the covariance of each window is kept, from which `choice`
    tells what is lost and which mix of the whole file loses least.

    Attributes
    ----------
    weights : mapping of int to ndarray
        By the number of channels; the mean for any other.
    """

    weights: Mapping[int, Weights] = field(default_factory=dict)
    _found: dict[int, list[NDArray[np.float32]]] = field(default_factory=lambda: defaultdict(list))
    _places: dict[int, list[NDArray[np.float64]]] = field(default_factory=lambda: defaultdict(list))
    _rest: NDArray[np.float32] | None = None
    _rate: int = 0
    _seconds: float = 0.0

    def __call__(self, rate: int, block: NDArray[np.float32]) -> NDArray[np.float32]:
        """Mix one block.

        Parameters
        ----------
        rate : int
            Hz.
        block : ndarray of float32, shape (channels, frames)

        Returns
        -------
        ndarray of float32, shape (frames,)
        """
        channels = len(block)
        weights = self.weights.get(channels)
        if weights is not None:
            used = np.flatnonzero(weights)
            return _sum(weights[index] * block[index] for index in used)
        if channels == 1:
            return np.asarray(block[0], order="C")
        if not self.weights:
            self._look(rate, block)
        mean = _sum(iter(block))
        mean *= np.float32(1 / channels)
        return mean

    def _look(self, rate: int, block: NDArray[np.float32]) -> None:
        """Keep the covariances of the windows that are full."""
        channels = len(block)
        if self._rest is not None and (rate, channels) == (self._rate, len(self._rest)):
            block = np.concatenate([self._rest, block], axis=1)
        else:
            self._close()
        self._rate = rate
        window = round(rate * _window_s(channels))
        count = block.shape[1] // window
        self._rest = block[:, count * window :].copy()
        if count:
            self._keep(block[:, : count * window].reshape(channels, count, window), window / rate)

    def _keep(self, windows: NDArray[np.float32], seconds: float) -> None:
        """Add windows, of shape (channels, windows, frames)."""
        channels, count, frames = windows.shape
        apart = windows.transpose(1, 0, 2)
        apart = apart - apart.mean(axis=2, keepdims=True)
        self._found[channels].append(apart @ apart.transpose(0, 2, 1) / np.float32(frames))
        self._places[channels].append(self._seconds + seconds * np.arange(count, dtype=np.float64))
        self._seconds += seconds * count

    def _close(self) -> None:
        """Add what does not fill a window, where channels or rate change and at the end."""
        if self._rest is not None and self._rest.shape[1] > round(self._rate * WINDOW_S) // 4:
            self._keep(self._rest[:, None], self._rest.shape[1] / self._rate)
        self._rest = None

    def choice(self) -> Choice | None:
        """What to do about what cancels; None where nothing does. Called once all blocks are through."""
        self._close()
        weights: dict[int, Weights] = {}
        remarks = []
        for channels, found in self._found.items():
            better = _Scene(np.concatenate(found), np.concatenate(self._places[channels])).better()
            if better is not None:
                chosen, remark = better
                remarks.append(remark)
                if chosen is not None:
                    weights[channels] = chosen
        return Choice(weights, "; it ".join(remarks)) if remarks else None


class _Scene:
    """The windows of a stretch with one number of channels.

    Parameters
    ----------
    covariances : ndarray of float32, shape (windows, channels, channels)
    places : ndarray of float64, shape (windows,)
        Where they begin, in seconds.
    """

    def __init__(self, covariances: NDArray[np.float32], places: NDArray[np.float64]):
        self._covariances, self._places = covariances, places
        self._levels = np.sqrt(np.maximum(np.einsum("kcc->kc", covariances), 0))
        self._safe = np.maximum(self._levels, 1e-12)
        self._audible = self._levels > max(AUDIBLE_LEVEL, AUDIBLE_SHARE * float(self._levels.max(initial=0)))
        self._channels = covariances.shape[1]

    def better(self) -> tuple[Weights | None, str] | None:
        """The mix that loses least and what to say; None where the mean loses nothing."""
        mean = np.full(self._channels, 1 / self._channels, np.float32)
        lost = _in_a_row(self._lost(mean))
        if not lost.any():
            return None
        # Sorting keeps the order of equals: the mean, the loudest channel, the others, turned ones.
        unchanged = "what is in opposite phase there is not heard"
        candidates = [(mean, unchanged), *self._single(), *self._turned(lost)]
        losses = [int(lost.sum()), *(int(self._lost(weights).sum()) for weights, _ in candidates[1:])]
        best = min(range(len(candidates)), key=losses.__getitem__)
        window_s = _window_s(self._channels)
        seconds, start = lost.sum() * window_s, self._places[int(lost.argmax())]
        remark = f"has channels that cancel each other for {seconds:.1f} s, from {start:.1f} s on: "
        remark += candidates[best][1]
        if best and losses[best]:
            remark += f", and for {losses[best] * window_s:.1f} s something of the others is missing"
        return (candidates[best][0] if best else None), remark

    def _single(self) -> Iterator[tuple[Weights, str]]:
        power = (self._levels.astype(np.float64) ** 2).sum(axis=0)
        for channel in np.argsort(-power, kind="stable")[: 2 * FEW_CHANNELS]:
            yield np.eye(self._channels, dtype=np.float32)[channel], f"channel {channel + 1} alone is taken"

    def _turned(self, lost: NDArray[np.bool_]) -> Iterator[tuple[Weights, str]]:
        """Mixes with one channel of each opposite pair turned over."""
        together = self._covariances[lost].sum(axis=0, dtype=np.float64)
        level = np.sqrt(np.maximum(np.diag(together), 1e-24))
        correlation = together / np.outer(level, level)
        signs = np.ones(self._channels, np.float32)
        for channel in range(1, self._channels):
            before = correlation[channel, :channel] * signs[:channel]
            if before[np.abs(before).argmax()] < OPPOSITE_CORRELATION:
                signs[channel] = -1
        turned = [str(channel + 1) for channel in np.flatnonzero(signs < 0)]
        if turned:
            noun = "channel" if len(turned) == 1 else "channels"
            yield signs / np.float32(self._channels), f"the polarity of {noun} {', '.join(turned)} is turned"

    def _lost(self, weights: Weights) -> NDArray[np.bool_]:
        """In which windows a mix loses a channel."""
        left = np.abs(self._covariances @ weights) / self._safe
        gone = self._audible & (left < LOST_LEVEL * self._levels / self._channels)
        if np.count_nonzero(weights) > 1:
            signs = np.sign(weights)
            signed = self._covariances * np.outer(signs, signs)
            correlation = signed / (self._safe[:, :, None] * self._safe[:, None, :])
            gone &= correlation.min(axis=2) < OPPOSITE_CORRELATION
        lost: NDArray[np.bool_] = gone.any(axis=1)
        return lost


def _in_a_row(lost: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Windows that are lost together with a neighbour; where there are too few to have one, all."""
    if len(lost) < FEWEST_WINDOWS:
        return lost
    padded = np.concatenate([[False], lost, [False]])
    together: NDArray[np.bool_] = lost & (padded[:-2] | padded[2:])
    return together


def _sum(channels: Iterator[NDArray[np.float32]]) -> NDArray[np.float32]:
    total: NDArray[np.float32] = next(channels).copy()
    for channel in channels:
        total += channel
    return total


def _window_s(channels: int) -> float:
    return WINDOW_S if channels <= FEW_CHANNELS else WINDOW_OF_MANY_S
