"""What a benchmark tells: each figure with the peer or the limit beside it, and what is wanted."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Row:
    """One figure beside another one of the same run.

    Attributes
    ----------
    what : str
        What was measured.
    value, peer : float
        The figure, and the one beside it, in the same unit.
    unit : str
        E.g. ``"CPU s"``.
    beside : str
        What the other figure is of.
    ratio, low, high : float
        The first over the second, and the least and greatest of the repeats taken in turn.
    at_most, at_least : float or None
        What the ratio has to be.
    """

    what: str
    value: float
    peer: float
    unit: str
    beside: str
    ratio: float
    low: float
    high: float
    at_most: float | None = None
    at_least: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the ratio is what it has to be; None where nothing is wanted."""
        if self.at_most is None and self.at_least is None:
            return None
        return (self.at_most is None or self.ratio <= self.at_most) and (
            self.at_least is None or self.ratio >= self.at_least
        )


def row(
    what: str,
    values: Sequence[float],
    peers: Sequence[float],
    beside: str,
    *,
    unit: str = "s",
    at_most: float | None = None,
    at_least: float | None = None,
) -> dict[str, Any]:
    """A row from repeats taken in turn: medians, their ratio, and the spread of the pairs' ratios.

    Parameters
    ----------
    what : str
    values, peers : sequence of float
        As many; or one peer, which is a limit.
    beside : str
    unit : str
    at_most, at_least : float, optional
    """
    against = list(peers) * len(values) if len(peers) == 1 else list(peers)
    pairs = [value / peer for value, peer in zip(values, against, strict=True)]
    ours, theirs = median(values), median(peers)
    found = Row(what, ours, theirs, unit, beside, ours / theirs, min(pairs), max(pairs), at_most, at_least)
    return asdict(found)
