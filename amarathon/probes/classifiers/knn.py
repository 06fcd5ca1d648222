"""Nearest neighbours by cosine, their votes weighted by softmax(similarity / T).

References
----------
Wu et al., "Unsupervised Feature Learning via Non-Parametric Instance Discrimination" (arXiv 1805.01978):
the weights. k = 10 and T = 0.07 are X-ARES' (github.com/jimbozhang/xares).
"""

import numpy as np
from numpy.typing import NDArray

from amarathon.probes.classifiers.fitted import Fitted, Labels, Material, Vectors

NEIGHBOURS, TEMPERATURE = 10, 0.07


def neighbours(material: Material) -> Fitted:
    """Neighbours by the cosine of the embeddings as they are."""
    return Fitted(vote(_unit(material.train), material.train_labels, _unit(material.test), material.classes))


def centred_neighbours(material: Material) -> Fitted:
    """The same after the mean of the training split is taken from every embedding.

    A component that all embeddings share makes every cosine nearly 1.
    """
    mean = material.train.mean(axis=0, dtype=np.float64)
    train, test = _unit(material.train - mean), _unit(material.test - mean)
    return Fitted(vote(train, material.train_labels, test, material.classes))


def xares_neighbours(material: Material) -> Fitted:
    """As X-ARES' code has it, for comparison with its figures.

    Its class transposes the training embeddings before it normalises them along axis 1: what has length 1
    is each *dimension* over the training set, not each clip's embedding, so the similarity is no cosine.
    """
    train = np.asarray(material.train, np.float64)
    lengths = np.linalg.norm(train, axis=0)
    scaled = train / np.maximum(lengths, 1e-12)
    return Fitted(vote(scaled, material.train_labels, _unit(material.test), material.classes))


def vote(
    train: NDArray[np.float64],
    labels: Labels,
    test: NDArray[np.float64],
    classes: int,
    count: int = NEIGHBOURS,
) -> Labels:
    """Classes of the test split by weighted votes of the most similar training clips.

    Of equally similar clips the first ones vote, and of classes with equal votes the first one wins, so
    that the result depends on no library's order.

    Parameters
    ----------
    train, test : ndarray of shape (clips, width)
        Their inner products are the similarities.
    labels : ndarray of int, shape (clips,)
    classes : int
    count : int
        How many vote; all, where there are fewer.

    Returns
    -------
    ndarray of int, shape (clips,)
    """
    # Rounded so that sums in another order do not decide between equals.
    similarity = np.round(test @ train.T, 9)
    order = np.argsort(-similarity, axis=1, kind="stable")[:, :count]
    nearest = np.take_along_axis(similarity, order, axis=1) / TEMPERATURE
    weights = np.exp(nearest - nearest.max(axis=1, keepdims=True))
    votes = np.zeros((len(test), classes))
    np.add.at(votes, (np.arange(len(test))[:, None], labels[order]), weights)
    return np.asarray(votes.argmax(axis=1), np.int64)


def _unit(vectors: "Vectors | NDArray[np.float64]") -> NDArray[np.float64]:
    wide = np.asarray(vectors, np.float64)
    lengths = np.linalg.norm(wide, axis=1, keepdims=True)
    return np.asarray(wide / np.maximum(lengths, 1e-12), np.float64)
