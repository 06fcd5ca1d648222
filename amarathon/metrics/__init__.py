"""From answers to scores, how sure a score is, and whether two scores differ.

A `Statistic` is a score that depends on its samples only through counts that add up: a confusion matrix,
word edits and words. Resampling then needs no samples, only sums, and thousands of resamples are one matrix
product. Each name is imported when it is first used: scikit-learn and jiwer take a second.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from amarathon.metrics.scores import score

__all__ = ["score"]


def __getattr__(name: str) -> Any:
    if name != "score":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from amarathon.metrics.scores import score

    return score
