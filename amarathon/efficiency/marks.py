"""Points in time at a model's own forward calls."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from amarathon.compression.caches import nbytes


@dataclass(frozen=True)
class Mark:
    """A point in a device's queue of work: an event on CUDA, the clock elsewhere."""

    event: torch.cuda.Event | None
    clock_s: float

    @classmethod
    def now(cls, device: torch.device) -> "Mark":
        """Behind all work that has been queued on `device`."""
        if device.type != "cuda":
            return cls(None, time.perf_counter())
        event = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
        event.record(torch.cuda.current_stream(device))
        return cls(event, 0.0)

    def seconds_until(self, later: "Mark") -> float:
        """Seconds between two marks; waits for the device to reach the later one."""
        if self.event is None or later.event is None:
            return later.clock_s - self.clock_s
        later.event.synchronize()
        return float(self.event.elapsed_time(later.event)) / 1000


@dataclass
class ForwardMarks:
    """What hooks saw of one answer.

    Attributes
    ----------
    starts, ends : list of Mark
        Of each forward call: the prefill's, then one for each further token.
    cache_bytes : list of int
        Of each layer's cache behind the first call; layers that share another's have 0.
    """

    starts: list[Mark] = field(default_factory=list)
    ends: list[Mark] = field(default_factory=list)
    cache_bytes: list[int] = field(default_factory=list)


@contextmanager
def mark_forwards(model: nn.Module, device: torch.device) -> Iterator[ForwardMarks]:
    """Mark a model's forward calls for the time of a ``with`` block."""
    marks = ForwardMarks()

    def before(_module: nn.Module, _args: Any, _kwargs: dict[str, Any]) -> None:
        marks.starts.append(Mark.now(device))

    def after(_module: nn.Module, _args: Any, kwargs: dict[str, Any], _output: Any) -> None:
        marks.ends.append(Mark.now(device))
        if not marks.cache_bytes:
            layers = kwargs["past_key_values"].layers
            marks.cache_bytes = [
                0 if layer.keys is None else nbytes(layer.keys, layer.values) for layer in layers
            ]

    handles = [
        model.register_forward_pre_hook(before, with_kwargs=True),
        model.register_forward_hook(after, with_kwargs=True),
    ]
    try:
        yield marks
    finally:
        for handle in handles:
            handle.remove()
