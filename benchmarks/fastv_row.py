"""FastV needs one attention row: what it costs against materialising the layer's weights.

One decoder layer with the shape of Qwen2.5-Omni-3B, 300 s of audio (T = 7,500 + prompt). Compares
the layer as it is, the layer with the row, and the layer with all its attention weights.

    python -m benchmarks.fastv_row [--tokens 7500] [--repeats 3]
"""

import argparse
from functools import partial

import torch
from transformers import Qwen2_5OmniThinkerForConditionalGeneration
from transformers.cache_utils import DynamicCache

from amarathon.compression.attention import AttentionInputs
from amarathon.compression.attention_hooks import AttentionCall, listen_to_attention
from amarathon.compression.hooks import decoder_layers
from amarathon.models.memory import PeakMemory
from amarathon.models.small import recipe
from benchmarks._common import interleaved, ratio, report
from benchmarks._rows import row


def layer_model(attention: str) -> Qwen2_5OmniThinkerForConditionalGeneration:
    """A thinker with one decoder layer of the 3B model's shape."""
    configuration = recipe.configuration()
    text = configuration.text_config
    text.hidden_size, text.intermediate_size = 2048, 11008
    text.num_attention_heads, text.num_key_value_heads = 16, 2
    text.num_hidden_layers, text.layer_types = 1, ["full_attention"]
    text.rope_parameters = {"rope_type": "default", "rope_theta": 1e6, "mrope_section": [16, 24, 24]}
    configuration.audio_config.output_dim = configuration.vision_config.out_hidden_size = 2048
    configuration._attn_implementation = attention
    torch.manual_seed(0)
    return Qwen2_5OmniThinkerForConditionalGeneration(configuration).eval()


@torch.inference_mode()
def run(
    model: Qwen2_5OmniThinkerForConditionalGeneration, embeddings: torch.Tensor, how: str
) -> torch.Tensor:
    """One pass through the layer; returns the row where one is asked for."""
    rows: list[torch.Tensor] = []

    def row(call: AttentionCall) -> None:
        inputs = AttentionInputs(call.query[0, :, -1:], call.key[0], call.value[0], call.scaling)
        rows.append(inputs.window(1)[:, 0].mean(dim=0))

    text = model.model.language_model
    cache = DynamicCache(config=model.config.text_config)
    if how == "row":
        with listen_to_attention(decoder_layers(model)[0].self_attn, row):
            text(inputs_embeds=embeddings, past_key_values=cache)
        return rows[0]
    output = text(inputs_embeds=embeddings, past_key_values=cache, output_attentions=how == "materialised")
    return output.attentions[0][0, :, -1].mean(dim=0) if how == "materialised" else torch.empty(0)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", type=int, default=7500)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    fused, plain = layer_model("sdpa"), layer_model("eager")
    embeddings = torch.randn(1, arguments.tokens, 2048) * 0.02
    ways = {
        "layer": partial(run, fused, embeddings, "layer"),
        "row": partial(run, fused, embeddings, "row"),
        "materialised": partial(run, plain, embeddings, "materialised"),
    }
    torch.testing.assert_close(ways["row"](), ways["materialised"](), rtol=1e-4, atol=1e-7)
    peaks = {}
    for name, way in ways.items():
        with PeakMemory(torch.device("cpu")) as memory:
            way()
        peaks[name] = memory.peak_bytes
    seconds = interleaved(ways, arguments.repeats)
    report(
        "fastv_row",
        {
            "tokens": arguments.tokens,
            "seconds": seconds,
            "row_over_layer": ratio(seconds["row"], seconds["layer"]),
            "materialised_over_row": ratio(seconds["materialised"], seconds["row"]),
            "peak_bytes": peaks,
            "rows": [row("A layer with FastV's row", seconds["row"], seconds["layer"], "the layer alone")],
            "peak_bytes_saved": peaks["materialised"] - peaks["row"],
        },
    )


if __name__ == "__main__":
    main()
