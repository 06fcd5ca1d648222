"""What choosing at random scores, as in the paper's Table 6.

A baseline is worth a number of its own: with uneven answers, macro F1 of a random choice is below
its accuracy.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from amarathon.errors import ScoreError
from amarathon.metrics.statistic import Integers, accuracy_of, macro_f1_of


@dataclass(frozen=True)
class ChanceLevel:
    """Mean scores of a random choice, 0 to 100.

    Attributes
    ----------
    accuracy, macro_f1 : float
    accuracy_error, macro_f1_error : float
        Standard errors of the two means; 0 for the formula.
    """

    accuracy: float
    macro_f1: float
    accuracy_error: float = 0.0
    macro_f1_error: float = 0.0


def simulate_chance(
    answers: Sequence[int], option_counts: Sequence[int], *, rounds: int = 100, seed: int = 0
) -> ChanceLevel:
    """Choose at random for a whole dataset, several times.

    Parameters
    ----------
    answers : sequence of int
        Index of each sample's right option.
    option_counts : sequence of int
        How many options each sample has.
    rounds : int
        Selections that the mean is taken over; the paper took 100.
    seed : int

    Raises
    ------
    ScoreError
        If there are no samples, or an answer lies beyond its options.
    """
    gold, counts = _checked(answers, option_counts)
    classes = int(counts.max())
    chosen = np.random.default_rng(seed).integers(0, counts, size=(rounds, len(gold)))
    cells = gold * (classes + 1) + chosen
    confusions = np.stack([np.bincount(row, minlength=classes * (classes + 1)) for row in cells]).astype(
        float
    )
    scores = np.stack([accuracy_of(confusions), macro_f1_of(confusions)])
    errors = scores.std(axis=1, ddof=1) / np.sqrt(rounds) if rounds > 1 else np.zeros(2)
    return ChanceLevel(*map(float, scores.mean(axis=1)), *map(float, errors))


def expected_chance(answers: Sequence[int], option_counts: Sequence[int]) -> ChanceLevel:
    """Compute what many samples of the same composition tend to.

    A class with the share p of the right answers is chosen with the share q; of K options each,
    q = 1/K and its F1 is 2p/(1 + pK). Macro F1 is the mean over the classes.

    Raises
    ------
    ScoreError
        If there are no samples, or an answer lies beyond its options.
    """
    gold, counts = _checked(answers, option_counts)
    chance = 1 / counts
    scores = []
    for option in range(int(counts.max())):
        right = gold == option
        hits = chance[right].sum()
        total = right.sum() + chance[counts > option].sum()
        scores.append(2 * hits / total)
    return ChanceLevel(100 * float(chance.mean()), 100 * float(np.mean(scores)))


def _checked(answers: Sequence[int], option_counts: Sequence[int]) -> tuple[Integers, Integers]:
    gold, counts = np.asarray(answers, dtype=np.int64), np.asarray(option_counts, dtype=np.int64)
    if not len(gold) or gold.shape != counts.shape:
        raise ScoreError("A chance level needs one or more samples, each with its number of options.")
    if np.any(gold < 0) or np.any(gold >= counts):
        raise ScoreError("A right answer lies beyond its sample's options.")
    return gold, counts
