"""How time and memory grow with the size of the work: the exponent, and whether it is what it should be."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import psutil
import torch
from scipy.stats import linregress, t

from amarathon.models.memory import PeakMemory

# How much steeper than arithmetic says a curve may be: caches are left behind as arrays grow.
TOLERANCE = 0.15
LEVEL = 0.95


@dataclass(frozen=True)
class Exponent:
    """Slope of a curve whose axes are logarithmic.

    Attributes
    ----------
    slope, low, high : float
        Least squares over all sizes, and its 95% interval (Student's t).
    last : float
        Between the two largest sizes, where a fixed cost counts least.
    """

    slope: float
    low: float
    high: float
    last: float


def exponent(sizes: Sequence[float], values: Sequence[float]) -> Exponent:
    """Fit a power to figures that belong to sizes; at least three."""
    x, y = np.log(sizes), np.log(values)
    fitted = linregress(x, y)
    half = float(t.ppf((1 + LEVEL) / 2, len(x) - 2) * fitted.stderr)
    slope = float(fitted.slope)
    return Exponent(slope, slope - half, slope + half, float((y[-1] - y[-2]) / (x[-1] - x[-2])))


def curve(
    what: str,
    axis: str,
    sizes: Sequence[float],
    values: Sequence[float],
    arithmetic: Sequence[float],
    says: str,
    unit: str = "CPU s",
) -> dict[str, Any]:
    """A curve with its exponent, beside that of what the arithmetic says it costs.

    Parameters
    ----------
    what, axis : str
        What was measured, and what the sizes are of.
    sizes, values : sequence of float
    arithmetic : sequence of float
        What each size should cost, in any unit.
    says : str
        The arithmetic in words, e.g. ``"each second once"``.
    unit : str
    """
    found, expected = exponent(sizes, values), exponent(sizes, arithmetic)
    return {
        "what": what,
        "axis": axis,
        "sizes": list(sizes),
        "values": list(values),
        "unit": unit,
        "exponent": asdict(found),
        "expected": expected.slope,
        "expected_last": expected.last,
        "says": says,
        # The fit as a whole, and the last step: a fixed cost flattens the first, noise moves the second.
        "steeper": min(found.low - expected.slope, found.last - expected.last) > TOLERANCE,
    }


def cost(way: Callable[[], object], repeats: int = 1) -> tuple[float, float]:
    """Least processor seconds of some calls, and MiB that the first added to what the process held."""
    before = psutil.Process().memory_info().rss
    with PeakMemory(torch.device("cpu")) as memory:
        seconds = [_processor_s(way)]
    seconds += [_processor_s(way) for _ in range(repeats - 1)]
    return min(seconds), max(memory.peak_bytes - before, 1) / 2**20


def _processor_s(way: Callable[[], object]) -> float:
    began = time.process_time()
    way()
    return time.process_time() - began
