"""The recordings and samples that runs are tested with."""

from tests.runs.conftest import recordings, samples, stub

__all__ = ["recordings", "samples", "stub"]
