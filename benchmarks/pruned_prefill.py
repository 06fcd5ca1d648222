"""How close a pruned prefill comes to what its arithmetic allows.

T = 7,500 audio tokens plus a prompt, Frame at the paper's ratios. The measured speed-up over vanilla
stands beside the ratio of their FLOPs; both count the first two layers, which stay whole, and the
output head at the last position, and leave the audio encoder out. Attention runs at fewer FLOP/s
than matrix products, so the ratio is a yardstick, not a ceiling. Target: 95% of it.

    python -m benchmarks.pruned_prefill [--shape small|3b] [--repeats 5]
"""

import argparse
from fractions import Fraction
from functools import partial

from amarathon.compression import Configuration
from amarathon.compression.methods import budget
from amarathon.generation.decoding import GreedyDecoder
from benchmarks._common import best_ratio, interleaved, prefill_flops, ratio, report
from benchmarks._models import PROMPT_TOKENS, SHAPES, add_arguments, random_model, random_prompt
from benchmarks._rows import row

RATIOS = ("0.3", "0.6", "0.9")
LAYER = 2


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser)
    arguments = parser.parse_args()
    shape = SHAPES[arguments.shape]
    model = random_model(shape)
    prompt = random_prompt(model, arguments.tokens)
    names = {share: f"frame@{share}" for share in RATIOS}
    ways = {
        name: partial(GreedyDecoder(model, prompt).first_logits, Configuration.parse(name))
        for name in ("vanilla", *names.values())
    }
    seconds = interleaved(ways, arguments.repeats)
    text, length = model.model.config.text_config, arguments.tokens + PROMPT_TOKENS
    full = prefill_flops(text, [length] * shape.layers)
    figures, rows = {}, []
    for share, name in names.items():
        short = PROMPT_TOKENS + budget(arguments.tokens, Fraction(share))
        pruned = prefill_flops(text, [length] * LAYER + [short] * (shape.layers - LAYER))
        speed_up, best = (
            ratio(seconds["vanilla"], seconds[name]),
            best_ratio(seconds["vanilla"], seconds[name]),
        )
        gained = [whole / own for whole, own in zip(seconds["vanilla"], seconds[name], strict=True)]
        what, beside = f"Prefill over that of {name}, T = {arguments.tokens}", "ratio of their operations"
        rows.append(row(what, gained, [full / pruned], beside, unit="times", at_least=0.95))
        figures[name] = {
            "speed_up": speed_up,
            "speed_up_of_best": best,
            "flop_ratio": full / pruned,
            "share_of_flop_ratio": speed_up["median"] * pruned / full,
            "share_of_flop_ratio_of_best": best * pruned / full,
        }
    report(
        "pruned_prefill",
        {
            "shape": arguments.shape,
            "dtype": str(shape.dtype),
            "tokens": length,
            "seconds": seconds,
            "configurations": figures,
            "rows": rows,
        },
    )


if __name__ == "__main__":
    main()
