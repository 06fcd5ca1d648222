"""Scores that depend on samples only through counts that add up."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import cache
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
        compared or averaged; see `find_clusters`.
    value : callable
        Scores from sums of counts: (..., cells) to (...); NaN where there is nothing to score.
    weights : array of shape (samples,)
        How much each sample counts in the score: all alike by default, words in word accuracy, and in
        macro F1 the less the more samples its class has.
    units : array of int, shape (samples,)
        Equal for answers to one question, which are no more evidence than one; all different by default.
    """

    counts: Floats
    clusters: Integers
    value: Callable[[Floats], Floats]
    weights: Floats = field(default_factory=lambda: np.empty(0))
    units: Integers = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def __post_init__(self) -> None:
        if not len(self.weights):
            object.__setattr__(self, "weights", np.ones(len(self.counts)))
        if not len(self.units):
            object.__setattr__(self, "units", np.arange(len(self.counts)))

    def score(self) -> float:
        """The score of all samples."""
        return float(self.value(self.counts.sum(axis=0)))

    def by_cluster(self) -> tuple[Integers, Floats]:
        """The clusters that occur, ascending, and the counts that each adds."""
        clusters, inverse = np.unique(self.clusters, return_inverse=True)
        sums = np.zeros((len(clusters), self.counts.shape[1]))
        np.add.at(sums, inverse, self.counts)
        return clusters, sums

    def left_out(self) -> Floats:
        """The score without each of the clusters that occur, ascending: shape (clusters,).

        NaN where nothing is left.
        """
        sums = self.by_cluster()[1]
        return self.value(sums.sum(axis=0) - sums)

    def effective_samples(self) -> Floats:
        """How many equally weighted samples the weighted ones are worth; see `effective_number`."""
        return self._effective(self.units)

    def effective_clusters(self) -> Floats:
        """The same of clusters, by the weight that each has in all."""
        return self._effective(self.clusters)

    def _effective(self, groups: Integers) -> Floats:
        inverse = np.unique(groups, return_inverse=True)[1]
        return effective_number(np.bincount(inverse, weights=self.weights).astype(np.float64))


def effective_number(weights: Floats) -> Floats:
    """Effective number of things of unequal weight (Kish 1965): (..., things) to (...)."""
    return _ratio(weights.sum(axis=-1) ** 2, (weights**2).sum(axis=-1))


def weights_by_class(gold: Sequence[Class]) -> Floats:
    """Weights of samples in a mean over classes: one over the samples of the same class."""
    of_class = Counter(gold)
    return np.array([1 / of_class[label] for label in gold], dtype=float)


def choice_statistic(
    gold: Sequence[Class],
    read: Sequence[Class | None],
    clusters: Integers,
    value: Callable[[Floats], Floats],
    *,
    classes: Collection[Class] = (),
    units: Integers | None = None,
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
    units : array of int, shape (samples,), optional
        Which answers are to one question; see `Statistic`.
    """
    known = sorted({*classes, *gold, *(label for label in read if label is not None)})
    index_of: dict[Class | None, int] = {label: index for index, label in enumerate([*known, None])}
    counts = np.zeros((len(gold), len(known), len(known) + 1))
    counts[np.arange(len(gold)), [index_of[label] for label in gold], [index_of[label] for label in read]] = 1
    weights = weights_by_class(gold) if value is macro_f1_of else np.ones(len(gold))
    cells = counts.reshape(len(gold), len(known) * (len(known) + 1))
    return Statistic(cells, clusters, value, weights, np.arange(len(gold)) if units is None else units)


def macro_f1_of(counts: Floats) -> Floats:
    """Macro F1 (0-100) of confusion matrices (..., K * (K + 1)), the last column being unread.

    The mean is taken over the classes that occur, as `amarathon.metrics.scores.macro_f1` does.
    """
    hit, member = _cells_of(counts.shape[-1])
    # Counts are whole numbers, whose sums are exact in any order.
    hits, total = counts @ hit, counts @ member
    occurs = total > 0
    scores = np.divide(2 * hits, total, out=np.zeros_like(total), where=occurs)
    return 100 * _ratio(scores.sum(axis=-1), occurs.sum(axis=-1))


def accuracy_of(counts: Floats) -> Floats:
    """Accuracy (0-100) of confusion matrices (..., K * (K + 1)), the last column being unread."""
    hit, _ = _cells_of(counts.shape[-1])
    return 100 * _ratio((counts @ hit).sum(axis=-1), counts.sum(axis=-1))


def word_accuracy_of(counts: Floats) -> Floats:
    """Word accuracy rate (0-100) of sums of error and of what it is divided by: (..., 2) to (...)."""
    return np.maximum(0.0, 100 * (1 - _ratio(counts[..., 0], counts[..., 1])))


@cache
def _cells_of(cells: int) -> tuple[Floats, Floats]:
    """Which cells of a confusion matrix are hits of each class, and how often each is of the class.

    Two arrays of shape (K * (K + 1), K); a hit is a member by its row and by its column.
    """
    classes = (int(np.sqrt(4 * cells + 1)) - 1) // 2
    row, column = np.divmod(np.arange(cells), classes + 1)
    each = np.arange(classes)
    of_row, of_column = (row[:, None] == each).astype(float), (column[:, None] == each).astype(float)
    return of_row * of_column, of_row + of_column


def _ratio(above: Floats, below: NDArray[Any]) -> Floats:
    ratio: Floats = np.divide(above, below, out=np.full(np.shape(above), np.nan), where=np.asarray(below) > 0)
    return ratio
