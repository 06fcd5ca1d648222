"""From answers to scores, how sure a score is, and whether two scores differ.

A `Statistic` is a score that depends on its samples only through counts that add up: a confusion matrix,
word edits and words. Resampling then needs no samples, only sums, and thousands of resamples are one matrix
product.
"""

from typing import TYPE_CHECKING, Any

__all__ = ["score"]

if TYPE_CHECKING:
    from amarathon.metrics.scores import score
else:

    def __getattr__(name: str) -> Any:
        # Imported when it is first used: scikit-learn and jiwer take a second.
        if name != "score":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from amarathon.metrics.scores import score

        return score
