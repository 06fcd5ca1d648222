"""What sharing a prompt's common layers saves over running each configuration alone.

The paper's grid (33 configurations) on one prompt of 12 layers: measured ratio of separate runs to the
shared sweep, beside the ratio of their FLOPs. Every branch's first logits must equal its separate run's.

    python -m benchmarks.sweep [--tokens 3000] [--repeats 2]
"""

import argparse
from collections.abc import Sequence
from functools import partial

import torch

from amarathon.compression import Configuration, parse_configurations
from amarathon.compression.grids import grid_names
from amarathon.compression.methods import budget
from amarathon.compression.places import AudioPlaces
from amarathon.generation import EmbeddedPrompt, first_logits, shared_prefix
from amarathon.models.qwen2_5_omni import Qwen25Omni
from amarathon.models.responder import ModelIdentity
from amarathon.models.small import recipe
from benchmarks._common import interleaved, prefill_flops, ratio, report
from benchmarks.pruned_prefill import PROMPT_TOKENS, model_of


def separate(model: Qwen25Omni, prompt: EmbeddedPrompt, grid: Sequence[Configuration]) -> list[torch.Tensor]:
    """Every configuration from the embeddings."""
    return [first_logits(model, prompt, configuration) for configuration in grid]


def shared(model: Qwen25Omni, prompt: EmbeddedPrompt, grid: Sequence[Configuration]) -> list[torch.Tensor]:
    """One prefill, many branches."""
    prefix = shared_prefix(model, prompt, grid)
    return [first_logits(model, prompt, configuration, prefix) for configuration in grid]


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


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", type=int, default=3000)
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--hidden", type=int, default=512)
    parser.add_argument("--repeats", type=int, default=2)
    arguments = parser.parse_args()
    identity = ModelIdentity("benchmark", "random", "qwen2_5_omni", "float32", "cpu", 0)
    thinker = model_of(arguments.layers, arguments.hidden)
    model = Qwen25Omni(thinker, recipe.tokenizer(), recipe.feature_extractor(), identity)
    length = arguments.tokens + PROMPT_TOKENS
    places = AudioPlaces.plain(torch.arange(arguments.tokens) + PROMPT_TOKENS // 2)
    prompt = EmbeddedPrompt(torch.randn(1, length, arguments.hidden) * 0.02, places)
    grid = parse_configurations(grid_names("paper"))
    ways = {
        "separate": partial(separate, model, prompt, grid),
        "shared": partial(shared, model, prompt, grid),
    }
    for alone, branch, configuration in zip(ways["separate"](), ways["shared"](), grid, strict=True):
        if not torch.equal(alone, branch):
            raise SystemExit(f"{configuration.name}: the branch differs from its separate run")
    seconds = interleaved(ways, arguments.repeats)
    text = thinker.config.text_config
    count = partial(flops, text, grid, arguments.tokens, arguments.layers)
    flop_ratio = count(share=False) / count(share=True)
    measured = ratio(seconds["separate"], seconds["shared"])
    report(
        "sweep",
        {
            "configurations": len(grid),
            "tokens": length,
            "seconds": seconds,
            "separate_over_shared": measured,
            "flop_ratio": flop_ratio,
            "share_of_flop_ratio": measured["median"] / flop_ratio,
        },
    )


if __name__ == "__main__":
    main()
