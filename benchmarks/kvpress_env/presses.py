"""A prefill with an eviction of ours beside the same one of kvpress, on one text model.

Each repeat times the plain prefill, ours and kvpress's in an order that is drawn anew, by what this process
computed on one thread: what others do to the machine, and what ran before, meets all of them alike. Medians
of the pairs with their spread: ours over kvpress's, and what either adds to the plain prefill. In front
stands ``compress`` with a configuration that prunes nothing, beside no ``compress`` at all.
Kvpress's AdaKV evicts nothing (it hides tokens in every later step), so its prefill has less to do.

    .venv-kvpress/bin/python -m benchmarks.kvpress_env.presses [--tokens 3000] [--repeats 9]
"""

import argparse
from collections.abc import Callable
from functools import partial
from typing import Any

import kvpress
import torch
from transformers import VoxtralConfig, VoxtralForConditionalGeneration
from transformers.cache_utils import DynamicCache

from amarathon.compression import compress
from benchmarks._common import ratio, report, shuffled
from benchmarks._rows import row

RATIO = 0.5
# Prunes nothing: what the hooks cost by themselves.
ZERO = "frame@0"
WANTED_AT_ZERO, WANTED = 1.01, 1.05
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


def ours(model: Any, configuration: str, embeddings: torch.Tensor) -> None:
    """With a configuration of ours."""
    with compress(model, configuration, audio_positions=torch.arange(10, embeddings.shape[1] - 50)):
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
    parser.add_argument("--repeats", type=int, default=9)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    model = text_model(arguments.layers, arguments.hidden, heads=8, kv_heads=2)
    text = model.language_model
    embeddings = torch.randn(1, arguments.tokens, arguments.hidden)
    plain = partial(prefill, text, embeddings)
    ways = {"plain": plain, "ours": partial(ours, model, ZERO, embeddings)}
    seconds = shuffled(ways, arguments.repeats)
    what = f"`compress` at ratio 0, {arguments.tokens} tokens"
    rows = [
        row(what, seconds["ours"], seconds["plain"], "no `compress`", unit="CPU s", at_most=WANTED_AT_ZERO)
    ]
    added = {}
    for name in PRESSES:
        ways = {
            "plain": plain,
            "ours": partial(ours, model, f"{name}@{RATIO}", embeddings),
            "theirs": partial(theirs, text, name, embeddings),
        }
        seconds = shuffled(ways, arguments.repeats)
        what = f"Prefill with {name}@{RATIO}"
        rows.append(row(what, seconds["ours"], seconds["theirs"], "kvpress", unit="CPU s", at_most=WANTED))
        added[name] = {way: ratio(seconds[way], seconds["plain"]) for way in ("ours", "theirs")}
    report(
        "presses",
        {"tokens": arguments.tokens, "layers": arguments.layers, "over_plain": added, "rows": rows},
    )


if __name__ == "__main__":
    main()
