"""What writing replies together saves over writing them one after the other.

As many configurations of one prompt as are written at a time, the same tokens for each; both ways
must write the same replies. Beside the ratio stands the one of the bytes: together, the weights are read
once for each token of all replies, and each cache once for its own.

    python -m benchmarks.replies [--shape small|3b] [--tokens 7500] [--repeats 5]
"""

import argparse
from collections.abc import Sequence
from functools import partial

from amarathon.compression import Configuration, parse_configurations
from amarathon.compression.caches import cache_bytes
from amarathon.compression.prefix import Prefix
from amarathon.generation.decoding import Branch, GreedyDecoder
from benchmarks._common import ratio, report
from benchmarks._models import SHAPES, add_arguments, random_model, random_prompt
from benchmarks._rows import row

NEW_TOKENS = 32
NAMES = ["vanilla", *(f"frame@{r}" for r in (0.3, 0.6, 0.9)), *(f"snapkv@{r}" for r in (0.3, 0.5, 0.7, 0.9))]


def write(
    decoder: GreedyDecoder, grid: Sequence[Configuration], prefix: Prefix, *, at_a_time: int
) -> list[Branch]:
    """Write all replies, some at a time; no token of these weights ends one."""
    branches = [decoder.begin(configuration, prefix) for configuration in grid]
    for start in range(0, len(branches), at_a_time):
        list(decoder.write_together(branches[start : start + at_a_time]))
    return branches


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser)
    arguments = parser.parse_args()
    model = random_model(SHAPES[arguments.shape])
    model.model.generation_config.eos_token_id = -1
    grid = parse_configurations(NAMES)
    decoder = GreedyDecoder(model, random_prompt(model, arguments.tokens), NEW_TOKENS)
    prefix = decoder.shared_prefix(grid)
    ways = {
        "alone": partial(write, decoder, grid, prefix, at_a_time=1),
        "together": partial(write, decoder, grid, prefix, at_a_time=len(grid)),
    }
    alone, together = ways["alone"](), ways["together"]()
    if [branch.tokens for branch in alone] != [branch.tokens for branch in together]:
        raise SystemExit("The replies differ.")
    # Without the prefills, which are the same both ways.
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(arguments.repeats):
        for name, way in ways.items():
            seconds[name].append(sum(branch.timings.decode_s or 0.0 for branch in way()))
    weights = sum(parameter.nbytes for parameter in model.model.model.parameters())
    held = sum(cache_bytes(branch.cache) for branch in together)
    report(
        "replies",
        {
            "shape": arguments.shape,
            "tokens": prefix.cache.get_seq_length(),
            "replies": len(grid),
            "new_tokens": NEW_TOKENS,
            "seconds": seconds,
            "alone_over_together": ratio(seconds["alone"], seconds["together"]),
            "ratio_of_bytes": (len(grid) * weights + held) / (weights + held),
            "rows": [row(f"{len(grid)} replies alone", seconds["alone"], seconds["together"], "together")],
        },
    )


if __name__ == "__main__":
    main()
