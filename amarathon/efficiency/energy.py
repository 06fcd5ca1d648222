"""The energy counter of an NVIDIA GPU, through NVML, where there is one."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


class EnergyMeter:
    """What a GPU's counter has advanced.

    Attributes
    ----------
    joules : float or None
        There at the end of `energy_of`; `None` where nothing counts.
    """

    joules: float | None = None


@contextmanager
def energy_of(device: torch.device) -> Iterator[EnergyMeter]:
    """Read the counter of `device` before and after a ``with`` block.

    The whole GPU's: other processes on it are counted too. A CPU has no counter that a user may
    read, a GPU before Volta none at all, and without the package nvidia-ml-py nothing is read.
    """
    meter = EnergyMeter()
    try:
        import pynvml
    except ModuleNotFoundError:
        pynvml = None
    if device.type != "cuda" or pynvml is None:
        yield meter
        return
    pynvml.nvmlInit()
    try:
        # By its UUID: NVML counts GPUs that CUDA_VISIBLE_DEVICES hides.
        handle = pynvml.nvmlDeviceGetHandleByUUID(f"GPU-{torch.cuda.get_device_properties(device).uuid}")
        try:
            before = pynvml.nvmlDeviceGetTotalEnergyConsumption(handle)
        except pynvml.NVMLError_NotSupported:
            yield meter
            return
        yield meter
        torch.cuda.synchronize(device)
        # Millijoules.
        meter.joules = (pynvml.nvmlDeviceGetTotalEnergyConsumption(handle) - before) / 1000
    finally:
        pynvml.nvmlShutdown()
