"""The recording of a row, placed in the dataset's folder by the hash of its bytes.

Names in a table choose no path here: a file is called by its content, so that a broken import goes on
where it was, equal recordings are one file, and nothing can be written outside.
"""

import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from amarathon.audio import AudioLimits, measure_audio
from amarathon.datasets.paths import PathResolver, relative_name
from amarathon.errors import AudioError, DatasetError
from amarathon.files import replacing

FOLDER = "audio"
# One recording in memory; ten hours of 16-bit stereo at 48 kHz are 6.9 GB, and no benchmark here has that.
LARGEST = 4 << 30
_SUFFIXES = {".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a", ".mp4", ".webm", ".aac"}
_ANY_LENGTH = AudioLimits(max_bytes=sys.maxsize, max_seconds=float("inf"))


@dataclass(frozen=True)
class Recording:
    """A recording in its place.

    Attributes
    ----------
    name : str
        Within the dataset's folder.
    path : Path
    sha256 : str
    duration_s : float
    """

    name: str
    path: Path
    sha256: str
    duration_s: float


def place(value: Any, column: str, source: PathResolver, audio_folder: str, out: Path) -> Recording:
    """Place a row's recording in the dataset's folder.

    Parameters
    ----------
    value : bytes, str, dict or list
        See `amarathon.datasets.imports.mapping.Columns`.
    column : str
    source : PathResolver
        Of the folder that stated paths are in.
    audio_folder : str
        Where in it they begin.
    out : Path

    Raises
    ------
    DatasetError
        There is none, it is not in its place, or it is no audio.
    """
    content, suffix = _content(value, column, source, audio_folder)
    sha256 = hashlib.sha256(content).hexdigest()
    name = f"{FOLDER}/{sha256[:32]}{suffix}"
    path = out / name
    if not (path.is_file() and path.stat().st_size == len(content)):
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as partial:
            partial.write_bytes(content)
    try:
        return Recording(name, path, sha256, measure_audio(path, _ANY_LENGTH))
    except AudioError as error:
        path.unlink(missing_ok=True)
        raise DatasetError(f"Its column {column!r} holds no audio that can be used: {error}") from error


def _content(value: Any, column: str, source: PathResolver, audio_folder: str) -> tuple[bytes, str]:
    if isinstance(value, list):
        if len(value) != 1:
            raise DatasetError(f"Its column {column!r} holds {len(value)} recordings; a sample has one.")
        value = value[0]
    stated = ""
    if isinstance(value, dict):
        path = value.get("path")
        stated = path if isinstance(path, str) else ""
        value = value.get("bytes") if value.get("bytes") is not None else stated
    if isinstance(value, bytes) and value:
        return value, _suffix(stated)
    if isinstance(value, str) and value.strip():
        return _read(f"{audio_folder}/{value.strip()}" if audio_folder else value, column, source), _suffix(
            value
        )
    raise DatasetError(f"Its column {column!r} holds no recording.")


def _read(stated: str, column: str, source: PathResolver) -> bytes:
    name = relative_name(stated)
    path, root = source.find(name), source.folder.resolve()
    if not path.resolve().is_relative_to(root):
        raise DatasetError("The path of its audio file leads out of the folder by a link.")
    if not path.is_file():
        raise DatasetError(
            f"Its recording {name} (column {column!r}) is not in the folder {source.folder.name}."
        )
    try:
        if path.stat().st_size > LARGEST:
            raise DatasetError(f"Its recording {name} is larger than {LARGEST >> 30} GiB.")
        return path.read_bytes()
    except OSError as error:
        raise DatasetError(f"Its recording {name} cannot be read: {error.strerror}.") from error


def _suffix(stated: str) -> str:
    suffix = PurePosixPath(stated.replace("\\", "/")).suffix.lower()
    return suffix if suffix in _SUFFIXES else ".audio"
