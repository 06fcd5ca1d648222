"""How many tokens stay."""

from fractions import Fraction


def budget(count: int, ratio: Fraction) -> int:
    """How many of `count` tokens stay when the share `ratio` is removed: max(1, floor(N (1 - r))).

    Exact: in binary floats 7500 x (1 - 0.9) would floor to 749.

    References
    ----------
    AudioMarathon, equation 1 (arXiv 2510.07293).
    """
    return max(1, count * (ratio.denominator - ratio.numerator) // ratio.denominator)
