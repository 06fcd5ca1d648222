"""Three averages over tasks, each under its own name: they answer different questions."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from amarathon.errors import ScoreError

Average = Literal["macro", "by_size", "above_chance"]
AVERAGES: dict[Average, str] = {
    "macro": "Plain mean of the tasks' scores",
    "by_size": "Mean weighted by the tasks' test clips, as X-ARES weighs",
    "above_chance": "Mean of (score - chance) / (100 - chance)",
}


def weighted_average(scores: Sequence[float], weights: Sequence[float]) -> float:
    """The mean of scores with weights, as X-ARES takes it over its tasks' test sizes.

    Raises
    ------
    ScoreError
        There are no scores, not as many weights, or no weight above 0.
    """
    values, shares = np.asarray(scores, float), np.asarray(weights, float)
    if not len(values) or values.shape != shares.shape or shares.sum() <= 0 or (shares < 0).any():
        raise ScoreError("An average needs one or more scores, each with a weight above 0.")
    return float((values * shares).sum() / shares.sum())


def above_chance(score: float, chance: float) -> float:
    """How far a score has come from chance to perfect, in percent; below 0 under chance.

    Both 0 to 100; the formula is that of "SARL" (arXiv 2606.05544).
    """
    if chance >= 100:
        raise ScoreError("A task that chance solves cannot be normalised by chance.")
    return 100 * (score - chance) / (100 - chance)


def averages(scores: Sequence[float], chances: Sequence[float], sizes: Sequence[int]) -> dict[Average, float]:
    """All three; scores and chance levels 0 to 100."""
    equal = [1.0] * len(scores)
    normalised = [above_chance(score, chance) for score, chance in zip(scores, chances, strict=True)]
    return {
        "macro": weighted_average(scores, equal),
        "by_size": weighted_average(scores, sizes),
        "above_chance": weighted_average(normalised, equal),
    }
