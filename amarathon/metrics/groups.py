"""The groups that a task's samples are scored in: all, by duration, by slice."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

# Seconds; an end belongs to the bin below it, so that five minutes are in the last but one.
DURATION_ENDS = (30, 90, 150, 210, 300)
DURATION_BINS = (*(f"{low}-{high}" for low, high in pairwise((0, *DURATION_ENDS))), f"{DURATION_ENDS[-1]}+")


@dataclass(frozen=True)
class Group:
    """A group of predictions.

    Attributes
    ----------
    name, value : str
        ``"all"`` and an empty string, ``"duration"`` and a bin, or a slice and its value.
    """

    name: str = "all"
    value: str = ""

    def has(self, prediction: Mapping[str, Any]) -> bool:
        """Whether the prediction belongs to the group."""
        return self.name == "all" or (self.name, self.value) in _memberships(prediction)


def groups_of(predictions: Sequence[Mapping[str, Any]]) -> Iterator[Group]:
    """Every group that a prediction belongs to: all of them, durations ascending, slices by name."""
    yield Group()
    found = {item for prediction in predictions for item in _memberships(prediction)}
    for label in DURATION_BINS:
        if ("duration", label) in found:
            yield Group("duration", label)
    for name, value in sorted(found):
        if name != "duration":
            yield Group(name, value)


def _memberships(prediction: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    seconds = prediction.get("duration_s")
    if seconds is not None:
        yield "duration", DURATION_BINS[bisect_left(DURATION_ENDS, seconds)]
    # The two names above are ours; a dataset's slice of the same name would be mistaken for them.
    for name, value in (prediction.get("slices") or {}).items():
        yield (f"slice {name}" if name in {"all", "duration"} else name), value
