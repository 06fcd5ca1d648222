"""What compression itself adds to a prefill, each part timed on its own against a whole prefill.

- the hooks at ratio 0: what the host spends in them, and in putting them on and off;
- FastV's attention row and its choice;
- HeadRouter's probing, routing and choice.

Each repeat times a prefill and, right after it, every part; the median of the pairs' shares counts.
Target: under 2% of the prefill.

    python -m benchmarks.added_work [--shape small|3b] [--tokens 7500] [--repeats 3]
"""

import argparse
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any
from unittest.mock import patch

import torch

from amarathon.compression import Configuration, parse_configurations
from amarathon.compression.compressor import Compressor
from amarathon.compression.methods import PruningMethod, budget
from amarathon.compression.methods.contexts import SelectionContext
from amarathon.compression.prefix import Prefix, seeded
from amarathon.generation.decoding import GreedyDecoder
from amarathon.generation.embedded_prompt import EmbeddedPrompt
from amarathon.models.open_model import OpenModel
from benchmarks._common import ratio, report, timed
from benchmarks._models import SHAPES, add_arguments, random_model, random_prompt
from benchmarks._rows import row

# A part is over in milliseconds; this many in a row make a figure.
CALLS = 5
METHODS = ("fastv@0.6", "headrouter@0.6")


class TimedCompressor(Compressor):
    """Adds up what its hooks take."""

    seconds = 0.0

    def _before_model(self, *args: Any) -> Any:
        return self._timed(super()._before_model, *args)

    def _before_layer(self, *args: Any) -> Any:
        return self._timed(super()._before_layer, *args)

    def _after_layer(self, *args: Any) -> Any:
        return self._timed(super()._after_layer, *args)

    def _timed(self, hook: Callable[..., Any], *args: Any) -> Any:
        start = time.perf_counter()
        try:
            return hook(*args)
        finally:
            TimedCompressor.seconds += time.perf_counter() - start


def hooks_at_zero(model: OpenModel, prompt: EmbeddedPrompt) -> float:
    """Seconds in the hooks of one prefill that prunes nothing, and in putting them on and off."""
    idle = Configuration.parse("frame@0")
    TimedCompressor.seconds = 0.0
    with patch("amarathon.generation.decoding.Compressor", TimedCompressor):
        GreedyDecoder(model, prompt).first_logits(idle)

    def attach() -> None:
        with Compressor(model.model, idle, prompt.audio_positions).attached():
            pass

    return TimedCompressor.seconds + timed(attach)[0]


def choose(method: PruningMethod, prompt: EmbeddedPrompt, prefix: Prefix) -> None:
    """A method's own work between two layers."""
    output = prefix.outputs[method.layer]
    states = output[0] if isinstance(output, tuple) else output
    positions = prompt.audio_positions.positions
    context = SelectionContext(
        hidden_states=states[0],
        audio_positions=positions,
        budget=budget(len(positions), method.amount),
        generator=seeded(0),
        attention=prefix.attention[method.layer - 1],
    )
    with torch.inference_mode():
        method.select(context)


def choosing(method: PruningMethod, prompt: EmbeddedPrompt, prefix: Prefix) -> float:
    """Seconds of one choice, the median of several."""
    return median(timed(partial(choose, method, prompt, prefix))[0] for _ in range(CALLS))


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser, repeats=3)
    arguments = parser.parse_args()
    shape = SHAPES[arguments.shape]
    model = random_model(shape)
    prompt = random_prompt(model, arguments.tokens)
    grid = parse_configurations(METHODS)
    prefix = GreedyDecoder(model, prompt).shared_prefix(grid)
    parts: dict[str, Callable[[], float]] = {"hooks at ratio 0": partial(hooks_at_zero, model, prompt)}
    for configuration in grid:
        assert configuration.pruning is not None
        parts[configuration.name] = partial(choosing, configuration.pruning, prompt, prefix)
    seconds: dict[str, list[float]] = {name: [] for name in ("prefill", *parts)}
    for _ in range(arguments.repeats):
        seconds["prefill"].append(
            timed(partial(GreedyDecoder(model, prompt).first_logits, Configuration()))[0]
        )
        for name, part in parts.items():
            seconds[name].append(part())
    report(
        "added_work",
        {
            "shape": arguments.shape,
            "dtype": str(shape.dtype),
            "tokens": prompt.embeddings.shape[1],
            "seconds": seconds,
            "share_of_prefill": {name: ratio(seconds[name], seconds["prefill"]) for name in parts},
            "rows": [
                row(f"Own work of {name}", seconds[name], seconds["prefill"], "a prefill", at_most=0.02)
                for name in parts
            ],
        },
    )


if __name__ == "__main__":
    main()
