"""What sharing a prompt's common layers saves over running each configuration alone.

The paper's grid (33 configurations): measured ratio of separate runs to the shared sweep, beside the
ratio of their FLOPs. Each configuration is timed alone and as a branch, one right after the other, so
that both meet the same machine, and the shortest time of each counts; every branch's first logits
must equal its separate run's. The FLOPs of the sweep are those of one whole prefill and of each
pruning's own layers; what evictions compute to score a cache is measured but not counted, and weighs
more the shorter the audio is. Target: 97% of the ratio at 300 s.

    python -m benchmarks.sweep [--shape small|3b] [--tokens 7500] [--repeats 1]
"""

import argparse
from collections.abc import Sequence
from functools import partial

import torch

from amarathon.compression import Configuration, parse_configurations
from amarathon.compression.grids import grid_names
from amarathon.compression.methods import budget
from amarathon.generation.decoding import GreedyDecoder
from amarathon.generation.embedded_prompt import EmbeddedPrompt
from amarathon.models.open_model import OpenModel
from benchmarks._common import prefill_flops, report, timed
from benchmarks._models import PROMPT_TOKENS, SHAPES, add_arguments, random_model, random_prompt
from benchmarks._rows import row


def flops(text: object, grid: Sequence[Configuration], tokens: int, layers: int, *, share: bool) -> float:
    """Of all prefills; with `share`, of one whole prefill and each pruning's own layers."""
    length = tokens + PROMPT_TOKENS
    total = prefill_flops(text, [length] * layers) if share else 0.0
    for configuration in grid:
        pruning = configuration.pruning
        first = layers if pruning is None else pruning.layer
        short = length if pruning is None else PROMPT_TOKENS + budget(tokens, pruning.amount)
        before = [] if share else [length] * first
        total += prefill_flops(text, before + [short] * (layers - first))
    return total


Times = dict[str, list[float]]


def compare(model: OpenModel, prompt: EmbeddedPrompt, grid: Sequence[Configuration], repeats: int) -> Times:
    """Seconds of the prefix, and of each configuration alone and as a branch, by name."""
    found: Times = {}
    GreedyDecoder(model, prompt).shared_prefix(grid)  # the warm-up
    for _ in range(repeats):
        seconds, prefix = timed(partial(GreedyDecoder(model, prompt).shared_prefix, grid))
        found.setdefault("prefix", []).append(seconds)
        for configuration in grid:
            alone_s, alone = timed(partial(GreedyDecoder(model, prompt).first_logits, configuration))
            branch_s, branch = timed(
                partial(GreedyDecoder(model, prompt).first_logits, configuration, prefix)
            )
            if not torch.equal(alone, branch):
                raise SystemExit(f"{configuration.name}: the branch differs from its separate run")
            found.setdefault(f"alone {configuration.name}", []).append(alone_s)
            found.setdefault(f"branch {configuration.name}", []).append(branch_s)
    return found


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser, repeats=1)
    arguments = parser.parse_args()
    shape = SHAPES[arguments.shape]
    model = random_model(shape)
    prompt = random_prompt(model, arguments.tokens)
    grid = parse_configurations(grid_names("paper"))
    typical = {
        name: min(seconds) for name, seconds in compare(model, prompt, grid, arguments.repeats).items()
    }
    separate = sum(seconds for name, seconds in typical.items() if name.startswith("alone "))
    shared = sum(seconds for name, seconds in typical.items() if not name.startswith("alone "))
    count = partial(flops, model.model.config.text_config, grid, arguments.tokens, shape.layers)
    flop_ratio = count(share=False) / count(share=True)
    report(
        "sweep",
        {
            "shape": arguments.shape,
            "dtype": str(shape.dtype),
            "configurations": len(grid),
            "tokens": arguments.tokens + PROMPT_TOKENS,
            "seconds": typical,
            "separate_over_shared": separate / shared,
            "flop_ratio": flop_ratio,
            "rows": [
                row(
                    f"{len(grid)} configurations alone over together, T = {arguments.tokens}",
                    [separate / shared],
                    [flop_ratio],
                    "ratio of their operations",
                    unit="times",
                    at_least=0.97,
                )
            ],
        },
    )


if __name__ == "__main__":
    main()
