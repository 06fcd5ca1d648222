"""A prefill with an eviction of ours beside the same one of kvpress, on one text model.

Each repeat times the plain prefill, ours and kvpress's in turn, by what this process computed. What counts
are the shortest times: ours over kvpress's, and what either adds to the plain prefill as a share of it.
Kvpress's AdaKV evicts nothing (it hides tokens in every later step), so its prefill has less to do.

    .venv-kvpress/bin/python -m benchmarks.kvpress_env.presses [--tokens 3000] [--repeats 5]
"""

import argparse
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import kvpress
import torch
from transformers import VoxtralConfig, VoxtralForConditionalGeneration
from transformers.cache_utils import DynamicCache

from amarathon.compression import compress
from benchmarks._common import best_ratio, interleaved, report

RATIO = 0.5
PRESSES: dict[str, Callable[[], Any]] = {
    "knorm": lambda: kvpress.KnormPress(RATIO),
    "snapkv": lambda: kvpress.SnapKVPress(RATIO),
    "tova": lambda: kvpress.TOVAPress(RATIO),
    "streaming": lambda: kvpress.StreamingLLMPress(RATIO),
    "keydiff": lambda: kvpress.KeyDiffPress(RATIO),
    "expected": lambda: kvpress.ExpectedAttentionPress(RATIO),
    "pyramid": lambda: kvpress.PyramidKVPress(RATIO),
    "adakv": lambda: kvpress.AdaKVPress(kvpress.SnapKVPress(RATIO)),
}


def text_model(layers: int, hidden: int, heads: int, kv_heads: int) -> Any:
    """An audio model with random weights, around the text model that kvpress presses."""
    sound = {"num_mel_bins": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "hidden_size": 16}
    text = {
        "model_type": "llama",
        "vocab_size": 1000,
        "hidden_size": hidden,
        "intermediate_size": 3 * hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "num_key_value_heads": kv_heads,
        "head_dim": hidden // heads,
    }
    torch.manual_seed(0)
    return VoxtralForConditionalGeneration(VoxtralConfig(audio_config=sound, text_config=text)).eval()


@torch.inference_mode()
def prefill(model: Any, embeddings: torch.Tensor) -> None:
    """Read a prompt, for its cache alone."""
    model(inputs_embeds=embeddings, past_key_values=DynamicCache(), use_cache=True, logits_to_keep=1)


def ours(model: Any, name: str, embeddings: torch.Tensor) -> None:
    """With an eviction of ours."""
    with compress(model, f"{name}@{RATIO}", audio_positions=torch.arange(10, embeddings.shape[1] - 50)):
        prefill(model, embeddings)


def theirs(text: Any, name: str, embeddings: torch.Tensor) -> None:
    """With a press."""
    with PRESSES[name]()(text):
        prefill(text, embeddings)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", type=int, default=3000)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--hidden", type=int, default=512)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    model = text_model(arguments.layers, arguments.hidden, heads=8, kv_heads=2)
    text = model.language_model
    embeddings = torch.randn(1, arguments.tokens, arguments.hidden)
    figures = {}
    for name in PRESSES:
        ways = {
            "plain": partial(prefill, text, embeddings),
            "ours": partial(ours, model, name, embeddings),
            "theirs": partial(theirs, text, name, embeddings),
        }
        seconds = interleaved(ways, arguments.repeats, time.process_time)
        figures[name] = {
            "ours_over_kvpress": best_ratio(seconds["ours"], seconds["theirs"]),
            "ours_adds": best_ratio(seconds["ours"], seconds["plain"]) - 1,
            "kvpress_adds": best_ratio(seconds["theirs"], seconds["plain"]) - 1,
        }
    report("presses", {"tokens": arguments.tokens, "layers": arguments.layers, "methods": figures})


if __name__ == "__main__":
    main()
