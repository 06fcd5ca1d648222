"""How close a pruned prefill comes to what its arithmetic allows.

A thinker of 12 layers, T = 7,500 audio tokens plus a prompt, Frame at the paper's ratios. The
measured speed-up over vanilla stands beside the ratio of their FLOPs. Attention runs at fewer FLOP/s
than matrix products, so the ratio is a yardstick, not a ceiling.

    python -m benchmarks.pruned_prefill [--layers 12] [--repeats 3]
"""

import argparse
from fractions import Fraction
from functools import partial

import torch
from transformers import Qwen2_5OmniThinkerForConditionalGeneration
from transformers.cache_utils import DynamicCache

from amarathon.compression import compress
from amarathon.compression.hooks import last_position_logits
from amarathon.compression.methods import budget
from amarathon.models.small import recipe
from benchmarks._common import interleaved, prefill_flops, ratio, report

AUDIO_TOKENS, PROMPT_TOKENS = 7500, 76
RATIOS = ("0.3", "0.6", "0.9")
LAYER = 2


def model_of(layers: int, hidden: int) -> Qwen2_5OmniThinkerForConditionalGeneration:
    """A thinker whose language model has `layers` layers of width `hidden`."""
    configuration = recipe.configuration()
    text = configuration.text_config
    text.hidden_size, text.intermediate_size = hidden, 3 * hidden
    text.num_hidden_layers, text.layer_types = layers, ["full_attention"] * layers
    text.num_attention_heads, text.num_key_value_heads = hidden // 64, hidden // 128
    configuration.audio_config.output_dim = configuration.vision_config.out_hidden_size = hidden
    torch.manual_seed(0)
    return Qwen2_5OmniThinkerForConditionalGeneration(configuration).eval()


@torch.inference_mode()
def prefill(model: Qwen2_5OmniThinkerForConditionalGeneration, embeddings: torch.Tensor, name: str) -> None:
    """One prefill under a configuration."""
    positions = torch.arange(AUDIO_TOKENS) + PROMPT_TOKENS // 2
    cache = DynamicCache(config=model.config.text_config)
    places = torch.arange(embeddings.shape[1]).expand(3, 1, -1)
    with compress(model, name, audio_positions=positions), last_position_logits(model):
        model(inputs_embeds=embeddings, position_ids=places, past_key_values=cache)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--hidden", type=int, default=512)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    model = model_of(arguments.layers, arguments.hidden)
    length = AUDIO_TOKENS + PROMPT_TOKENS
    embeddings = torch.randn(1, length, arguments.hidden) * 0.02
    names = {share: f"frame@{share}" for share in RATIOS}
    ways = {name: partial(prefill, model, embeddings, name) for name in ("vanilla", *names.values())}
    seconds = interleaved(ways, arguments.repeats)
    text = model.config.text_config
    full = prefill_flops(text, [length] * arguments.layers)
    figures = {}
    for share, name in names.items():
        short = PROMPT_TOKENS + budget(AUDIO_TOKENS, Fraction(share))
        pruned = prefill_flops(text, [length] * LAYER + [short] * (arguments.layers - LAYER))
        speed_up = ratio(seconds["vanilla"], seconds[name])
        figures[name] = {
            "speed_up": speed_up,
            "flop_ratio": full / pruned,
            "share_of_flop_ratio": speed_up["median"] * pruned / full,
        }
    report("pruned_prefill", {"tokens": length, "seconds": seconds, "configurations": figures})


if __name__ == "__main__":
    main()
