"""The parts of `benchmarks.gpu`: each measures one stage of a model beside what the device could do.

They run on any device; only on a GPU do their figures say something.
"""

import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from importlib.util import find_spec
from typing import Any

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from amarathon.compression import Configuration, parse_configurations
from amarathon.compression.caches import cache_bytes
from amarathon.compression.grids import grid_names
from amarathon.compression.hooks import decoder_layers
from amarathon.compression.methods import budget
from amarathon.generation.decoding import GreedyDecoder
from amarathon.generation.embedded_prompt import EmbeddedPrompt
from amarathon.generation.outcome import Outcome
from benchmarks import sweep
from benchmarks._common import interleaved, prefill_flops
from benchmarks._models import PROMPT_TOKENS, random_features
from benchmarks._rows import row

RATIOS = ("0.3", "0.6", "0.9")
EVICTIONS = ("knorm@0.5", "snapkv@0.5", "tova@0.5")
# The first layers that a pruning leaves whole.
LAYER = 2
NEW_TOKENS, FRAMES_PER_TOKEN = 64, 4
TERA, GIGA = 1e12, 1e9
# Words of torch's warning where the host waits for the device.
SYNCHRONISES = "called a synchronizing"

Rows = list[dict[str, Any]]
Way = Callable[[], object]


@dataclass(frozen=True)
class Setting:
    """What a part measures.

    Attributes
    ----------
    model : Qwen25Omni
        With random weights.
    prompt : EmbeddedPrompt
    tokens : int
        Of audio in the prompt.
    repeats : int
    square : int
        Side of the matrices whose product is the device's yardstick.
    copied : int
        Bytes copied as the memory's yardstick.
    grid : tuple of str
        Configurations run together and alone.
    """

    model: Any
    prompt: EmbeddedPrompt
    tokens: int
    repeats: int = 5
    square: int = 8192
    copied: int = 1 << 30
    grid: tuple[str, ...] = tuple(grid_names("paper"))

    @property
    def decoder(self) -> GreedyDecoder:
        """For one token behind the prompt."""
        return GreedyDecoder(self.model, self.prompt)

    def prefill(self, name: str) -> Way:
        """A prefill under a configuration."""
        return partial(self.decoder.first_logits, Configuration.parse(name))


def encoder(setting: Setting) -> tuple[Rows, dict[str, Way]]:
    """The audio encoder in TFLOP/s, beside a matrix product's."""
    features = random_features(setting.model, setting.tokens * FRAMES_PER_TOKEN)

    def encode() -> None:
        for _ in setting.model.encode_parts(features):
            pass

    with FlopCounterMode(display=False) as counter:
        encode()
    operations = float(counter.get_total_flops())
    rows = [_beside_product(setting, "Audio encoder", encode, operations)]
    return rows, {"encoder": encode}


def prefill(setting: Setting) -> tuple[Rows, dict[str, Way]]:
    """The whole prefill under each kernel for attention, in TFLOP/s."""
    text = setting.model.model.config.text_config
    operations = prefill_flops(text, [setting.tokens + PROMPT_TOKENS] * text.num_hidden_layers)
    rows = []
    for name, kernel in kernels(setting.model.model).items():
        with kernel():
            way = setting.prefill("vanilla")
            rows.append(_beside_product(setting, f"Prefill, {name}", way, operations))
    return rows, {"prefill": setting.prefill("vanilla")}


def pruned(setting: Setting) -> tuple[Rows, dict[str, Way]]:
    """Pruned prefills: how much faster, beside the ratio of their operations."""
    text, length = setting.model.model.config.text_config, setting.tokens + PROMPT_TOKENS
    layers = text.num_hidden_layers
    ways = {name: setting.prefill(name) for name in ("vanilla", *(f"frame@{share}" for share in RATIOS))}
    seconds = interleaved(ways, setting.repeats)
    rows = []
    for share in RATIOS:
        short = PROMPT_TOKENS + budget(setting.tokens, Fraction(share))
        allowed = prefill_flops(text, [length] * layers) / prefill_flops(
            text, [length] * LAYER + [short] * (layers - LAYER)
        )
        gained = _quotients(seconds["vanilla"], seconds[f"frame@{share}"])
        beside = "ratio of their operations"
        rows.append(
            row(f"Prefill over frame@{share}", gained, [allowed], beside, unit="times", at_least=0.95)
        )
    return rows, {name: way for name, way in ways.items() if name != "vanilla"}


def evictions(setting: Setting) -> tuple[Rows, dict[str, Way]]:
    """What evictions add to a prefill."""
    ways = {name: setting.prefill(name) for name in ("vanilla", *EVICTIONS)}
    seconds = interleaved(ways, setting.repeats)
    rows = [
        row(f"Prefill with {name}", seconds[name], seconds["vanilla"], "prefill without", at_most=1.05)
        for name in EVICTIONS
    ]
    return rows, {name: ways[name] for name in EVICTIONS}


def decode(setting: Setting) -> tuple[Rows, dict[str, Way]]:
    """A reply's tokens: bytes read a second, beside the memory's copy of one tensor onto another."""
    setting.model.model.generation_config.eos_token_id = -1
    decoder = GreedyDecoder(setting.model, setting.prompt, NEW_TOKENS)
    kept = cache_bytes(setting.decoder.shared_prefix(()).cache)
    head = setting.model.model.get_output_embeddings()
    weights = sum(
        weight.nbytes for layer in decoder_layers(setting.model.model) for weight in layer.parameters()
    )
    weights += sum(weight.nbytes for weight in head.parameters())
    one = torch.empty(setting.copied, dtype=torch.uint8, device=setting.model.device)
    other = torch.empty_like(one)
    copied = interleaved({"copy": lambda: other.copy_(one)}, setting.repeats)["copy"]
    read = []
    for repeat in range(setting.repeats + 1):
        events = decoder.generate(Configuration())
        outcome = next(event for event in events if isinstance(event, Outcome))
        if repeat:
            steps_s = outcome.timings.decode_s or 0.0
            read.append((NEW_TOKENS - 1) * (weights + kept) / steps_s / GIGA)
    bandwidth = [2 * setting.copied / seconds / GIGA for seconds in copied]
    return [row("Decoding", read, bandwidth, "copying memory", unit="GB/s")], {}


def grid(setting: Setting) -> tuple[Rows, dict[str, Way]]:
    """The whole grid together, beside each configuration alone and the ratio of operations."""
    configurations = parse_configurations(setting.grid)
    text = setting.model.model.config.text_config
    found = sweep.compare(setting.model, setting.prompt, configurations, 1)
    alone = sum(min(seconds) for name, seconds in found.items() if name.startswith("alone "))
    shared = sum(min(seconds) for name, seconds in found.items() if not name.startswith("alone "))
    count = partial(sweep.flops, text, configurations, setting.tokens, text.num_hidden_layers)
    allowed = count(share=False) / count(share=True)
    what = f"{len(configurations)} configurations alone over together"
    beside = "ratio of their operations"
    return [row(what, [alone / shared], [allowed], beside, unit="times", at_least=0.97)], {}


# The order of the table; the titles stand in it where nothing is measured.
PARTS: dict[str, Callable[[Setting], tuple[Rows, dict[str, Way]]]] = {
    "Audio encoder, TFLOP/s": encoder,
    "Prefill with sdpa and flash attention, TFLOP/s": prefill,
    "Pruned prefill at 0.3, 0.6 and 0.9": pruned,
    "Evictions": evictions,
    "Decoding, bytes a second": decode,
    "The whole grid together": grid,
}


def kernels(model: Any) -> dict[str, Callable[[], AbstractContextManager[None]]]:
    """Ways to attend: torch's choice, its flash attention, and the package of that name if there."""
    found: dict[str, Callable[[], AbstractContextManager[None]]] = {
        "torch's choice (sdpa)": nullcontext,
        "torch's flash attention": partial(sdpa_kernel, SDPBackend.FLASH_ATTENTION),
    }
    if find_spec("flash_attn") is not None:
        found["flash_attention_2"] = partial(_attending, model, "flash_attention_2")
    return found


@contextmanager
def _attending(model: Any, name: str) -> Iterator[None]:
    before = model.config.get_text_config(decoder=True)._attn_implementation
    model.set_attn_implementation(name)
    try:
        yield
    finally:
        model.set_attn_implementation(before)


@contextmanager
def counted_syncs() -> Iterator[list[str]]:
    """Within the block, each time that the host waits for the GPU is noted as torch's sentence."""
    waits: list[str] = []
    before = torch.cuda.get_sync_debug_mode()
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        torch.cuda.set_sync_debug_mode("warn")
        try:
            yield waits
        finally:
            torch.cuda.set_sync_debug_mode(before)
            waits.extend(str(each.message) for each in seen if SYNCHRONISES in str(each.message))


def _beside_product(setting: Setting, what: str, way: Way, operations: float) -> dict[str, Any]:
    device, dtype = setting.model.device, setting.model.model.dtype
    left, right = (torch.randn(setting.square, setting.square, device=device, dtype=dtype) for _ in range(2))
    seconds = interleaved({"own": way, "product": lambda: left @ right}, setting.repeats)
    own = [operations / each / TERA for each in seconds["own"]]
    product = [2 * setting.square**3 / each / TERA for each in seconds["product"]]
    return row(what, own, product, "a product of matrices", unit="TFLOP/s")


def _quotients(numerators: list[float], denominators: list[float]) -> list[float]:
    return [one / other for one, other in zip(numerators, denominators, strict=True)]
