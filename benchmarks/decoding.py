"""What room in the cache saves over transformers' own layer, which copies all of it for every token.

The same reply of random tokens after a prompt of 7,500 audio tokens, written with either cache in turn;
the logits of both must be equal. Beside the ratio stands the one of the bytes: a copy reads and writes
keys and values once each, attention reads them once, and the weights are read once for both.

    python -m benchmarks.decoding [--shape small|3b] [--repeats 5]
"""

import argparse
import copy
from functools import partial

import torch
from torch import Tensor
from transformers.cache_utils import DynamicCache

from amarathon.compression.caches import cache_bytes, make_room
from amarathon.generation.decoding import GreedyDecoder
from amarathon.models.open_model import OpenModel
from benchmarks._common import interleaved, ratio, report
from benchmarks._models import SHAPES, add_arguments, random_model, random_prompt
from benchmarks._rows import row

NEW_TOKENS = 32


@torch.inference_mode()
def write(model: OpenModel, kept: DynamicCache, *, room: bool) -> Tensor:
    """Logits of `NEW_TOKENS` given tokens behind a prompt, shape (tokens, vocabulary)."""
    cache = copy.copy(kept)
    cache.layers = [copy.copy(layer) for layer in kept.layers]
    if room:
        make_room(cache)
    seen, logits = kept.get_seq_length(), []
    for step in range(NEW_TOKENS):
        output = model.model(
            input_ids=torch.tensor([[step + 20]], device=model.device),
            position_ids=model.position_ids(seen + step, 1),
            past_key_values=cache,
            use_cache=True,
        )
        logits.append(output.logits[0, -1])
    return torch.stack(logits)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser)
    arguments = parser.parse_args()
    model = random_model(SHAPES[arguments.shape])
    kept = GreedyDecoder(model, random_prompt(model, arguments.tokens)).shared_prefix(()).cache
    ways = {
        "copied": partial(write, model, kept, room=False),
        "roomy": partial(write, model, kept, room=True),
    }
    if not torch.equal(ways["copied"](), ways["roomy"]()):
        raise SystemExit("The logits differ.")
    seconds = interleaved(ways, arguments.repeats)
    weights = sum(parameter.nbytes for parameter in model.model.model.parameters())
    held = cache_bytes(kept)
    report(
        "decoding",
        {
            "shape": arguments.shape,
            "tokens": kept.get_seq_length(),
            "new_tokens": NEW_TOKENS,
            "seconds": seconds,
            "copied_over_roomy": ratio(seconds["copied"], seconds["roomy"]),
            "ratio_of_bytes": (weights + 3 * held) / (weights + held),
            "rows": [
                row(
                    "Decoding with transformers' cache",
                    seconds["copied"],
                    seconds["roomy"],
                    "with room in it",
                )
            ],
        },
    )


if __name__ == "__main__":
    main()
