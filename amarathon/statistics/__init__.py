"""How sure a score is, and whether two scores differ.

A `Statistic` is a score that depends on its samples only through counts that add up: a confusion
matrix, word edits and words. Resampling then needs no samples, only sums, and thousands of resamples
are one matrix product.
"""

from amarathon.statistics.bootstrap import Interval, bootstrap, find_clusters, percentile_interval
from amarathon.statistics.comparison import paired_permutation_test, rank_ranges
from amarathon.statistics.statistic import (
    Statistic,
    accuracy_of,
    choice_statistic,
    macro_f1_of,
    word_accuracy_of,
)

__all__ = [
    "Interval",
    "Statistic",
    "accuracy_of",
    "bootstrap",
    "choice_statistic",
    "find_clusters",
    "macro_f1_of",
    "paired_permutation_test",
    "percentile_interval",
    "rank_ranges",
    "word_accuracy_of",
]
