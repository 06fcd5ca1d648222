"""As many threads as processors are free when work begins.

Threads of one step wait for each other. Where other programs hold the processors, each step waits for the
thread that has none, and a reply takes tens of times as long as with one thread alone.
"""

import os
import time
from functools import cache

# How long others are watched before the work begins.
LOOK_S = 0.2


@cache
def most_threads() -> int:
    """How many threads torch was started with, before it was told any other number."""
    import torch

    return int(torch.get_num_threads())


def free_processors(look_s: float = LOOK_S) -> float:
    """Processors that no other program has used during the next `look_s` seconds."""
    import psutil

    def busy_s() -> tuple[float, float]:
        times, own = psutil.cpu_times(), psutil.Process().cpu_times()
        idle = times.idle + getattr(times, "iowait", 0.0)
        return sum(times[:8]) - idle, own.user + own.system

    began, (all_before, own_before) = time.monotonic(), busy_s()
    time.sleep(look_s)
    spent, (all_after, own_after) = time.monotonic() - began, busy_s()
    others = (all_after - all_before) - (own_after - own_before)
    return (os.cpu_count() or 1) - others / spent


def use_free_processors() -> None:
    """Set how many threads the work of this thread takes, at least one; more than at the start never."""
    import torch

    most = most_threads()
    if most > 1:
        torch.set_num_threads(max(1, min(most, round(free_processors()))))
