"""What a probe is given, and what it gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Labels = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Material:
    """Embeddings of a task's three splits with the numbers of their classes.

    Attributes
    ----------
    train, validation, test : ndarray of shape (clips, width)
    train_labels, validation_labels : ndarray of int, shape (clips,)
        From 0; the test split's are not here.
    classes : int
    seed : int
    """

    train: Vectors
    train_labels: Labels
    validation: Vectors
    validation_labels: Labels
    test: Vectors
    classes: int
    seed: int = 0

    def standardised(self) -> "Material":
        """The same with the training split's mean 0 and deviation 1 in every dimension that varies."""
        mean = self.train.mean(axis=0, dtype=np.float64)
        spread = self.train.std(axis=0, dtype=np.float64)
        # A dimension that is constant up to rounding says nothing, and must not be blown up.
        spread[spread < 1e-6 * np.maximum(np.abs(mean), 1)] = np.inf

        def scaled(vectors: Vectors) -> Vectors:
            return np.asarray((vectors - mean) / spread, np.float32)

        return Material(
            scaled(self.train),
            self.train_labels,
            scaled(self.validation),
            self.validation_labels,
            scaled(self.test),
            self.classes,
            self.seed,
        )


@dataclass(frozen=True, eq=False)
class Fitted:
    """What a probe takes the test split for.

    Attributes
    ----------
    predicted : ndarray of int, shape (clips,)
    chosen : mapping of str to float
        What was chosen on the validation split; empty where nothing is.
    validation : float or None
        Accuracy there, 0 to 100, of what was chosen.
    """

    predicted: Labels
    chosen: Mapping[str, float] = field(default_factory=dict)
    validation: float | None = None


def accuracy(predicted: Labels, labels: Labels) -> float:
    """Share of labels that are right, 0 to 100."""
    return 100 * float((predicted == labels).mean())
