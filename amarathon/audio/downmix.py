"""Many channels to one, without losing what they have in opposite phase."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
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
    _starts_s: dict[int, list[NDArray[np.float64]]] = field(default_factory=lambda: defaultdict(list))
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
        """Add windows, of shape (channels, windows, frames).

        They are looked at as they are, without their mean, and as differences from sample to
        sample: wind and handling noise are the same in all channels and would hide what cancels.
        """
        channels, count, frames = windows.shape
        apart = windows.transpose(1, 0, 2)
        views = (apart - apart.mean(axis=2, keepdims=True), np.diff(apart, axis=2))
        covariances = [view @ view.transpose(0, 2, 1) / np.float32(frames) for view in views]
        self._found[channels].append(np.stack(covariances))
        self._starts_s[channels].append(self._seconds + seconds * np.arange(count, dtype=np.float64))
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
            better = _Scene(np.concatenate(found, axis=1), np.concatenate(self._starts_s[channels])).better()
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
    covariances : ndarray of float32, shape (2, windows, channels, channels)
        Of the samples, and of their differences.
    starts_s : ndarray of float64, shape (windows,)
        Where they begin, in seconds.
    """

    def __init__(self, covariances: NDArray[np.float32], starts_s: NDArray[np.float64]):
        self._covariances, self._starts_s = covariances, starts_s
        self._levels = np.sqrt(np.maximum(np.einsum("vkcc->vkc", covariances), 0))
        self._safe = np.maximum(self._levels, 1e-12)
        self._correlations = covariances / (self._safe[..., :, None] * self._safe[..., None, :])
        loudest = self._levels.max(axis=(1, 2), keepdims=True, initial=0)
        self._audible = self._levels > np.maximum(AUDIBLE_LEVEL, AUDIBLE_SHARE * loudest)
        self._channels = covariances.shape[2]

    def better(self) -> tuple[Weights | None, str] | None:
        """The mix that loses least and what to say; None where the mean loses nothing."""
        mean = np.full(self._channels, 1 / self._channels, np.float32)
        lost = _in_a_row(self._lost(mean))
        if not lost.any():
            return None
        unchanged = "what is in opposite phase there is not heard"
        candidates = [(mean, unchanged), *self._others(lost)]
        losses = [int(lost.sum()), *(int(self._lost(weights).sum()) for weights, _ in candidates[1:])]
        best = min(range(len(candidates)), key=losses.__getitem__)  # the first of equals
        window_s = _window_s(self._channels)
        seconds, start = lost.sum() * window_s, self._starts_s[int(lost.argmax())]
        remark = f"has channels that cancel each other for {seconds:.1f} s, from {start:.1f} s on: "
        remark += candidates[best][1]
        if best and losses[best]:
            remark += f", and for {losses[best] * window_s:.1f} s something of the others is missing"
        return (candidates[best][0] if best else None), remark

    def _others(self, lost: NDArray[np.bool_]) -> Iterator[tuple[Weights, str]]:
        """Mixes in which pairs that cancel do not: without one of them, turned over, one channel alone."""
        power = np.diagonal(self._covariances[0], axis1=1, axis2=2).sum(axis=0, dtype=np.float64)
        together = self._covariances[:, lost].sum(axis=1, dtype=np.float64)
        level = np.sqrt(np.maximum(np.einsum("vcc->vc", together), 1e-24))
        correlation = (together / (level[:, :, None] * level[:, None, :])).min(axis=0)
        pairs = np.argwhere(np.triu(correlation < OPPOSITE_CORRELATION, 1))
        by_power = [(int(a), int(b)) if power[a] >= power[b] else (int(b), int(a)) for a, b in pairs]
        for dropped in ({quiet for _, quiet in by_power}, {loud for loud, _ in by_power}):
            if len(dropped) < self._channels:
                yield self._without(dropped)
        signs = np.ones(self._channels, np.float32)
        for channel in range(1, self._channels):
            before = correlation[channel, :channel]
            opposite = int(before.argmin())
            if before[opposite] < OPPOSITE_CORRELATION:
                signs[channel] = -signs[opposite]
        yield (
            signs / np.float32(self._channels),
            f"the polarity of {_named(np.flatnonzero(signs < 0))} is turned",
        )
        for channel in np.argsort(-power, kind="stable")[:FEW_CHANNELS]:
            yield self._without(set(range(self._channels)) - {int(channel)})

    def _without(self, dropped: Set[int]) -> tuple[Weights, str]:
        kept = [channel for channel in range(self._channels) if channel not in dropped]
        weights = np.zeros(self._channels, np.float32)
        weights[kept] = 1 / len(kept)
        alone = f"{_named(kept)} alone is taken"
        return weights, alone if len(kept) == 1 else f"without {_named(sorted(dropped))} it is mixed"

    def _lost(self, weights: Weights) -> NDArray[np.bool_]:
        """In which windows a mix loses a channel.

        One that is mixed in is lost where little of it is left and another one is its opposite: of
        unrelated channels as little may be left by chance. One that is left out is lost where it
        is like none that is mixed in.
        """
        left = np.abs(self._covariances @ weights) / self._safe
        faint = left < LOST_LEVEL * self._levels / self._channels
        signed = self._correlations * np.outer(np.sign(weights), np.sign(weights))
        cancelled = faint & (signed.min(axis=3) < OPPOSITE_CORRELATION)
        used = weights != 0
        unlike = np.abs(self._correlations[..., used]).max(axis=3) < LOST_LEVEL
        lost: NDArray[np.bool_] = (self._audible & np.where(used, cancelled, unlike)).any(axis=(0, 2))
        return lost


def _named(channels: Iterable[int]) -> str:
    """Channels as a person counts them: ``"channels 2, 4"``."""
    numbers = [str(channel + 1) for channel in channels]
    return f"{'channel' if len(numbers) == 1 else 'channels'} {', '.join(numbers)}"


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
