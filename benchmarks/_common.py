"""What every benchmark shares: interleaved timing, ratios with their spread, and FLOP counts.

A benchmark compares two ways within one run and prints ratios; seconds of one machine on one day
are printed beside them for orientation only.
"""

import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from amarathon.runs.environment import describe_environment

Result = TypeVar("Result")


def interleaved(
    ways: Mapping[str, Callable[[], object]], repeats: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, list[float]]:
    """Time each way `repeats` times in turn, after one warm-up each; seconds.

    In turn, so that a machine that slows down slows all of them. On a CPU that others use too,
    `time.process_time` counts what this process computed.
    """
    for way in ways.values():
        way()
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repeats):
        for name, way in ways.items():
            seconds[name].append(timed(way, clock)[0])
    return seconds


def shuffled(ways: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, list[float]]:
    """Processor seconds of each way as `interleaved` takes them, in an order drawn for each repeat."""
    order = list(ways)
    draws = random.Random(0)
    for way in ways.values():
        way()
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repeats):
        draws.shuffle(order)
        for name in order:
            seconds[name].append(timed(ways[name], time.process_time)[0])
    return seconds


def timed(way: Callable[[], Result], clock: Callable[[], float] = time.perf_counter) -> tuple[float, Result]:
    """Seconds of one call, all that it queued on a GPU included, and its result."""
    _finish_queued()
    start = clock()
    result = way()
    _finish_queued()
    return clock() - start, result


def _finish_queued() -> None:
    # Only where a benchmark computes with torch.
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.synchronize()


def ratio(numerator: Sequence[float], denominator: Sequence[float]) -> dict[str, float]:
    """Median, minimum and maximum of the pairwise ratios."""
    pairs = [a / b for a, b in zip(numerator, denominator, strict=True)]
    return {"median": statistics.median(pairs), "min": min(pairs), "max": max(pairs)}


def best_ratio(numerator: Sequence[float], denominator: Sequence[float]) -> float:
    """Ratio of the shortest times: what is left when others' work slows some repeats down."""
    return min(numerator) / min(denominator)


def prefill_flops(text_config: Any, lengths: Sequence[int]) -> float:
    """Floating-point operations of a prefill whose layer i sees ``lengths[i]`` tokens.

    Matrix products and the causal half of attention; the output head for the last position.
    """
    hidden, heads = text_config.hidden_size, text_config.num_attention_heads
    width = getattr(text_config, "head_dim", None) or hidden // heads
    keys = text_config.num_key_value_heads * width
    weights = hidden * (heads * width + 2 * keys) + heads * width * hidden
    weights += 3 * hidden * text_config.intermediate_size
    per_layer = sum(2 * length * weights + 2 * length * length * heads * width for length in lengths)
    return float(per_layer + 2 * hidden * text_config.vocab_size)


def report(name: str, figures: Mapping[str, Any]) -> dict[str, Any]:
    """Print one benchmark's figures as JSON, with the hardware they were taken on, and return them."""
    environment = describe_environment()
    document = {"benchmark": name, "hardware": environment.hardware, "commit": environment.commit, **figures}
    json.dump(document, sys.stdout, indent=2, default=str)
    sys.stdout.write("\n")
    return document
