"""Tensors of a TensorFlow checkpoint without TensorFlow.

The index is a table of LevelDB (blocks of keys that share their beginnings), each value a
``BundleEntryProto``; the tensors lie one after another in the data file. Only what musicnn's file has is
read: blocks without compression, float32, one shard.
"""

import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from amarathon.errors import ModelError

_FOOTER, _MAGIC, _TRAILER = 48, 0xDB4775248B80FB57, 5
_FLOAT32 = 1
# Fields of BundleEntryProto and, below, of TensorShapeProto.
_TYPE, _SHAPE, _OFFSET, _SIZE = 1, 2, 4, 5
_DIMENSION, _LENGTH = 2, 1


def read_tensors(index: Path, data: Path) -> Mapping[str, NDArray[np.float32]]:
    """Read every float32 tensor by its name.

    Raises
    ------
    ModelError
        The index is no such table.
    """
    table, values = index.read_bytes(), data.read_bytes()
    if len(table) < _FOOTER or struct.unpack("<Q", table[-8:])[0] != _MAGIC:
        raise ModelError(f"{index.name} is no index of a TensorFlow checkpoint.")
    at = len(table) - _FOOTER
    for _ in range(2):
        _, at = _varint(table, at)  # the block of blocks' statistics
    offset, at = _varint(table, at)
    size, _ = _varint(table, at)
    found = {}
    for _, handle in _block(table, offset, size):
        start, after = _varint(handle, 0)
        length, _ = _varint(handle, after)
        for name, entry in _block(table, start, length):
            fields = _fields(entry)
            if name and fields.get(_TYPE) == _FLOAT32:
                begin = int(fields.get(_OFFSET, 0))
                part = np.frombuffer(values, "<f4", int(fields[_SIZE]) // 4, begin)
                found[name.decode()] = part.reshape(_shape(fields.get(_SHAPE, b"")))
    return found


def _block(table: bytes, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values of a block."""
    if table[offset + size] != 0:
        raise ModelError("The checkpoint's index is compressed; only one without compression is read.")
    content = table[offset : offset + size]
    restarts = struct.unpack("<I", content[-4:])[0]
    at, end, key = 0, len(content) - 4 * (restarts + 1), b""
    while at < end:
        shared, at = _varint(content, at)
        own, at = _varint(content, at)
        length, at = _varint(content, at)
        key = key[:shared] + content[at : at + own]
        at += own
        yield key, content[at : at + length]
        at += length


def _shape(message: bytes | int) -> list[int]:
    assert isinstance(message, bytes)
    lengths, at = [], 0
    while at < len(message):
        tag, at = _varint(message, at)
        size, at = _varint(message, at)
        if tag >> 3 == _DIMENSION:
            lengths.append(int(_fields(message[at : at + size]).get(_LENGTH, 0)))
        at += size
    return lengths


def _fields(message: bytes) -> dict[int, "int | bytes"]:
    """A protocol buffer's fields, each once."""
    found: dict[int, int | bytes] = {}
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        kind = tag & 7
        if kind == 0:
            found[tag >> 3], at = _varint(message, at)
        elif kind == 2:
            size, at = _varint(message, at)
            found[tag >> 3] = message[at : at + size]
            at += size
        elif kind == 5:
            at += 4  # a checksum
        else:
            raise ModelError("The checkpoint's index has a field of a kind that is not read.")
    return found


def _varint(content: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = content[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
