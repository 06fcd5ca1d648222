"""How far an encoder moves a sound in antiphase, against one in phase; and whether that is more than chance.

Distances are squared Euclidean distances between pooled embeddings, one pair a seed. The ratio is scale-free
and the noise is the same bit for bit, so nothing is too small to count in it: every cell has beside its
decibels how large the distance is against the spread of the noise's own embedding, and below a floor it is
not counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import bootstrap, false_discovery_control

from amarathon.errors import ScoreError
from amarathon.metrics.permutation import paired_p_values
from amarathon.psychoacoustics.types import Floats

FLOOR = 1.0
LEVEL = 0.05
PERMUTATIONS = 10_000
FEWEST_SEEDS = 2

Bound = Literal["floor", "ceiling", "silent"]
Verdict = Literal["unmasking", "reversal", "below the floor", "not significant"]
VERDICTS: dict[Verdict, str] = {
    "unmasking": "The antiphasic signal moves the embedding more; significant, and above the floor.",
    "reversal": "The signal in phase moves it more; significant, and above the floor.",
    "below the floor": "Significant, but the larger of the two distances is smaller than the spread of the "
    "noise's embedding between seeds.",
    "not significant": "No more than chance.",
}


@dataclass(frozen=True)
class Effect:
    """The outcome of one cell; distances are squared, dB are 10 log10 of their ratio.

    Attributes
    ----------
    ratio_of_means_db : float or None
        The headline: mean antiphasic distance over mean distance in phase, as in the closed form of
        equalisation-cancellation. None where `bound` says why.
    interval_db : (float, float) or None
        95% of it, percentiles of a paired bootstrap over seeds.
    mean_of_db : float or None
        The mean of each seed's own decibels: another quantity, by 2 to 3 dB for the ideal listener.
    bound : {"floor", "ceiling", "silent"} or None
        The antiphasic signal, the one in phase, or neither moves the embedding at all.
    d_opposite, d_same : float
        RMS distance over the RMS spread of the noise's embedding between seeds.
    p_value : float
        Two-sided, of a sign-flip permutation test over seeds of (a - b) / (a + b), 0 where both are 0.
    n : int
        Seeds.
    """

    ratio_of_means_db: float | None
    interval_db: tuple[float, float] | None
    mean_of_db: float | None
    bound: Bound | None
    d_opposite: float
    d_same: float
    p_value: float
    n: int


def squared_distance(one: Floats, other: Floats) -> float:
    """Of two embeddings.

    Raises
    ------
    ScoreError
        If they differ in size or are no numbers.
    """
    if one.shape != other.shape or one.ndim != 1:
        raise ScoreError(
            f"Embeddings of shapes {one.shape} and {other.shape} cannot be compared: each has to be one "
            "vector of the same size."
        )
    apart = one.astype(np.float64) - other.astype(np.float64)
    found = float(apart @ apart)
    if not np.isfinite(found):
        raise ScoreError("An embedding holds NaN or infinite values; it cannot be compared.")
    return found


def squared_spread(embeddings: Sequence[Floats]) -> float:
    """Mean squared distance of embeddings from their mean, unbiased: of the noise alone, over seeds.

    Raises
    ------
    ScoreError
        With fewer than two.
    """
    if len(embeddings) < FEWEST_SEEDS:
        raise ScoreError("The spread of the noise's embedding needs at least two seeds.")
    values = np.stack(embeddings).astype(np.float64)
    return float(((values - values.mean(axis=0)) ** 2).sum() / (len(values) - 1))


def effect(
    opposite: Sequence[float], same: Sequence[float], spread: float, *, permutations: int = PERMUTATIONS
) -> Effect:
    """Summarise one cell.

    Parameters
    ----------
    opposite, same : sequence of float
        Squared distances from the noise alone, seed by seed.
    spread : float
        `squared_spread` of the noise alone.
    permutations : int
        Signs are drawn as often; with few seeds all 2**n are tried.

    Raises
    ------
    ScoreError
        If there are fewer than two seeds, or not as many of both.
    """
    above, below = np.asarray(opposite, np.float64), np.asarray(same, np.float64)
    if above.shape != below.shape or above.ndim != 1 or len(above) < FEWEST_SEEDS:
        raise ScoreError("An effect needs the same seeds of both signals, at least two.")
    bound = _bound(above, below)
    return Effect(
        ratio_of_means_db=_decibels(above.mean(), below.mean()) if bound is None else None,
        interval_db=_interval(above, below) if bound is None else None,
        mean_of_db=float(np.mean(10 * np.log10(above / below))) if _all_positive(above, below) else None,
        bound=bound,
        d_opposite=_relative(above, spread),
        d_same=_relative(below, spread),
        p_value=sign_flip_p_value(above, below, permutations),
        n=len(above),
    )


def contrast(opposite: Floats, same: Floats) -> Floats:
    """(a - b) / (a + b) of each seed: between -1 and 1, 0 where neither signal did anything.

    A function of the decibels alone that is finite where they are not.
    """
    total = opposite + same
    return np.divide(opposite - same, total, out=np.zeros_like(total), where=total > 0)


def sign_flip_p_value(opposite: Floats, same: Floats, permutations: int = PERMUTATIONS) -> float:
    """Two-sided p-value of no difference: each seed's contrast may as well have the other sign."""
    values = np.stack([contrast(opposite, same), np.zeros(len(same))])
    return float(paired_p_values(values, permutations=permutations)[0, 1])


def q_values(effects: Sequence[Effect]) -> list[float]:
    """p-values corrected for false discoveries over all cells of a run (Benjamini & Hochberg 1995)."""
    if not effects:
        return []
    corrected: list[float] = false_discovery_control([one.p_value for one in effects], method="bh").tolist()
    return corrected


def verdict(found: Effect, q_value: float, *, floor: float = FLOOR, level: float = LEVEL) -> Verdict:
    """What a cell counts as; significance alone is not enough."""
    if q_value >= level:
        return "not significant"
    if max(found.d_opposite, found.d_same) < floor:
        return "below the floor"
    up = found.bound == "ceiling" or (found.ratio_of_means_db or 0.0) > 0
    return "unmasking" if up else "reversal"


def _bound(above: Floats, below: Floats) -> Bound | None:
    if not above.any():
        return "floor" if below.any() else "silent"
    return None if below.any() else "ceiling"


def _all_positive(above: Floats, below: Floats) -> bool:
    return bool((above > 0).all() and (below > 0).all())


def _decibels(above: float, below: float) -> float:
    return float(10 * np.log10(above / below))


def _relative(squared: Floats, spread: float) -> float:
    """RMS distance over the spread; infinite where the noise always has the same embedding."""
    if spread > 0:
        return float(np.sqrt(squared.mean() / spread))
    return float("inf") if squared.any() else 0.0


def _interval(above: Floats, below: Floats) -> tuple[float, float] | None:
    if (above == below).all():
        return (0.0, 0.0)
    if not _all_positive(above, below):
        return None
    found = bootstrap(
        (above, below),
        lambda a, b, axis: 10 * np.log10(a.mean(axis=axis) / b.mean(axis=axis)),
        paired=True,
        vectorized=True,
        n_resamples=2000,
        method="percentile",
        rng=np.random.default_rng(0),
    ).confidence_interval
    return (float(found.low), float(found.high))
