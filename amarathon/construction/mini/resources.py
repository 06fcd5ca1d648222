"""Files inside Qt's binary resource files (``.rcc``), which GCompris keeps its sounds in."""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from amarathon.errors import DatasetError

_COMPRESSED, _FOLDER = 1, 2
_HEADER = struct.Struct(">4sIIII")


def resource_files(path: Path) -> dict[str, bytes]:
    """Read every file of a resource.

    Parameters
    ----------
    path : Path

    Returns
    -------
    dict of str to bytes
        Content by path inside the resource.

    Raises
    ------
    DatasetError
        It is no resource of a version that is known, or it is damaged.
    """
    content = path.read_bytes()
    try:
        magic, version, tree, data, names = _HEADER.unpack_from(content)
        if magic != b"qres" or version not in (1, 2, 3):
            raise DatasetError(f"{path.name} is no Qt resource of a known version.")
        return dict(_walk(content, tree, data, names, 14 if version == 1 else 22, 0, ""))
    except (struct.error, zlib.error, UnicodeDecodeError, RecursionError) as error:
        raise DatasetError(f"{path.name} is damaged.") from error


def _walk(
    content: bytes, tree: int, data: int, names: int, size: int, node: int, folder: str
) -> Iterator[tuple[str, bytes]]:
    name_offset, flags = struct.unpack_from(">IH", content, tree + size * node)
    name = _name(content, names + name_offset) if node else ""
    path = f"{folder}/{name}".lstrip("/")
    if flags & _FOLDER:
        count, first = struct.unpack_from(">II", content, tree + size * node + 6)
        for child in range(first, first + count):
            yield from _walk(content, tree, data, names, size, child, path)
        return
    (start,) = struct.unpack_from(">I", content, tree + size * node + 10)
    (length,) = struct.unpack_from(">I", content, data + start)
    body = content[data + start + 4 : data + start + 4 + length]
    # A compressed body begins with its unpacked length. Zstandard (flag 4) is not used for sounds.
    yield path, zlib.decompress(body[4:]) if flags & _COMPRESSED else body


def _name(content: bytes, offset: int) -> str:
    (length,) = struct.unpack_from(">H", content, offset)
    return content[offset + 6 : offset + 6 + 2 * length].decode("utf-16-be")
