"""How sure a score is, and whether two scores differ.

A `Statistic` is a score that depends on its samples only through counts that add up: a confusion
matrix, word edits and words. What it would be without a recording, or with answers swapped, then needs
no samples, only sums.
"""

from amarathon.statistics.clusters import find_clusters
from amarathon.statistics.comparison import (
    paired_p_values,
    paired_permutation_test,
    rank_ranges,
    significant_differences,
    spans,
)
from amarathon.statistics.intervals import (
    MIN_CLUSTERS,
    Interval,
    Part,
    difference_interval,
    mean_of_parts,
    score_interval,
)
from amarathon.statistics.statistic import (
    Statistic,
    accuracy_of,
    choice_statistic,
    macro_f1_of,
    word_accuracy_of,
)

__all__ = [
    "MIN_CLUSTERS",
    "Interval",
    "Part",
    "Statistic",
    "accuracy_of",
    "choice_statistic",
    "difference_interval",
    "find_clusters",
    "macro_f1_of",
    "mean_of_parts",
    "paired_p_values",
    "paired_permutation_test",
    "rank_ranges",
    "score_interval",
    "significant_differences",
    "spans",
    "word_accuracy_of",
]
