"""Scores that depend on samples only through counts that add up."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Class = TypeVar("Class", bound=int | str)


@dataclass(frozen=True)
class Statistic:
    """A score as a function of counts that add up over samples.

    Attributes
    ----------
    counts : array of shape (samples, cells)
        What each sample adds.
    clusters : array of shape (samples,)
        The cluster that each sample belongs to, numbered jointly for all statistics that are
        resampled together; see `find_clusters`.
    value : callable
        Scores from sums of counts: (..., cells) to (...); NaN where there is nothing to score.
    """

    counts: Floats
    clusters: Integers
    value: Callable[[Floats], Floats]

    def score(self) -> float:
        """The score of all samples."""
        return float(self.value(self.counts.sum(axis=0)))

    def by_cluster(self) -> tuple[Integers, Floats]:
        """The clusters that occur, ascending, and the counts that each adds."""
        clusters, inverse = np.unique(self.clusters, return_inverse=True)
        sums = np.zeros((len(clusters), self.counts.shape[1]))
        np.add.at(sums, inverse, self.counts)
        return clusters, sums


def choice_statistic(
    gold: Sequence[Class],
    read: Sequence[Class | None],
    clusters: Integers,
    value: Callable[[Floats], Floats],
    *,
    classes: Collection[Class] = (),
) -> Statistic:
    """Make the statistic of multiple-choice answers.

    Parameters
    ----------
    gold, read : sequence of int or str
        Right class of each sample and the class read, `None` where the reply was not read.
    clusters : array of shape (samples,)
    value : callable
        `macro_f1_of` or `accuracy_of`.
    classes : collection, optional
        Classes that occur elsewhere: two statistics that are compared need the same.
    """
    known = sorted({*classes, *gold, *(each for each in read if each is not None)})
    number: dict[Class | None, int] = {each: place for place, each in enumerate([*known, None])}
    counts = np.zeros((len(gold), len(known), len(known) + 1))
    counts[np.arange(len(gold)), [number[each] for each in gold], [number[each] for each in read]] = 1
    return Statistic(counts.reshape(len(gold), len(known) * (len(known) + 1)), clusters, value)


def macro_f1_of(counts: Floats) -> Floats:
    """Macro F1 (0-100) of confusion matrices (..., K * (K + 1)), the last column being unread.

    The mean is taken over the classes that occur, as `amarathon.metrics.macro_f1` does.
    """
    matrices = _confusions(counts)
    hits = np.diagonal(matrices[..., :-1], axis1=-2, axis2=-1)
    total = matrices.sum(axis=-1) + matrices[..., :-1].sum(axis=-2)
    occurs = total > 0
    scores = np.divide(2 * hits, total, out=np.zeros_like(total), where=occurs)
    return 100 * _ratio(scores.sum(axis=-1), occurs.sum(axis=-1))


def accuracy_of(counts: Floats) -> Floats:
    """Accuracy (0-100) of confusion matrices (..., K * (K + 1)), the last column being unread."""
    matrices = _confusions(counts)
    hits = np.trace(matrices[..., :-1], axis1=-2, axis2=-1)
    return 100 * _ratio(hits, matrices.sum(axis=(-2, -1)))


def word_accuracy_of(counts: Floats) -> Floats:
    """Word accuracy rate (0-100) of sums of error and of what it is divided by: (..., 2) to (...)."""
    return np.maximum(0.0, 100 * (1 - _ratio(counts[..., 0], counts[..., 1])))


def _confusions(counts: Floats) -> Floats:
    classes = (int(np.sqrt(4 * counts.shape[-1] + 1)) - 1) // 2
    return counts.reshape(*counts.shape[:-1], classes, classes + 1)


def _ratio(above: Floats, below: NDArray[Any]) -> Floats:
    ratio: Floats = np.divide(above, below, out=np.full(np.shape(above), np.nan), where=np.asarray(below) > 0)
    return ratio
