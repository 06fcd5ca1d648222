"""Peak memory of a piece of work.

On CUDA the allocator's own peak. On the CPU the peak resident set of the process, model included:
Linux keeps it and lets a process start it afresh; elsewhere it is sampled.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import psutil

from amarathon.errors import ModelError

if TYPE_CHECKING:
    import torch

SAMPLING_S = 0.005


class PeakMemory:
    """Context manager; `peak_bytes` is there at its end.

    Parameters
    ----------
    device : torch.device
        Where the work runs.
    """

    def __init__(self, device: "torch.device"):
        self._device = device
        self._stop = threading.Event()
        self._sampler: threading.Thread | None = None
        self.peak_bytes = 0

    def __enter__(self) -> Self:
        if self._device.type == "cuda":
            import torch

            torch.cuda.reset_peak_memory_stats(self._device)
        elif sys.platform == "linux":
            # proc(5): writing 5 resets the peak resident set ("VmHWM") to the current one.
            Path("/proc/self/clear_refs").write_text("5")
        else:
            self._sampler = threading.Thread(target=self._sample, daemon=True)
            self._sampler.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._device.type == "cuda":
            import torch

            self.peak_bytes = int(torch.cuda.max_memory_allocated(self._device))
        elif self._sampler is None:
            self.peak_bytes = _linux_peak()
        else:
            self._stop.set()
            self._sampler.join()

    def _sample(self) -> None:
        process = psutil.Process()
        while not self._stop.wait(SAMPLING_S):
            self.peak_bytes = max(self.peak_bytes, int(process.memory_info().rss))


def _linux_peak() -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("this kernel reports no VmHWM")


@contextmanager
def memory_errors(what: str) -> Iterator[None]:
    """Turn running out of memory into a sentence.

    Raises
    ------
    ModelError
        Where torch or Python could not allocate; any other failure passes unchanged.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        # torch's CPU allocator has no exception type of its own, only this message.
        words = ("out of memory", "can't allocate memory", "not enough memory")
        if isinstance(error, MemoryError) or any(part in str(error).lower() for part in words):
            raise ModelError(f"There was not enough memory to {what}.") from error
        raise
