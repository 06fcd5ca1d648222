"""95% confidence intervals of plain means of scores, some of which may be over the same recordings."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from amarathon.metrics.intervals import Interval
from amarathon.metrics.statistic import Floats, Integers

MEAN_METHOD = "mover"


@dataclass(frozen=True)
class MeanTerm:
    """A score or a difference that a mean is taken over.

    Attributes
    ----------
    score : float
    interval : Interval or None
        Of this score alone; one without an interval is taken as it is.
    clusters : array of shape (clusters,)
        Numbers of its clusters, the same in all terms.
    deviations : array of shape (clusters,)
        What the score becomes without each, less the score.
    """

    score: float
    interval: Interval | None
    clusters: Integers
    deviations: Floats


def interval_of_mean(terms: Sequence[MeanTerm]) -> Interval | None:
    """The interval of the plain mean of scores, some of which may be over the same recordings.

    Returns
    -------
    Interval or None
        The term's own where there is only one; `None` where no term has an interval.
    """
    own = [term.interval for term in terms]
    if len(terms) == 1 or not any(own):
        return own[0] if own else None
    scores = np.array([term.score for term in terms])
    lows = np.array([term.score if term.interval is None else term.interval.low for term in terms])
    highs = np.array([term.score if term.interval is None else term.interval.high for term in terms])
    return Interval(*mean_ends(scores, lows, highs, _correlation(terms)), MEAN_METHOD)


def _correlation(terms: Sequence[MeanTerm]) -> Floats:
    """Correlation of terms' errors by their clusters in common, never below zero.

    Where one term does not vary, two that share clusters are taken to go together as far as they do.
    """
    size = 1 + max(int(term.clusters.max()) for term in terms)
    errors, there = np.zeros((2, len(terms), size))
    for row, term in enumerate(terms):
        errors[row, term.clusters] = np.nan_to_num(term.deviations)
        there[row, term.clusters] = 1
    norms = np.linalg.norm(errors, axis=1)
    still = (norms[:, None] == 0) | (norms == 0)
    together = _cosine(np.maximum(errors @ errors.T, 0), norms)
    shared = _cosine(there @ there.T, np.linalg.norm(there, axis=1))
    found: Floats = np.where(still, shared, together)
    np.fill_diagonal(found, 1)
    return found


def _cosine(products: Floats, norms: Floats) -> Floats:
    below = norms[:, None] * norms
    cosine: Floats = np.divide(products, below, out=np.zeros_like(products), where=below > 0)
    return cosine


def mean_ends(scores: Floats, lows: Floats, highs: Floats, correlation: Floats) -> tuple[float, float]:
    """Ends of the interval of a plain mean, from the intervals of its terms.

    Zou & Donner 2008 ("Construction of confidence limits about effect measures: a general approach"):
    the distances to the ends take the place of standard errors, below and above on their own.

    Parameters
    ----------
    scores, lows, highs : array of shape (terms,)
        A term without an interval has both ends at its score: it is taken as it is.
    correlation : array of shape (terms, terms)
        Of the terms' errors.
    """
    below, above = scores - lows, highs - scores
    mean, count = scores.mean(), len(scores)
    down, up = (
        float(np.sqrt(max(float(distances @ correlation @ distances), 0.0))) / count
        for distances in (below, above)
    )
    return float(mean - down), float(mean + up)
