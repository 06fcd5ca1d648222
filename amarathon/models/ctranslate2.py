"""Whisper's weights from the file of a CTranslate2 model, under the names of transformers' class.

References
----------
Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision" (arXiv 2212.04356).
"""

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from amarathon.errors import ModelError

_VERSION, _HALF = 6, 4
_PARTS = ("weight", "bias")
# CTranslate2's name of a sublayer, the class's, and the class's name of the norm before it.
_SUBLAYERS = {
    "self_attention": ("self_attn", "self_attn_layer_norm"),
    "attention": ("encoder_attn", "encoder_attn_layer_norm"),
    "ffn": ("", "final_layer_norm"),
}


def read_variables(path: Path) -> dict[str, Tensor]:
    """Read a file's half-precision variables, as float32 and by their own names.

    Raises
    ------
    ModelError
        It is of another version.
    """
    content = path.read_bytes()
    offset = 0

    def number(form: str) -> int:
        nonlocal offset
        (value,) = struct.unpack_from(f"<{form}", content, offset)
        offset += struct.calcsize(form)
        return int(value)

    def text() -> str:
        nonlocal offset
        length = number("H")
        offset += length
        return content[offset - length : offset - 1].decode()

    if number("I") != _VERSION:
        raise ModelError(f"{path.name} is no CTranslate2 model of version {_VERSION}.")
    text()  # the specification's name
    number("I")  # and its revision
    found = {}
    for _ in range(number("I")):
        name = text()
        shape = [number("I") for _ in range(number("B"))]
        kind, size = number("B"), number("I")
        if kind == _HALF:
            values = np.frombuffer(content, np.float16, size // 2, offset).reshape(shape)
            found[name] = torch.from_numpy(values.astype(np.float32))
        offset += size
    return found


def encoder_weights(read: dict[str, Tensor]) -> dict[str, Tensor]:
    """An encoder's weights by the class's names, beginning behind ``model.encoder.``.

    The positions are left out: they are sinusoids that the class makes by itself.
    """
    weights = {
        f"{name}.{part}": read[f"encoder/{name}/{part}"] for name in ("conv1", "conv2") for part in _PARTS
    }
    return weights | dict(_stack(read, "encoder"))


def decoder_weights(read: dict[str, Tensor]) -> dict[str, Tensor]:
    """A decoder's weights by the class's names, beginning behind ``model.decoder.``."""
    return {
        "embed_tokens.weight": read["decoder/embeddings/weight"],
        "embed_positions.weight": read["decoder/position_encodings/encodings"],
    } | dict(_stack(read, "decoder"))


def _stack(read: dict[str, Tensor], side: str) -> Iterator[tuple[str, Tensor]]:
    yield from _norm(read, f"{side}/layer_norm", "layer_norm")
    layers = sum(name.startswith(f"{side}/") and name.endswith("ffn/linear_0/weight") for name in read)
    for layer in range(layers):
        for theirs, (ours, norm) in _SUBLAYERS.items():
            source, target = f"{side}/layer_{layer}/{theirs}", f"layers.{layer}"
            if f"{source}/layer_norm/gamma" not in read:
                continue  # an encoder attends to nothing but itself
            yield from _norm(read, f"{source}/layer_norm", f"{target}.{norm}")
            if theirs == "ffn":
                yield from _linear(read, f"{source}/linear_0", [f"{target}.fc1"])
                yield from _linear(read, f"{source}/linear_1", [f"{target}.fc2"])
            else:
                yield from _attention(read, source, f"{target}.{ours}")


def _attention(read: dict[str, Tensor], source: str, target: str) -> Iterator[tuple[str, Tensor]]:
    # Queries, keys and values are one matrix there; of a cross-attention, keys and values.
    q, k, v = (f"{target}.{name}_proj" for name in "qkv")
    joined = [[q], [k, v]] if f"{source}/linear_2/weight" in read else [[q, k, v]]
    for number, names in enumerate([*joined, [f"{target}.out_proj"]]):
        yield from _linear(read, f"{source}/linear_{number}", names)


def _linear(read: dict[str, Tensor], source: str, targets: list[str]) -> Iterator[tuple[str, Tensor]]:
    for part in _PARTS:
        whole = read[f"{source}/{part}"]
        for target, values in zip(targets, whole.chunk(len(targets)), strict=True):
            # Keys have no bias, in Whisper neither.
            if not (part == "bias" and target.endswith("k_proj")):
                yield f"{target}.{part}", values.contiguous()


def _norm(read: dict[str, Tensor], source: str, target: str) -> Iterator[tuple[str, Tensor]]:
    yield f"{target}.weight", read[f"{source}/gamma"]
    yield f"{target}.bias", read[f"{source}/beta"]
