"""What this machine takes for each kind of work with a model, measured as it goes and kept on the disk.

A measurement is of a size, and a new piece of work is expected to cost what those of about its size did, by
the unit of its kind. Until there is one, arithmetic on the model's own shape stands in.
"""

import hashlib
import json
import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from amarathon.files import write_atomically

# encoder: seconds per second of audio, by seconds of audio. prefill: seconds per operation, by operations.
# token: seconds per further token, by tokens of the prompt. reply: tokens per unit of a task's reply.
# memory: bytes, by tokens of the prompt. load: seconds.
Kind = Literal["encoder", "prefill", "token", "reply", "memory", "load"]

# The latest of each kind: a machine's load changes, and so do its costs.
MOST_KEPT = 60
# Sizes that differ by a factor of e^WIDTH count 0.6 of those that are equal.
WIDTH = 0.7
# Each older measurement counts this much less than the next.
FADING = 0.93
# One measurement alone may be off by 1 + DOUBT either way.
DOUBT = 2.0


class Measurement(BaseModel):
    """One measurement: `value` for each unit of a piece of work of this `size`; `name` tells kinds apart."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    size: float
    value: float
    name: str = ""


@dataclass(frozen=True)
class Cost:
    """What is expected: the middle, and what 8 of 10 measurements lay between.

    Attributes
    ----------
    value, low, high : float
    count : int
        Measurements behind it; 0 for arithmetic alone.
    """

    value: float
    low: float
    high: float
    count: int

    def __mul__(self, factor: float) -> "Cost":
        return Cost(self.value * factor, self.low * factor, self.high * factor, self.count)

    def __add__(self, other: "Cost") -> "Cost":
        """Two pieces of work one after the other; the extremes of both are taken to come together."""
        return Cost(
            self.value + other.value,
            self.low + other.low,
            self.high + other.high,
            min(self.count, other.count),
        )


NOTHING = Cost(0.0, 0.0, 0.0, MOST_KEPT)


def guessed(value: float) -> Cost:
    """A cost by arithmetic: right by its order of magnitude."""
    return Cost(value, value / 4, value * 4, 0)


class Costs:
    """The measurements with one model on this machine.

    Parameters
    ----------
    folder : Path
        Where they are kept; made when there is one.
    model : str
    """

    def __init__(self, folder: Path, model: str):
        self._path = folder / f"{hashlib.sha256(model.encode()).hexdigest()[:32]}.json"
        self._lock = threading.Lock()
        self._found: Sequence[Measurement] | None = None

    def add(self, measurements: Sequence[Measurement]) -> None:
        """Note measurements, and write all to the disk."""
        usable = [one for one in measurements if one.value > 0 and math.isfinite(one.value) and one.size > 0]
        if not usable:
            return
        with self._lock:
            kept: list[Measurement] = []
            counted: dict[tuple[str, str], int] = {}
            for one in reversed([*self._read(), *usable]):
                counted[one.kind, one.name] = counted.get((one.kind, one.name), 0) + 1
                if counted[one.kind, one.name] <= MOST_KEPT:
                    kept.append(one)
            self._found = kept[::-1]
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._path, json.dumps([one.model_dump() for one in self._found]))

    def of(self, kind: Kind, size: float, name: str = "") -> Cost | None:
        """What a unit of such work costs; `None` where nothing of its kind was measured.

        What was measured under `name` counts, and what has no name where there is none of it.
        """
        with self._lock:
            known = [one for one in self._read() if one.kind == kind]
        same = [one for one in known if one.name == name] or [one for one in known if not one.name]
        if not same:
            return None
        weighted = [
            (
                one.value,
                math.exp(-(math.log(max(size, 1e-9) / one.size) ** 2) / (2 * WIDTH**2)) * FADING**age + 1e-12,
            )
            for age, one in enumerate(reversed(same))
        ]
        middle, low, high = (_quantile(weighted, share) for share in (0.5, 0.1, 0.9))
        # A few measurements say little about how much they vary.
        least = 1 + DOUBT / len(same)
        return Cost(middle, min(low, middle / least), max(high, middle * least), len(same))

    def _read(self) -> Sequence[Measurement]:
        if self._found is None:
            try:
                content = json.loads(self._path.read_bytes())
                self._found = [Measurement.model_validate(one) for one in content]
            except (FileNotFoundError, ValueError, TypeError, ValidationError):
                # None yet, or of another version: they are measured afresh.
                self._found = []
        return self._found


def _quantile(weighted: Sequence[tuple[float, float]], share: float) -> float:
    """The value that has `share` of the weight below it."""
    ordered = sorted(weighted)
    limit, passed = share * sum(weight for _, weight in ordered), 0.0
    for value, weight in ordered:
        passed += weight
        if passed >= limit:
            return value
    return ordered[-1][0]
