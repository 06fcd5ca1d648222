"""95% confidence intervals of scores and of differences, from few groups of recordings.

Scores are treated as shares of an effective number of independent answers, as surveys do (Korn &
Graubard 1998, "Confidence intervals for proportions with small expected number of positive counts
estimated from survey data"; the standard of the US National Center for Health Statistics). Their
formula alone is too short where recordings are few, differ in size or rarely fail; what is added to it
was chosen by simulation: `benchmarks/coverage.py` measures it and writes ``docs/findings/intervals.md``.

All functions take arrays with any leading axes, so that thousands of simulated runs are one call.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv, ndtri, stdtrit

from amarathon.metrics.statistic import Floats, Statistic

LEVEL = 0.95
# From fewer groups of recordings no interval is made: it would say next to nothing.
MIN_CLUSTERS = 5
# Answers about one recording are never taken to be less alike than this: few recordings cannot show it.
LEAST_CORRELATION = 0.2

SCORE_METHOD = "korn-graubard-satterthwaite"
DIFFERENCE_METHOD = "bonett-price-satterthwaite"

_TAIL = (1 + LEVEL) / 2
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Interval:
    """A 95% confidence interval and how it was made.

    Attributes
    ----------
    low, high : float
        On the scale of the score, 0 to 100, or of a difference, -100 to 100.
    method : str
        `SCORE_METHOD`, `DIFFERENCE_METHOD` or `means.MEAN_METHOD`; see ``docs/findings/intervals.md``.
    """

    low: float
    high: float
    method: str


def score_interval(statistic: Statistic) -> Interval | None:
    """The interval of a score.

    Returns
    -------
    Interval or None
        `None` where there is no score, or fewer than `MIN_CLUSTERS` groups of recordings.
    """
    left_out = statistic.left_out()
    score = statistic.score()
    if len(left_out) < MIN_CLUSTERS or np.isnan(score):
        return None
    low, high = score_ends(
        np.array(score), left_out, statistic.effective_samples(), statistic.effective_clusters()
    )
    return Interval(float(low), float(high), SCORE_METHOD)


def difference_interval(system: Statistic, baseline: Statistic, changed: Floats) -> Interval | None:
    """The interval of a difference of two scores of the same samples.

    Parameters
    ----------
    system, baseline : Statistic
        Sample by sample, with the same clusters and weights.
    changed : array of shape (samples,)
        How far the two answers to each sample differ, 0 to 1.

    Returns
    -------
    Interval or None
        `None` where there is no score, or fewer than `MIN_CLUSTERS` groups of recordings.
    """
    left_out = system.left_out() - baseline.left_out()
    difference = system.score() - baseline.score()
    if len(left_out) < MIN_CLUSTERS or np.isnan(difference):
        return None
    share = np.average(changed, weights=system.weights)
    low, high = difference_ends(
        np.array(difference),
        left_out,
        np.array(share),
        system.effective_samples(),
        system.effective_clusters(),
    )
    return Interval(float(low), float(high), DIFFERENCE_METHOD)


def score_ends(score: Floats, left_out: Floats, samples: Floats, clusters: Floats) -> tuple[Floats, Floats]:
    """Ends of the interval of a score from 0 to 100.

    Clopper & Pearson's interval for as many independent answers as the scores without each cluster
    speak for, around the score and around the score less the bias that the jackknife finds.

    Parameters
    ----------
    score : array of shape (...)
    left_out : array of shape (..., clusters)
        The score without each cluster.
    samples, clusters : array of shape (...)
        Effective numbers; see `Statistic`.

    Returns
    -------
    array, array of shape (...)
        Lower and upper ends, 0 to 100.
    """
    count = left_out.shape[-1]
    share = np.clip(score / 100, 0, 1)
    certain = (share <= _ROUNDING) | (share >= 1 - _ROUNDING)
    deviations = (left_out - score[..., None]) / 100
    answers = _independent_answers(share * (1 - share), deviations, samples, clusters)
    # Nothing varies: each group of recordings may be of one piece.
    answers = np.where(certain, clusters, answers)
    unbiased = np.clip((count * score - (count - 1) * left_out.mean(axis=-1)) / 100, 0, 1)
    here, there = clopper_pearson(share, answers), clopper_pearson(unbiased, answers)
    return 100 * np.minimum(here[0], there[0]), 100 * np.maximum(here[1], there[1])


def difference_ends(
    difference: Floats, left_out: Floats, changed: Floats, samples: Floats, clusters: Floats
) -> tuple[Floats, Floats]:
    """Ends of the interval of a difference of two scores of the same samples, -100 to 100.

    Bonett & Price's interval for paired shares (2012, "Adjusted Wald confidence interval for a
    difference of binomial proportions based on paired data"), with an effective number of pairs. They
    add one pair in favour of each system, so that it has a width where no answer differs.

    Parameters
    ----------
    difference : array of shape (...)
    left_out : array of shape (..., clusters)
        The difference without each cluster.
    changed : array of shape (...)
        Weighted share of samples whose answers differ, 0 to 1.
    samples, clusters : array of shape (...)
        Effective numbers; see `Statistic`.

    Returns
    -------
    array, array of shape (...)
    """
    middle = difference / 100
    changed = np.maximum(changed, np.abs(middle))
    spread = changed - middle**2
    answers = _independent_answers(spread, (left_out - difference[..., None]) / 100, samples, clusters)
    answers = np.where(spread <= _ROUNDING, clusters, answers)
    ahead, behind = (answers * (changed + side) / 2 + 1 for side in (middle, -middle))
    total = answers + 2
    centre = (ahead - behind) / total
    half = ndtri(_TAIL) * np.sqrt(np.maximum((ahead + behind) / total - centre**2, 0) / total)
    return 100 * np.maximum(centre - half, -1), 100 * np.minimum(centre + half, 1)


def clopper_pearson(share: Floats, answers: Floats) -> tuple[Floats, Floats]:
    """Clopper & Pearson's interval (1934) of a share, 0 to 1; the number of answers need not be whole."""
    hits = share * answers
    misses = answers - hits
    tiny = np.finfo(float).tiny
    low = np.where(hits <= _ROUNDING, 0, betaincinv(np.maximum(hits, tiny), misses + 1, 1 - _TAIL))
    high = np.where(misses <= _ROUNDING, 1, betaincinv(hits + 1, np.maximum(misses, tiny), _TAIL))
    return low, high


def jackknife_variance(deviations: Floats) -> Floats:
    """Variance of a score from what it becomes without each cluster, less the score itself."""
    count = deviations.shape[-1]
    variance: Floats = (count - 1) / count * (deviations**2).sum(axis=-1)
    return variance


def _independent_answers(spread: Floats, deviations: Floats, samples: Floats, clusters: Floats) -> Floats:
    """How many independent answers, each of variance `spread`, would leave a score as uncertain.

    Never more than `LEAST_CORRELATION` allows, lessened for what few clusters say of a variance, and
    never fewer than the clusters, lessened likewise.
    """
    variance = jackknife_variance(deviations)
    most = samples / (1 + np.maximum(samples / clusters - 1, 0) * LEAST_CORRELATION)
    # No variance at all: as many as are allowed.
    answers = np.divide(spread, variance, out=np.full(np.shape(variance), np.inf), where=variance > 0)
    answers = np.minimum(answers, most) * _lessening(_degrees_of_freedom(deviations, clusters))
    # The more unequal the clusters are, the less their effective number holds (it is of variances alone).
    count = deviations.shape[-1]
    least: Floats = clusters * (clusters / count) * _lessening(np.maximum(clusters - 1, 1))
    enough: Floats = np.maximum(answers, least)
    return enough


def _degrees_of_freedom(deviations: Floats, clusters: Floats) -> Floats:
    """Satterthwaite's degrees of freedom of the variance, by the kurtosis of the deviations.

    Where one recording of fifty fails, all that is known of the variance is known from that one.
    """
    count = deviations.shape[-1]
    second, fourth = (deviations**2).sum(axis=-1), (deviations**4).sum(axis=-1)
    # Where nothing varies, as of a normal distribution.
    normal = np.full(np.shape(second), 3.0)
    kurtosis = np.divide(count * fourth, second**2, out=normal, where=second**2 > 0)
    found = 2 * count / np.maximum(kurtosis - 1, _ROUNDING)
    degrees: Floats = np.clip(np.minimum(found, clusters - 1), 1, count - 1)
    return degrees


def _lessening(degrees: Floats) -> Floats:
    """Korn & Graubard's factor for a variance that is itself estimated."""
    factor: Floats = (ndtri(_TAIL) / stdtrit(degrees, _TAIL)) ** 2
    return factor
